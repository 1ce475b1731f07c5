// Whose system a file belongs to: the os-release of the root around it, in an archive that was walked or on this machine's disk.
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import type { Distro } from './distro.ts';
import { installedRoot, type RootEntry, systemAround, systemOf } from './roots.ts';

/** More than any os-release has. */
export const MAX_OS_RELEASE = 64 * 1024;

/** os-release of the root that a file is in: of the archive around it, or of the folder on disk. */
export function systemAroundFile(
  paths: readonly string[],
  rootEntries: ReadonlyMap<string, RootEntry>,
  folders: readonly string[] = [],
): Distro | undefined {
  for (let depth = paths.length - 1; depth > 0; depth--) {
    const archive = paths.slice(0, depth);
    const found = systemAround(paths[depth]!, (path) => rootEntries.get([...archive, path].join('\0')));
    if (found !== undefined) return found;
  }
  const file = paths[0]!;
  const folder = folders.find((named) => file.startsWith(`${named}/`));
  const named =
    folder === undefined
      ? undefined
      : systemAround(file.slice(folder.length + 1), (path) => diskEntry(`${folder}/${path}`));
  if (named !== undefined) return named;
  const root = installedRoot(file);
  return root === undefined ? undefined : systemOf('', (path) => diskEntry(`${root}/${path}`));
}

/** A path on disk, not followed where it is a link. What cannot be read is not there. */
function diskEntry(path: string): RootEntry {
  try {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) return { link: readlinkSync(path) };
    return stats.isFile() && stats.size <= MAX_OS_RELEASE ? { text: readFileSync(path, 'utf8') } : undefined;
  } catch {
    return undefined;
  }
}
