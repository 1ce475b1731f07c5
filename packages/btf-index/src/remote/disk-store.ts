// Blocks of published indexes on this machine's disk, shared by all runs of btfq. Each request's bytes are one file, named by
// its first block and its hash: written beside and renamed, so that what is there is whole; checked when it is read. The
// oldest go when there are too many.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BLOCK_BYTES, type BlockStore } from '../read/page-cache.ts';

/** Bytes that are kept of all published indexes together. */
export const CACHE_BYTES = 256 << 20;
const FILE = /^(\d+)-(\d+)-([0-9a-f]{16})$/;

/** Where it is kept: `$BTFQ_CACHE`, else `btfq` in the user's cache folder. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env['BTFQ_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'btfq', 'published');
}

/** The blocks of one published file. Where the folder cannot be used nothing is kept. */
export function diskStore(folder: string, sha256: string, most = CACHE_BYTES): BlockStore | undefined {
  const own = join(folder, sha256);
  const places = new Map<number, { readonly name: string; readonly first: number }>();
  const read = new Map<number, Uint8Array>();
  let room: number;
  try {
    mkdirSync(own, { recursive: true });
    room = most - trim(folder, most / 2);
    for (const name of readdirSync(own)) {
      const [, first, count] = FILE.exec(name) ?? [];
      for (let i = 0; i < Number(count ?? 0); i++) places.set(Number(first) + i, { name, first: Number(first) });
    }
  } catch {
    return undefined;
  }
  return {
    has: (block) => places.has(block),
    get(block) {
      const known = read.get(block);
      if (known !== undefined) {
        read.delete(block);
        return known;
      }
      const place = places.get(block);
      if (place === undefined) return undefined;
      const bytes = checkedFile(join(own, place.name), place.name);
      if (bytes === undefined) {
        for (const [at, { name }] of places) if (name === place.name) places.delete(at);
        return undefined;
      }
      for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
        read.set(place.first + at / BLOCK_BYTES, bytes.slice(at, at + BLOCK_BYTES));
      }
      const found = read.get(block);
      read.delete(block);
      return found;
    },
    put(block, bytes) {
      if (bytes.length > room) return;
      const count = Math.ceil(bytes.length / BLOCK_BYTES);
      const name = `${block}-${count}-${hashOf(bytes)}`;
      const beside = join(own, `.${process.pid}-${block}`);
      try {
        writeFileSync(beside, bytes);
        renameSync(beside, join(own, name));
        room -= bytes.length;
      } catch {
        rmSync(beside, { force: true }); // no room is no fault: it is asked for again
      }
    },
  };
}

/** What was said of a URL the last time: its `index.json`. */
export function pointerPath(folder: string, url: string): string {
  return join(folder, 'pointers', `${createHash('sha256').update(url).digest('hex')}.json`);
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

function checkedFile(path: string, name: string): Uint8Array | undefined {
  try {
    const bytes = new Uint8Array(readFileSync(path));
    if (hashOf(bytes) === FILE.exec(name)?.[3]) {
      const now = new Date();
      utimesSync(path, now, now);
      return bytes;
    }
    rmSync(path, { force: true });
  } catch {
    // another run has removed it
  }
  return undefined;
}

/** Removes the files that were used longest ago where all are more than `most`; gives what is left. */
function trim(folder: string, most: number): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('pointers'))
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      try {
        const { size, mtimeMs } = statSync(path);
        return [{ path, size, mtimeMs }];
      } catch {
        return [];
      }
    });
  let total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= most) return total;
  for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= most) break;
    rmSync(path, { force: true });
    total -= size;
  }
  return total;
}
