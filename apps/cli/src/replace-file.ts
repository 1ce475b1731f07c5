// A file appears whole or not at all: it is written aside and renamed into its place.
import { chmodSync, lstatSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Writes a file so that nobody ever reads half of it. Devices, pipes and dangling links are written directly. */
export function replaceFile(path: string, data: Uint8Array | string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  const target = there?.isSymbolicLink() ? resolveLink(path) : path;
  const old = target === undefined ? undefined : lstatSync(target, { throwIfNoEntry: false });
  if (target === undefined || (old !== undefined && !old.isFile())) {
    writeFileSync(path, data);
    return;
  }
  const aside = `${target}.${process.pid}.tmp`;
  try {
    writeFileSync(aside, data);
    if (old !== undefined) chmodSync(aside, old.mode);
    renameSync(aside, target);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

function resolveLink(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
