// Bundles on disk: a folder or one archive, written so that a reader never finds half of one.
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { decompressed } from '@btfq/kernel-source';
import { type BundleFile, MANIFEST_NAME, readUstar } from '@btfq/minimizer';
import { InputError, UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { fileError } from './process-io.ts';

/**
 * Makes the folder with exactly these files. A bundle that is there already is replaced as a whole; a folder with other
 * things in it is left alone (`UsageError`). Files with the same bytes are hard links where the file system has them.
 */
export function writeBundleFolder(io: Io, path: string, files: readonly BundleFile[]): void {
  const full = io.path(path);
  const old = existsSync(full);
  if (old && !statSync(full).isDirectory()) throw new UsageError(`${path} is a file`, 'Give -o the name of a folder.');
  if (old && readdirSync(full).length > 0 && !existsSync(join(full, MANIFEST_NAME))) {
    throw new UsageError(
      `${path} is not a bundle: it has other files in it`,
      'Give -o the name of a new or empty folder.',
    );
  }
  const aside = `${full}.${process.pid}.tmp`;
  try {
    for (const file of files) writeMember(aside, file);
    if (old) renameSync(full, `${aside}.old`);
    renameSync(aside, full);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw fileError('write', path, error);
  }
  rmSync(`${aside}.old`, { recursive: true, force: true });
}

function writeMember(folder: string, { path, bytes, linkTo }: BundleFile): void {
  const to = join(folder, path);
  mkdirSync(dirname(to), { recursive: true });
  if (linkTo !== undefined) {
    try {
      linkSync(join(folder, linkTo), to);
      return;
    } catch {
      // no hard links here, or too many: a copy does as well
    }
  }
  writeFileSync(to, bytes);
}

/** The members of a bundle, whether folder, tar.gz or tar.xz. Throws `InputError`, `KernelSourceError`, `MinimizeError`. */
export async function readBundle(io: Io, path: string): Promise<Map<string, Uint8Array>> {
  const full = io.path(path);
  if (!existsSync(full)) throw new InputError('not-found', `${path}: no such file or folder`, { path });
  if (!statSync(full).isDirectory()) {
    const tar = await decompressed(io.readFile(path));
    return new Map(readUstar(tar).map(({ name, bytes }) => [name, bytes]));
  }
  const members = new Map<string, Uint8Array>();
  for (const entry of readdirSync(full, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    members.set(relative(full, file).split(sep).join('/'), readFileSync(file));
  }
  return members;
}
