// Bundles on disk, each made once: an archive and its description beside it, under names that are hashes of the
// question. The least recently used go when the folder grows over its limit.

import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { MadeBundle, StoredBundle } from './bundles.ts';

const ID = /^[0-9a-f]{64}$/;

/** A folder of bundles, `maxBytes` of archives at most (the newest is kept even where it alone is larger). */
export class BundleStore {
  readonly folder: string;
  private readonly maxBytes: number;
  private readonly making = new Map<string, Promise<StoredBundle>>();

  constructor(folder: string, maxBytes: number) {
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  /** The bundle of this id: kept, being made by someone else, or made now. */
  async getOrMake(id: string, make: () => Promise<MadeBundle>): Promise<StoredBundle> {
    const kept = await this.find(id);
    if (kept !== undefined) return kept;
    const running = this.making.get(id);
    if (running !== undefined) return running;
    const made = (async () => this.keep(id, await make()))();
    this.making.set(id, made);
    try {
      return await made;
    } finally {
      this.making.delete(id);
    }
  }

  /** A kept bundle, now the most recently used; undefined where there is none, or `id` is no id. */
  async find(id: string): Promise<StoredBundle | undefined> {
    if (!ID.test(id)) return undefined;
    try {
      const text = await readFile(join(this.folder, `${id}.json`), 'utf8');
      const bundle = JSON.parse(text) as StoredBundle;
      const now = new Date();
      await utimes(this.archivePath(bundle), now, now);
      return bundle;
    } catch (error) {
      if (isMissing(error)) return undefined; // never made, or removed to make room
      throw error;
    }
  }

  /** The archive's bytes as a stream. */
  open(bundle: StoredBundle): ReadStream {
    return createReadStream(this.archivePath(bundle));
  }

  /** Total size in bytes of the archives kept. */
  async size(): Promise<number> {
    return (await this.archives()).reduce((sum, file) => sum + file.size, 0);
  }

  private archivePath(bundle: Pick<StoredBundle, 'id' | 'extension'>): string {
    return join(this.folder, `${bundle.id}.${bundle.extension}`);
  }

  /** Written aside and renamed, the description last: whoever finds it finds a whole archive. */
  private async keep(id: string, made: MadeBundle): Promise<StoredBundle> {
    const { archive, ...description } = made;
    const bundle: StoredBundle = { id, bytes: archive.length, ...description };
    await mkdir(this.folder, { recursive: true });
    await this.replace(this.archivePath(bundle), archive);
    await this.replace(join(this.folder, `${id}.json`), JSON.stringify(bundle));
    await this.makeRoom(id);
    return bundle;
  }

  private async replace(path: string, content: Uint8Array | string): Promise<void> {
    const aside = `${path}.${process.pid}.${threadId}.part`;
    await writeFile(aside, content);
    await rename(aside, path);
  }

  private async archives(): Promise<{ id: string; path: string; size: number; used: number }[]> {
    let names: string[];
    try {
      names = await readdir(this.folder);
    } catch (error) {
      if (isMissing(error)) return []; // no bundle was made yet
      throw error;
    }
    const files = names.filter((name) => /^[0-9a-f]{64}\.tar\.(gz|xz)$/.test(name));
    return Promise.all(
      files.map(async (name) => {
        const path = join(this.folder, name);
        const { size, mtimeMs } = await stat(path);
        return { id: name.slice(0, 64), path, size, used: mtimeMs };
      }),
    );
  }

  private async makeRoom(newest: string): Promise<void> {
    const files = (await this.archives()).sort((a, b) => a.used - b.used);
    let total = files.reduce((sum, file) => sum + file.size, 0);
    for (const file of files) {
      if (total <= this.maxBytes) return;
      if (file.id === newest) continue;
      await rm(join(this.folder, `${file.id}.json`), { force: true });
      await rm(file.path, { force: true });
      total -= file.size;
    }
  }
}

/** Whether a file or folder is not there. What is there and cannot be read is an error that somebody has to see. */
function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
