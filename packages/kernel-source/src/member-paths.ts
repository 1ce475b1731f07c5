// Paths through archives: the file on disk, then each member inside the one before.

import { dirname } from 'node:path/posix';

/** A path for people: the file, then its members. */
export function label(paths: readonly string[]): string {
  return paths.join(': ');
}

/** Whether two files lie in one folder, of the disk or of one archive. */
export function isBeside(one: readonly string[], other: readonly string[]): boolean {
  const folder = (paths: readonly string[]) => [...paths.slice(0, -1), dirname(paths.at(-1)!)].join('\0');
  return folder(one) === folder(other);
}
