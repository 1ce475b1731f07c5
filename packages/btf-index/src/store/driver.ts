// The seam between questions and SQLite. Everything that answers asks a driver; which build of SQLite is behind it and
// where the pages come from is the driver's own business. better-sqlite3 is one (sqlite-driver.ts) and the only one that
// writes; SQLite's WebAssembly build over pages from anywhere is the other (../read/wasm-driver.ts).

import type { Codec } from '../codec/codec.ts';

/** What is bound to a statement's parameters. */
export type SqlValue = number | bigint | string | Uint8Array | null;

/** A prepared statement. Rows are arrays; blobs are Uint8Array, integers numbers. */
export interface Statement {
  /** The first row; undefined where there is none. */
  get(...values: readonly SqlValue[]): unknown;
  all(...values: readonly SqlValue[]): unknown[];
  iterate(...values: readonly SqlValue[]): Iterable<unknown>;
  /** Runs a statement that writes. Drivers that only read throw `read-only`. */
  run(...values: readonly SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
}

/** One open file. */
export interface Driver {
  readonly codec: Codec;
  prepare(sql: string): Statement;
  /** Bytes that the index takes where it is stored. */
  size(): number;
  /** Lets what follows read one state of the file until the returned function is called. Absent where nothing writes. */
  hold?(): () => void;
  /** Says that reads from now on go on for so many pages each; 0 for nothing known. Absent where reading is free. */
  expect?(pages: number): void;
  close(): void;
}
