// An index by its URL, in Node: requests from a thread, blocks kept on disk.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { nodeCodec } from '../codec/node-codec.ts';
import { IndexError } from '../errors.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { openIndex } from '../store/open.ts';
import type { HttpAnswer, Transport } from '../read/http-source.ts';
import { openPublished, pointerOf, type Traffic } from '../read/open-published.ts';
import { loadSqlite } from '../read/open-read-index.ts';
import { cacheFolder, diskStore, pointerPath } from './disk-store.ts';
import { beginRequest, nodeTransport } from './node-transport.ts';

/** How to open an index on a server. */
export interface UrlOptions {
  /** Send nothing: what was kept of earlier answers is all there is. */
  readonly offline?: boolean | undefined;
  /** Where blocks are kept; default: `$BTFQ_CACHE`, else `btfq/published` in the user's cache folder. */
  readonly cache?: string | undefined;
  /** Sends requests; default: HTTP. */
  readonly transport?: Transport | undefined;
}

/** Whether a `--db` is a URL. */
export function isUrl(place: string): boolean {
  return /^https?:\/\//.test(place);
}

/**
 * Opens an index to read: a file of this machine, or the URL of a published one. Throws what `openIndex` and
 * `openPublished` throw, and `offline`.
 */
export async function openAnywhere(place: string, options: UrlOptions = {}): Promise<BtfIndex> {
  return isUrl(place) ? (await openUrl(place, options)).index : openIndex(place, { readonly: true });
}

/** Opens the URL of an `index.json`, of its folder, or of a database; counts what is asked of the server. */
export async function openUrl(
  url: string,
  options: UrlOptions = {},
): Promise<{ readonly index: BtfIndex; readonly traffic: Readonly<Traffic> }> {
  const folder = options.cache ?? cacheFolder();
  const pointer = pointerOf(url);
  const send = options.transport ?? nodeTransport;
  const transport: Transport = (at, range) => {
    if (at === pointer) return options.offline ? keptPointer(folder, url, at) : keepPointer(folder, at, send(at));
    if (options.offline) throw notKept(url);
    return send(at, range);
  };
  if (pointer !== undefined && send === nodeTransport && !options.offline) {
    beginRequest(pointer);
    await loadSqlite(undefined);
  }
  return openPublished(url, {
    transport,
    codec: nodeCodec,
    store: ({ sha256 }) => diskStore(folder, sha256),
  });
}

function keepPointer(folder: string, url: string, answer: HttpAnswer): HttpAnswer {
  if (answer.status === 200) {
    const path = pointerPath(folder, url);
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.${process.pid}`, answer.body);
      renameSync(`${path}.${process.pid}`, path);
    } catch {
      // nothing is kept where nothing can be written
    }
  }
  return answer;
}

function keptPointer(folder: string, url: string, pointer: string): HttpAnswer {
  try {
    const body = new Uint8Array(readFileSync(pointerPath(folder, pointer)));
    return { status: 200, header: () => null, body };
  } catch {
    throw notKept(url);
  }
}

function notKept(url: string): IndexError {
  return new IndexError('offline', `the cache lacks something that this question needs of ${url}`, {
    path: url,
    hint: 'ask once without --offline, or take the whole file with btfq fetch',
  });
}
