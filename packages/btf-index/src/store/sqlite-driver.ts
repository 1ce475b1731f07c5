// better-sqlite3 as a driver: a file of this machine. The only driver that writes.

import { existsSync, statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { nodeCodec } from '../codec/node-codec.ts';
import { IndexError } from '../errors.ts';
import type { BtfIndex } from './btf-index.ts';
import type { Driver, Statement } from './driver.ts';

export class SqliteDriver implements Driver {
  readonly codec = nodeCodec;
  readonly db: Database.Database;
  private readonly path: string;
  private readonly readonly: boolean;

  constructor(path: string, db: Database.Database, readonly: boolean) {
    this.path = path;
    this.db = db;
    this.readonly = readonly;
  }

  prepare(sql: string): Statement {
    const statement = this.db.prepare(sql);
    return statement.reader ? statement.raw() : statement;
  }

  /** With the write-ahead log. */
  size(): number {
    return [this.path, `${this.path}-wal`].reduce((n, path) => n + (existsSync(path) ? statSync(path).size : 0), 0);
  }

  hold(): () => void {
    if (this.db.inTransaction) return () => {};
    this.db.exec('BEGIN');
    return () => {
      if (this.db.open && this.db.inTransaction) this.db.exec('COMMIT');
    };
  }

  close(): void {
    if (!this.db.open) return;
    if (this.db.inTransaction) this.db.exec('ROLLBACK'); // a hold that was not released
    if (!this.readonly) {
      try {
        this.db.pragma('busy_timeout = 50');
        this.db.pragma('journal_mode = DELETE');
      } catch {
        // someone else has it open: the last one to close it folds the log in
      }
    }
    this.db.close();
  }
}

/** The database behind an index, for what writes. Throws `read-only` where another driver reads it. */
export function databaseOf(index: BtfIndex): Database.Database {
  if (index.driver instanceof SqliteDriver) return index.driver.db;
  throw new IndexError('read-only', `${index.path} can only be read`, { path: index.path });
}
