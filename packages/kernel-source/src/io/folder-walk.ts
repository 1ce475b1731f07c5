// The files of a folder, in the order of their names, then what symbolic links lead to: everything once, so that a loop of
// links ends and a tree that a link repeats is read where it is.

import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isImageFolder } from '../archive/oci.ts';

/** A file, a folder that is a container image and stands for itself, or a path that could not be looked at. */
export type FolderEntry =
  | { readonly path: string; readonly isImage: true }
  | { readonly path: string; readonly size: number }
  | { readonly path: string; readonly error: unknown };

/** Told of what is passed over, and why. */
export type PassedOver = (path: string, reason: string) => void;

/** Where a running system shows itself: links into them lead anywhere. */
const SYSTEM = /^\/(?:proc|sys|dev)(?:\/|$)/;
/** The links of a folder of modules to the sources and headers that they were built with. */
const BUILD = /\/modules\/[^/]+\/(?:build|source)$/;

/** Every file below a folder, links followed. Stops between two entries where `isStopped` throws. */
export async function* folderFiles(
  folder: string,
  passedOver: PassedOver,
  checkStopped: () => void,
): AsyncGenerator<FolderEntry> {
  const seen = new Set<string>();
  const links: string[] = [];
  const inSystem = SYSTEM.test(folder);
  yield* below(folder);
  // What is in the tree itself comes first: its own names say more than those of links.
  for (let at = 0; at < links.length; at++) {
    checkStopped();
    const link = links[at]!;
    try {
      const target = await realpath(link);
      const stats = await stat(target);
      if (SYSTEM.test(target) && !inSystem) passedOver(link, 'a link into the running system');
      else if (BUILD.test(link)) passedOver(link, 'a link to what the modules were built with');
      else if (seen.has(target)) passedOver(link, 'a link to what is read where it is');
      else if (stats.isDirectory()) yield* below(link);
      else if (stats.isFile()) {
        seen.add(target);
        yield { path: link, size: stats.size };
      } else passedOver(link, 'a link to a device');
    } catch {
      passedOver(link, 'a link that leads nowhere');
    }
  }

  async function* below(path: string): AsyncGenerator<FolderEntry> {
    const entries: Dirent[] = [];
    try {
      const real = await realpath(path);
      if (seen.has(real)) {
        passedOver(path, 'a folder that is read already');
        return;
      }
      seen.add(real);
      for await (const entry of await opendir(path)) {
        entries.push(entry);
        if (entry.isFile()) seen.add(join(real, entry.name));
      }
    } catch (error) {
      yield { path, error };
      return;
    }
    if (isImageFolder(new Set(entries.map(({ name }) => name)))) {
      yield { path, isImage: true };
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      checkStopped();
      const inside = join(path, entry.name);
      if (entry.isDirectory()) yield* below(inside);
      else if (entry.isSymbolicLink()) links.push(inside);
      else if (entry.isFile()) {
        try {
          yield { path: inside, size: (await stat(inside)).size };
        } catch (error) {
          yield { path: inside, error };
        }
      } else passedOver(inside, 'a device, and no file');
    }
  }
}
