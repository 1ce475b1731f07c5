// Kernels' verifiers beside an index: FILE.verifier, a SQLite file of its own, so that an index without them stays small. Parts that
// several kernels share are in it once.
import { existsSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import type { SavedKernelSource } from '@btfq/kernel-runtime';
import { IndexError } from '../errors.ts';
import { sqliteError } from '../store/sqlite-errors.ts';
import type { PackedPart, PackedVerifier } from './pack.ts';

/** `application_id`: "btfv". */
const APPLICATION_ID = 0x62746676;
const VERSION = 1;
/** No part of a saved kernel unpacks to more. */
const MOST_BYTES = 64 * 2 ** 20;

const SCHEMA = `
  CREATE TABLE part (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
  CREATE TABLE verifier (
    kernel TEXT PRIMARY KEY,     -- distro/version/arch/release
    head INTEGER NOT NULL, symbols INTEGER NOT NULL, -- parts
    chunks BLOB NOT NULL         -- parts, 4 bytes each, little-endian
  ) STRICT, WITHOUT ROWID;
`;

/** The file that belongs to an index. */
export function verifierPath(indexPath: string): string {
  return `${indexPath}.verifier`;
}

/** An open file of verifiers. */
export class VerifierStore {
  readonly #db: Database.Database;
  readonly #path: string;

  constructor(db: Database.Database, path: string) {
    this.#db = db;
    this.#path = path;
  }

  /** Keeps a kernel's verifier, instead of one that it had. */
  put(kernel: string, { head, symbols, chunks }: PackedVerifier): void {
    const db = this.#db;
    const find = db.prepare('SELECT id FROM part WHERE hash = ?').pluck();
    const insert = db.prepare('INSERT INTO part (hash, size, data) VALUES (?, ?, ?)');
    const idOf = ({ hash, size, data }: PackedPart) =>
      (find.get(hash) as number | undefined) ?? Number(insert.run(hash, size, data).lastInsertRowid);
    const store = db.transaction(() => {
      const ids = new DataView(new ArrayBuffer(chunks.length * 4));
      chunks.forEach((chunk, i) => {
        ids.setUint32(i * 4, idOf(chunk), true);
      });
      db.prepare('INSERT OR REPLACE INTO verifier (kernel, head, symbols, chunks) VALUES (?, ?, ?, ?)').run(
        kernel,
        idOf(head),
        idOf(symbols),
        new Uint8Array(ids.buffer),
      );
      this.#sweep();
    });
    this.#guard(() => store.immediate());
  }

  /** Forgets kernels. */
  remove(kernels: readonly string[]): void {
    const remove = this.#db.prepare('DELETE FROM verifier WHERE kernel = ?');
    const all = this.#db.transaction(() => {
      for (const kernel of kernels) remove.run(kernel);
      this.#sweep();
    });
    this.#guard(() => all.immediate());
  }

  /** Names of the kernels whose verifiers there are. */
  kernels(): string[] {
    return this.#guard(() => this.#db.prepare('SELECT kernel FROM verifier ORDER BY kernel').pluck().all() as string[]);
  }

  /** A kernel's verifier, for `openSavedKernel`, which reads its parts as they are needed; undefined where there is none. */
  get(kernel: string, btf: () => Uint8Array): SavedKernelSource | undefined {
    const row = this.#guard(
      () =>
        this.#db.prepare('SELECT head, symbols, chunks FROM verifier WHERE kernel = ?').get(kernel) as
          | { head: number; symbols: number; chunks: Uint8Array }
          | undefined,
    );
    if (row === undefined) return undefined;
    const chunks = new DataView(row.chunks.buffer, row.chunks.byteOffset, row.chunks.byteLength);
    return {
      head: this.#part(row.head),
      symbols: () => this.#part(row.symbols),
      chunk: (index) => this.#part(chunks.getUint32(index * 4, true)),
      btf,
    };
  }

  /** A kernel's parts as they are kept. Throws `IndexError` `damaged` where one is not there, as those of a kernel that has none. */
  packed(kernel: string): PackedVerifier {
    const [head, symbols, ...chunks] = this.#ids(kernel).map((id) => this.#packedPart(id));
    if (head === undefined || symbols === undefined) throw this.#damaged();
    return { head, symbols, chunks };
  }

  /** SHA-256 of what each part of a kernel unpacks to, in order; none of a kernel that has no verifier. */
  hashes(kernel: string): Uint8Array[] {
    const hash = this.#db.prepare('SELECT hash FROM part WHERE id = ?').pluck();
    return this.#guard(() => this.#ids(kernel).flatMap((id) => (hash.get(id) as Uint8Array | undefined) ?? []));
  }

  /** Numbers of head, symbols and chunks. */
  #ids(kernel: string): number[] {
    const row = this.#guard(
      () =>
        this.#db.prepare('SELECT head, symbols, chunks FROM verifier WHERE kernel = ?').get(kernel) as
          | { head: number; symbols: number; chunks: Uint8Array }
          | undefined,
    );
    if (row === undefined) return [];
    const view = new DataView(row.chunks.buffer, row.chunks.byteOffset, row.chunks.byteLength);
    const chunks = Array.from({ length: view.byteLength >> 2 }, (_, i) => view.getUint32(i * 4, true));
    return [row.head, row.symbols, ...chunks];
  }

  #packedPart(id: number): PackedPart {
    const row = this.#guard(
      () =>
        this.#db.prepare('SELECT hash, size, data FROM part WHERE id = ?').get(id) as
          | { hash: Uint8Array; size: number; data: Uint8Array }
          | undefined,
    );
    if (row === undefined || row.size > MOST_BYTES) throw this.#damaged();
    return row;
  }

  #damaged(cause?: unknown): IndexError {
    return new IndexError('damaged', `${this.#path} is damaged: a part of a kernel`, { path: this.#path, cause });
  }

  /** Bytes of a kernel's parts, and how many of them only it has. */
  sizeOf(kernel: string): number {
    const ids = new Set(this.#ids(kernel));
    const size = this.#db.prepare('SELECT length(data) FROM part WHERE id = ?').pluck();
    return [...ids].reduce((sum, id) => sum + ((size.get(id) as number | undefined) ?? 0), 0);
  }

  close(): void {
    this.#db.close();
  }

  #part(id: number): Uint8Array {
    return this.#guard(() => {
      const row = this.#packedPart(id);
      try {
        const bytes = zstdDecompressSync(row.data, { maxOutputLength: Math.max(1, row.size) });
        if (bytes.length === row.size) return bytes;
      } catch (error) {
        throw this.#damaged(error);
      }
      throw this.#damaged();
    });
  }

  /** Parts that no kernel has any more. */
  #sweep(): void {
    const used = new Set<number>();
    for (const row of this.#db.prepare('SELECT head, symbols, chunks FROM verifier').all() as {
      head: number;
      symbols: number;
      chunks: Uint8Array;
    }[]) {
      used.add(row.head).add(row.symbols);
      const view = new DataView(row.chunks.buffer, row.chunks.byteOffset, row.chunks.byteLength);
      for (let at = 0; at < view.byteLength; at += 4) used.add(view.getUint32(at, true));
    }
    const remove = this.#db.prepare('DELETE FROM part WHERE id = ?');
    for (const id of this.#db.prepare('SELECT id FROM part').pluck().all() as number[])
      if (!used.has(id)) remove.run(id);
  }

  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw sqliteError(error, this.#path);
    }
  }
}

/**
 * Opens the verifiers of an index; undefined where there are none and the file is not to be made (`create`: default unless `readonly`). Throws `IndexError`: not-an-index,
 * newer-version, read-only, damaged.
 */
export function openVerifierStore(
  path: string,
  options: { readonly readonly: boolean; readonly create?: boolean },
): VerifierStore | undefined {
  if (!(options.create ?? !options.readonly) && !existsSync(path)) return undefined;
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: options.readonly, fileMustExist: options.readonly });
    const application = db.pragma('application_id', { simple: true });
    const version = db.pragma('user_version', { simple: true }) as number;
    if (application === 0 && version === 0 && !options.readonly) {
      db.pragma('journal_mode = WAL');
      db.exec(`BEGIN; ${SCHEMA} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}; COMMIT`);
    } else if (application !== APPLICATION_ID) {
      throw new IndexError('not-an-index', `${path} does not hold verifiers of btfq`, { path });
    } else if (version > VERSION) {
      throw new IndexError('newer-version', `${path} was written by a newer version of btfq`, {
        path,
        hint: 'update btfq',
      });
    }
    return new VerifierStore(db, path);
  } catch (error) {
    db?.close();
    throw sqliteError(error, path);
  }
}
