// Files that take long to make and that many test files only read: the first to ask makes one, all others wait for it. They
// live in a folder of this run of the tests (run-folder.ts), so that nothing is left over from older sources.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The environment variable that names the folder of the run. */
export const RUN_FOLDER = 'BTFQ_TEST_RUN';

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * The path of the file `name` of this run. Where there is none yet, `build` makes it at the path that it is given; threads
 * and processes that ask meanwhile wait. The file must not be changed afterwards.
 */
export function sharedFile(name: string, build: (path: string) => void): string {
  const path = join(runFolder(), name);
  const lock = `${path}.lock`;
  while (!existsSync(path)) {
    if (!taken(lock)) {
      Atomics.wait(sleeper, 0, 0, 50);
      continue;
    }
    try {
      if (!existsSync(path)) {
        build(`${path}.part`);
        renameSync(`${path}.part`, path);
      }
    } finally {
      rmdirSync(lock);
    }
  }
  return path;
}

/** Where a file of this run is kept under `name`, which may be any text. Whoever makes it writes beside it and renames. */
export function keptFile(name: string): string {
  return join(runFolder(), createHash('sha256').update(name).digest('hex'));
}

function runFolder(): string {
  return (process.env[RUN_FOLDER] ||= mkdtempSync(join(tmpdir(), 'btfq-test-run-')));
}

/** Whether the lock is ours now. */
function taken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
