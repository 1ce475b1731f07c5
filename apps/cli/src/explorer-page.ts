// The page of the explorer, where this copy of btfq has it built.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Beside this very module in a published package; in the workspace where the explorer is built. */
const PLACES = ['./explorer', '../../explorer/dist'];

/** Its files by path, or undefined. */
export function explorerPage(): Map<string, Uint8Array> | undefined {
  const folder = PLACES.map((place) => join(import.meta.dirname, place)).find((at) =>
    existsSync(join(at, 'index.html')),
  );
  if (folder === undefined) return undefined;
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path).split(sep).join('/'), new Uint8Array(readFileSync(path)));
  }
  return files;
}
