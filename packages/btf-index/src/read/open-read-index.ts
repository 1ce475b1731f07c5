// Opening an index that is only read, from bytes anywhere.

import type { Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import type { Codec } from '../codec/codec.ts';
import { IndexError } from '../errors.ts';
import { BtfIndex } from '../store/btf-index.ts';
import { requireReadable } from '../store/schema-version.ts';
import { sqliteError } from '../store/sqlite-errors.ts';
import type { ByteSource } from './byte-source.ts';
import { type BlockStore, cachedSource } from './page-cache.ts';
import { WasmDriver } from './wasm-driver.ts';

/** How to open. */
export interface ReadOptions {
  /** SQLite's WebAssembly, where a bundler or a page puts it elsewhere than beside its script. */
  readonly wasm?: Uint8Array | string | undefined;
  /** Hashes and decompression; default: libraries that run everywhere. */
  readonly codec?: Codec | undefined;
  /** Keeps what was read for the next time. */
  readonly kept?: BlockStore | undefined;
}

let loading: Promise<Sqlite3Static> | undefined;

/** SQLite's WebAssembly build: loaded once, and only where an index is read with it. */
export function loadSqlite(wasm: Uint8Array | string | undefined): Promise<Sqlite3Static> {
  loading ??= (async () => {
    const library = await import('@sqlite.org/sqlite-wasm');
    const init = library.default as (module: object) => Promise<Sqlite3Static>;
    return init({
      print: () => {},
      printErr: () => {},
      ...(typeof wasm === 'string' ? { locateFile: () => wasm } : wasm === undefined ? {} : { wasmBinary: wasm }),
    });
  })();
  return loading;
}

/**
 * Opens an index from bytes, to read. All questions of this package work on it, and answer as on a local file.
 *
 * ```ts
 * const index = await openReadIndex(blobSource(file)); // in a worker
 * const answer = field(index, 'struct', 'task_struct', 'pid');
 * ```
 *
 * Throws `IndexError`: not-an-index, newer-version, older-version, damaged; and what the source throws.
 */
export async function openReadIndex(source: ByteSource, options: ReadOptions = {}): Promise<BtfIndex> {
  const sqlite3 = await loadSqlite(options.wasm);
  const codec = options.codec ?? (await import('../codec/web-codec.ts')).webCodec;
  const cached = cachedSource(source, options.kept);
  if (!startsAsSqlite(cached)) {
    throw new IndexError('not-an-index', `${source.name} is not an index of btfq`, { path: source.name });
  }
  let driver: WasmDriver | undefined;
  try {
    const opened = new WasmDriver(sqlite3, cached, codec);
    driver = opened;
    const number = (pragma: string) => (opened.prepare(`PRAGMA ${pragma}`).get() as [number])[0];
    requireReadable(source.name, number('application_id'), number('user_version'));
    return new BtfIndex(source.name, driver, true);
  } catch (error) {
    driver?.close();
    throw sqliteError(error, source.name);
  }
}

const MAGIC = 'SQLite format 3\0';

function startsAsSqlite(source: ByteSource): boolean {
  if (source.size < 100) return false;
  return String.fromCharCode(...source.read(0, MAGIC.length)) === MAGIC;
}
