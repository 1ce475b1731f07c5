// SQLite's errors as IndexErrors: what is wrong in the words of an index, the original as `cause`.

import { IndexError } from '../errors.ts';

/** How to recover from damage. */
const RECOVERY = 'btfq verify tells what; a copy, or a new ingest, is the way back';

/** What our statements end in only where the file's own description of its tables is not ours, or a value is no such value. */
const NOT_OUR_TABLES: readonly unknown[] = ['SQLITE_ERROR', 'SQLITE_SCHEMA', 'SQLITE_TOOBIG', 'SQLITE_MISMATCH'];

/** The IndexError for an error of SQLite's; every other error unchanged. */
export function sqliteError(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof IndexError || typeof code !== 'string') return error;
  const details = { path, cause: error };
  if (code === 'SQLITE_NOTADB') return new IndexError('not-an-index', `${path} is not an index of btfq`, details);
  if (code.startsWith('SQLITE_CORRUPT') || NOT_OUR_TABLES.includes(code)) {
    return new IndexError('damaged', `${path} is damaged`, { ...details, hint: RECOVERY });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new IndexError('busy', `another process is writing to ${path}`, {
      ...details,
      hint: 'try again when it is done',
    });
  }
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE' || code === 'ENOSPC') {
    return new IndexError('disk-full', `there is no space left for ${path}`, {
      ...details,
      hint: 'what was committed before is whole; free some space and run the same command again',
    });
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new IndexError('read-only', `${path} cannot be written`, details);
  }
  if (code.startsWith('SQLITE_CANTOPEN')) return new IndexError('no-index', `${path} cannot be opened`, details);
  if (code.startsWith('SQLITE_IOERR')) {
    const hint = 'a copy of the file on other media, or a new ingest, is the way back';
    return new IndexError('damaged', `${path} cannot be read or written: ${code}`, { ...details, hint });
  }
  return error;
}

/**
 * What `work` makes of rows. An error that is none of ours means that a row is not there, or is not what was written: the
 * file is damaged. Throws IndexError.
 */
export function decoded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const known = sqliteError(error, path);
    if (known instanceof IndexError || !isDecodingError(known)) throw known;
    throw new IndexError('damaged', `${path} is damaged: ${(known as Error).message}`, {
      path,
      cause: known,
      hint: RECOVERY,
    });
  }
}

function isDecodingError(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
}
