// Opening what `btfq publish` wrote, by its URL.

import { IndexError } from '../errors.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { SCHEMA_VERSION } from '../store/schema-version.ts';
import { fileUrl, httpSource, type Published, readPointer, type Transport } from './http-source.ts';
import { openReadIndex, type ReadOptions } from './open-read-index.ts';
import type { BlockStore } from './page-cache.ts';

/** How to open, and by what requests. */
export interface PublishedOptions extends Omit<ReadOptions, 'kept'> {
  readonly transport: Transport;
  /** Gives the store of a published file, by its hash. */
  readonly store?: ((published: Published) => BlockStore | undefined | Promise<BlockStore | undefined>) | undefined;
}

/** What was asked of the server so far. */
export interface Traffic {
  requests: number;
  bytes: number;
}

/** An index on a server. */
export interface OpenPublished {
  readonly index: BtfIndex;
  /** Where the database is. */
  readonly url: string;
  /** What the pointer says of it; undefined for the URL of a database itself. */
  readonly published: Published | undefined;
  /** Counts on while the index is asked. */
  readonly traffic: Readonly<Traffic>;
}

/**
 * Opens an index on a server that sends ranges: the URL of an `index.json`, of the folder that has it, or of a database.
 *
 * ```ts
 * const { index } = await openPublished('https://host/index.json', { transport: xhrTransport }); // in a worker
 * ```
 *
 * Throws `IndexError`: no-index, not-an-index, newer-version, older-version, unreachable, no-ranges, changed, damaged.
 */
export async function openPublished(url: string, options: PublishedOptions): Promise<OpenPublished> {
  const traffic: Traffic = { requests: 0, bytes: 0 };
  const transport: Transport = (at, range) => {
    const answer = options.transport(at, range);
    traffic.requests++;
    traffic.bytes += answer.body.length;
    return answer;
  };
  const pointerUrl = pointerOf(url);
  const published = pointerUrl === undefined ? undefined : readPointer(transport, pointerUrl);
  if (published !== undefined && published.schemaVersion > SCHEMA_VERSION) {
    throw new IndexError('newer-version', `${url} was published by a newer version of btfq`, {
      path: url,
      expected: `version ${SCHEMA_VERSION} at most; it is ${published.schemaVersion}`,
      hint: 'update btfq',
    });
  }
  const at = pointerUrl === undefined || published === undefined ? url : fileUrl(pointerUrl, published);
  const kept = published && (await options.store?.(published));
  const index = await openReadIndex(httpSource(transport, at, published), {
    wasm: options.wasm,
    codec: options.codec,
    kept,
  });
  if (published !== undefined && index.generation() !== published.generation) {
    index.close();
    throw new IndexError('changed', `${at} is not the file that ${url} describes`, {
      path: at,
      expected: `generation ${published.generation}`,
      hint: 'publish the folder as a whole',
    });
  }
  return { index, url: at, published, traffic };
}

/** The pointer that a URL means: the file itself, or the one in the folder; undefined for another file. */
export function pointerOf(url: string): string | undefined {
  const { pathname } = new URL(url);
  if (pathname.endsWith('.json')) return url;
  if (pathname.endsWith('/')) return new URL('index.json', url).href;
  return /\/[^/]*\.[^/]*$/.test(pathname) ? undefined : new URL(`${url.replace(/[?#].*$/, '')}/index.json`).href;
}
