// Opening an index: what kind of file it is, which version, and how SQLite is to treat it.

import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { BtfIndex } from './btf-index.ts';
import { IndexError } from '../errors.ts';
import { isPublished, unpublish } from '../publish/unpublish.ts';
import { migrate } from './migrations.ts';
import { APPLICATION_ID, refuseNewer, requireReadable, SCHEMA_VERSION } from './schema-version.ts';
import { SqliteDriver } from './sqlite-driver.ts';
import { sqliteError } from './sqlite-errors.ts';

/** How long a write waits for another process' transaction before it fails with `busy`, unless an option says. */
const BUSY_TIMEOUT_MS = 5000;

/** How to open. */
export interface OpenOptions {
  /** Only read: works on files and folders that cannot be written. */
  readonly readonly?: boolean | undefined;
  /** Make the file if it is not there. Default: true unless `readonly`. */
  readonly create?: boolean | undefined;
  /** Milliseconds that a write waits while another process writes, before it throws `busy`. Default: 5,000. */
  readonly busyTimeoutMs?: number | undefined;
  /** Told of every statement that runs: for tests that count them. */
  readonly onStatement?: ((sql: string) => void) | undefined;
}

/**
 * Opens an index, or makes one.
 *
 * ```ts
 * const index = openIndex('btfq.db', { readonly: true });
 * const answer = field(index, 'struct', 'task_struct', 'pid');
 * index.close();
 * ```
 *
 * Throws `IndexError`: no-index, not-an-index, newer-version, older-version (read-only), read-only, busy, damaged.
 */
export function openIndex(path: string, options: OpenOptions = {}): BtfIndex {
  const readonly = options.readonly ?? false;
  const create = options.create ?? !readonly;
  const full = resolve(path);
  const exists = existsSync(full);
  if (!exists && !create) {
    throw new IndexError('no-index', `there is no index ${path}`, {
      path,
      hint: `btfq ingest PATH... --db ${basename(path)} makes one`,
    });
  }
  if (exists && statSync(full).isDirectory()) throw new IndexError('not-an-index', `${path} is a folder`, { path });
  let db: Database.Database | undefined;
  try {
    db = openDatabase(full, readonly, options);
    prepareDatabase(db, path, readonly, !exists || statSync(full).size === 0);
    return new BtfIndex(full, new SqliteDriver(full, db, readonly), readonly);
  } catch (error) {
    db?.close();
    const { code } = error as { code?: string };
    if (!readonly && code === 'SQLITE_CANTOPEN' && existsSync(full)) {
      // the file is there, and its log cannot be: the folder is not to be written
      throw new IndexError('read-only', `${path} cannot be written`, { path, cause: error });
    }
    throw sqliteError(error, path);
  }
}

/**
 * SQLite wants to write beside a file whose log is not folded in, even to read it. Where it cannot, or the disk is full, the file is read
 * into memory, with what its log holds.
 */
function openDatabase(path: string, readonly: boolean, options: OpenOptions): Database.Database {
  const { onStatement, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  const verbose = onStatement && ((sql?: unknown) => onStatement(String(sql)));
  const open = (how: { readonly: boolean }) =>
    new Database(path, { ...how, fileMustExist: how.readonly, timeout: busyTimeoutMs, ...(verbose && { verbose }) });
  const db = open({ readonly });
  if (!readonly) return db;
  try {
    db.pragma('schema_version');
    return db;
  } catch (error) {
    db.close();
    const { code } = error as { code?: string };
    if (code === 'SQLITE_CANTOPEN' || code === 'SQLITE_IOERR_SHMSIZE') {
      return new Database(wholeFile(path), { readonly: true });
    }
    if (code !== 'SQLITE_READONLY_ROLLBACK' && code !== 'SQLITE_READONLY_RECOVERY') throw error;
    const writable = open({ readonly: false }); // a writer was killed: SQLite undoes what it had begun
    try {
      writable.pragma('schema_version');
    } finally {
      writable.close();
    }
    return open({ readonly: true });
  }
}

/** The bytes of a database where nothing can be written, with its log folded in: that is done with copies. */
function wholeFile(path: string): Buffer {
  let bytes: Buffer;
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (log === undefined || log.size === 0) bytes = readFileSync(path);
  else {
    const folder = mkdtempSync(join(tmpdir(), 'btfq-log-'));
    try {
      const copy = join(folder, 'index.db');
      copyFileSync(path, copy);
      copyFileSync(`${path}-wal`, `${copy}-wal`);
      chmodSync(copy, 0o600);
      chmodSync(`${copy}-wal`, 0o600);
      const db = new Database(copy);
      try {
        db.pragma('wal_checkpoint(TRUNCATE)');
      } finally {
        db.close();
      }
      bytes = readFileSync(copy);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  bytes[18] = 1; // the header's file format: not write-ahead
  bytes[19] = 1;
  return bytes;
}

function prepareDatabase(db: Database.Database, path: string, readonly: boolean, fresh: boolean): void {
  if (fresh && !readonly) {
    db.pragma('page_size = 8192');
    db.pragma('auto_vacuum = NONE');
  }
  const application = db.pragma('application_id', { simple: true }) as number;
  const version = db.pragma('user_version', { simple: true }) as number;
  const empty = (db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number }).n === 0;
  if (application !== APPLICATION_ID && !(empty && application === 0 && version === 0)) {
    throw new IndexError('not-an-index', `${path} is a database, but no index of btfq`, { path });
  }
  refuseNewer(path, version);
  if (readonly) {
    requireReadable(path, application, version);
    db.pragma('cache_size = -65536');
    return;
  }
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.pragma('foreign_keys = OFF'); // checked by verify; rows are removed in whole kernels
  db.pragma('cache_size = -16384');
  // a statement that inserts many rows keeps how pages were before it: in files this takes as long as the rows
  db.pragma('temp_store = MEMORY');
  db.pragma('wal_autocheckpoint = 4000'); // pages: kernels of a series write the same ones again and again
  const schema = () => readFileSync(new URL('../../src/store/schema.sql', import.meta.url), 'utf8');
  if (isPublished(db)) db.transaction(() => isPublished(db) && unpublish(db, schema())).immediate();
  if (version < SCHEMA_VERSION) {
    db.transaction(() => {
      const now = db.pragma('user_version', { simple: true }) as number; // another process may have been first
      if (now === SCHEMA_VERSION) return;
      if (now === 0) {
        db.exec(schema());
        const meta = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
        meta.run('index', randomBytes(6).toString('hex'));
        meta.run('generation', 0);
        db.prepare(`INSERT INTO name (id, text) VALUES (0, '')`).run();
        db.pragma(`application_id = ${APPLICATION_ID}`);
      } else migrate(db, now, path);
      db.pragma(`user_version = ${SCHEMA_VERSION}`);
    }).immediate();
  }
}
