// SQLite's WebAssembly build as a driver: it reads pages from a byte source, in a browser's worker or anywhere else.

import type { PreparedStatement, Sqlite3Static, WasmPointer } from '@sqlite.org/sqlite-wasm';
import type { Codec } from '../codec/codec.ts';
import { IndexError } from '../errors.ts';
import type { Driver, SqlValue, Statement } from '../store/driver.ts';
import type { ByteSource } from './byte-source.ts';
import { sourcesOf, VFS_NAME } from './vfs.ts';

/** Kibibytes of pages that SQLite itself keeps. */
const CACHE_KIB = 16_384;
/** Of a published file. */
const PAGE_BYTES = 8192;
let opened = 0;

export class WasmDriver implements Driver {
  readonly codec: Codec;
  private readonly sqlite3: Sqlite3Static;
  private readonly file: string;
  private readonly entry: { readonly source: ByteSource; fault: unknown };
  private readonly db: InstanceType<Sqlite3Static['oo1']['DB']>;
  private readonly statements: PreparedStatement[] = [];

  constructor(sqlite3: Sqlite3Static, source: ByteSource, codec: Codec) {
    this.sqlite3 = sqlite3;
    this.codec = codec;
    this.file = `index-${++opened}`;
    this.entry = { source, fault: undefined };
    sourcesOf(sqlite3).set(this.file, this.entry);
    try {
      this.db = this.guarded(() => new sqlite3.oo1.DB({ filename: this.file, flags: 'r', vfs: VFS_NAME }));
      this.guarded(() => this.db.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = MEMORY`));
    } catch (error) {
      sourcesOf(sqlite3).delete(this.file);
      throw error;
    }
  }

  prepare(sql: string): Statement {
    const statement = this.guarded(() => this.db.prepare(sql));
    this.statements.push(statement);
    const { capi } = this.sqlite3;
    const pointer = statement.pointer as WasmPointer;
    const columns = capi.sqlite3_column_count(pointer);
    const start = (values: readonly SqlValue[]) => {
      for (let i = 0; i < values.length; i++) statement.bind(i + 1, values[i] as never);
    };
    const end = () => {
      capi.sqlite3_reset(pointer);
      capi.sqlite3_clear_bindings(pointer);
    };
    const step = () => this.guarded(() => this.step(pointer));
    const self = this;
    return {
      get(...values) {
        start(values);
        try {
          return step() ? self.row(pointer, columns) : undefined;
        } finally {
          end();
        }
      },
      all(...values) {
        start(values);
        try {
          const rows: unknown[] = [];
          while (step()) rows.push(self.row(pointer, columns));
          return rows;
        } finally {
          end();
        }
      },
      *iterate(...values) {
        start(values);
        try {
          while (step()) yield self.row(pointer, columns);
        } finally {
          end();
        }
      },
      run() {
        throw new IndexError('read-only', `${self.entry.source.name} can only be read`, {
          path: self.entry.source.name,
        });
      },
    };
  }

  size(): number {
    return this.entry.source.size;
  }

  expect(pages: number): void {
    this.entry.source.expect?.(pages * PAGE_BYTES);
  }

  close(): void {
    for (const statement of this.statements.splice(0)) statement.finalize();
    this.db.close();
    sourcesOf(this.sqlite3).delete(this.file);
  }

  private step(pointer: WasmPointer): boolean {
    const { capi } = this.sqlite3;
    const code = capi.sqlite3_step(pointer);
    if (code === capi.SQLITE_ROW) return true;
    if (code === capi.SQLITE_DONE) return false;
    throw this.fault(code);
  }

  private row(pointer: WasmPointer, columns: number): unknown[] {
    const { capi, wasm } = this.sqlite3;
    const row = new Array<unknown>(columns);
    for (let i = 0; i < columns; i++) {
      switch (capi.sqlite3_column_type(pointer, i)) {
        case capi.SQLITE_NULL:
          row[i] = null;
          break;
        case capi.SQLITE_INTEGER: // rows, counts and offsets: a double holds them
        case capi.SQLITE_FLOAT:
          row[i] = capi.sqlite3_column_double(pointer, i);
          break;
        case capi.SQLITE_TEXT:
          row[i] = capi.sqlite3_column_text(pointer, i);
          break;
        default: {
          const at = Number(capi.sqlite3_column_blob(pointer, i));
          row[i] = wasm.heap8u().slice(at, at + capi.sqlite3_column_bytes(pointer, i));
        }
      }
    }
    return row;
  }

  /** What went wrong while bytes were read is reported as it is; what SQLite found, with the name of its code. */
  private fault(code: number, cause?: unknown): unknown {
    const { fault } = this.entry;
    this.entry.fault = undefined;
    if (fault !== undefined) return fault;
    const name = this.sqlite3.capi.sqlite3_js_rc_str(code) ?? 'SQLITE_ERROR';
    const message = this.db === undefined ? name : `${name}: ${this.sqlite3.capi.sqlite3_errmsg(this.db)}`;
    return Object.assign(new Error(message, { cause }), { code: name });
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const code = (error as { resultCode?: number }).resultCode;
      throw code === undefined ? error : this.fault(code, error);
    }
  }
}
