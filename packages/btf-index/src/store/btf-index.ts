// An open index: the statements that were prepared and what was read of the file's present state, whichever driver reads.

import { Catalog } from './catalog.ts';
import type { Codec } from '../codec/codec.ts';
import type { Driver, Statement } from './driver.ts';
import { decoded, sqliteError } from './sqlite-errors.ts';

/** An open index. Questions are free functions over it; it holds the file and what was read of it. */
export class BtfIndex {
  readonly path: string;
  readonly readonly: boolean;
  /** For the modules of this package. */
  readonly driver: Driver;
  private readonly statements = new Map<string, Statement>();
  private known: { version: number; written: number; generation: string; catalog: Catalog | undefined } | undefined;
  private readonly caches = new Map<symbol, unknown>();
  private written = 0;
  private held = false;

  /** For `openIndex` and `openReadIndex`. */
  constructor(path: string, driver: Driver, readonly: boolean) {
    this.path = path;
    this.driver = driver;
    this.readonly = readonly;
  }

  /** Hashes and decompression where this index is read. */
  get codec(): Codec {
    return this.driver.codec;
  }

  /** Closes the file. At rest an index is one file: the last writer folds the write-ahead log in. */
  close(): void {
    this.statements.clear();
    this.driver.close();
  }

  /** Changes with every committed write, in whichever process; the same for the same state of the file. */
  generation(): string {
    return this.state().generation;
  }

  /** A prepared statement whose rows are arrays. Errors of SQLite's become IndexErrors wherever it runs. */
  statement(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      const prepared = this.guarded(() => this.driver.prepare(sql));
      statement = {
        get: (...values) => this.guarded(() => prepared.get(...values)),
        all: (...values) => this.guarded(() => prepared.all(...values)),
        iterate: (...values) => this.guarded(() => prepared.iterate(...values)),
        run: (...values) => this.guarded(() => prepared.run(...values)),
      };
      this.statements.set(sql, statement);
    }
    return statement;
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw sqliteError(error, this.path);
    }
  }

  /** Kernels and contents, of the file's present state. */
  catalog(): Catalog {
    const state = this.state();
    return (state.catalog ??= decoded(this.path, () => new Catalog(this)));
  }

  /**
   * Until the returned function is called, everything is answered from one state of the file, whatever other processes write.
   * Without it each statement reads the newest state, so that an answer may be put together from two. A write that
   * needs the file for itself waits meanwhile: hold for the time of an answer.
   */
  hold(): () => void {
    return this.guarded(() => {
      const release = this.driver.hold?.() ?? (() => {});
      try {
        this.state(); // the state is that of the first read
      } catch (error) {
        release();
        throw error;
      }
      if (this.driver.hold === undefined) return release;
      const watch = this.unwatched();
      return () => {
        watch();
        release();
      };
    });
  }

  /**
   * Until the returned function is called, the file is not asked whether others have changed it, which questions otherwise do
   * thousands of times. For the time of an answer before and after which `generation` is compared.
   */
  unwatched(): () => void {
    this.held = true;
    return () => {
      this.held = false; // of several the first to end ends it for all: asking is always right
    };
  }

  /** Something that was read of the file's present state: made once, forgotten when the file changes. */
  cached<T>(key: symbol, make: () => T): T {
    this.state();
    if (!this.caches.has(key)) this.caches.set(key, make());
    return this.caches.get(key) as T;
  }

  /** Runs what reads so many pages that follow each other: where a request has a price, one brings them all. */
  expecting<T>(pages: number, read: () => T): T {
    this.driver.expect?.(pages);
    try {
      return read();
    } finally {
      this.driver.expect?.(0);
    }
  }

  /** For writers: what was read before is no longer so. */
  changed(): void {
    this.written++;
  }

  private state() {
    if (this.held && this.known?.written === this.written) return this.known;
    return decoded(this.path, () => {
      const version = this.statement('PRAGMA data_version').get() as [number];
      if (this.known?.version !== version[0] || this.known.written !== this.written) {
        const [id] = this.statement(`SELECT value FROM meta WHERE key = 'index'`).get() as [string];
        const [generation] = this.statement(`SELECT value FROM meta WHERE key = 'generation'`).get() as [number];
        this.caches.clear();
        this.known = {
          version: version[0],
          written: this.written,
          generation: `${id}-${generation}`,
          catalog: undefined,
        };
      }
      return this.known;
    });
  }
}
