// An index as a folder for any web space: the database under the name of its hash, which never changes, and index.json,
// which says which one is the present one. The file is laid out for readers that fetch pages from afar (layout.ts).

import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { SCHEMA_VERSION } from '../store/schema-version.ts';
import { openIndex } from '../store/open.ts';
import type { Published } from '../read/http-source.ts';
import { keptVerifierFile, keptVerifiers, type KeptVerifier, withVerifiers } from '../verifier/kept-file.ts';
import { layOut } from './layout.ts';
import { HEADERS, NOTES } from './web-space.ts';

/** Files of the folder besides the database. */
export interface PublishOptions {
  /** A page to put beside the index, by path within the folder; without one none is written. */
  readonly page?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Whether the verifiers that are kept beside the index are published, too. */
  readonly verifiers?: boolean | undefined;
  readonly onStep?: ((what: string) => void) | undefined;
}

/**
 * Publishes an index into a folder, which is made where it is not there. Readers of what was published before go on: its
 * database stays. Throws what `openIndex` throws, and errors of the file system.
 */
export function publishIndex(path: string, folder: string, options: PublishOptions = {}): Published {
  mkdirSync(folder, { recursive: true });
  for (const some of new Set([folder, ...[...(options.page ?? [])].map(([name]) => dirname(join(folder, name)))])) {
    removeLeftovers(some);
  }
  const made = join(folder, `.btfq-${process.pid}.tmp`);
  try {
    options.onStep?.('lay out');
    const [head, ...extents] = layOut(path, made);
    const index = openIndex(made, { readonly: true });
    const generation = index.generation();
    const kernels = index.catalog().kernels.length;
    index.close();
    options.onStep?.('hash');
    const { sha256, size } = hashOfFile(made);
    const file = `btfq-${sha256.slice(0, 16)}.db`;
    renameSync(made, join(folder, file));
    const verifiers = options.verifiers ? publishVerifiers(path, folder) : undefined;
    const published: Published = {
      ...{ file, size, sha256, generation, kernels },
      schemaVersion: SCHEMA_VERSION,
      head: head?.[1],
      extents,
      ...(verifiers === undefined ? {} : { verifiers }),
    };
    for (const [name, bytes] of options.page ?? []) replace(folder, name, bytes);
    replace(folder, '_headers', HEADERS);
    replace(folder, 'PUBLISHING.md', NOTES);
    replace(folder, 'index.json', `${pointerText(published)}\n`); // last: from now on this is what is read
    return published;
  } finally {
    rmSync(made, { force: true });
    rmSync(`${made}-journal`, { force: true });
  }
}

/** What a publish of this machine that was killed has left behind. */
function removeLeftovers(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const [, pid] = /^\.(?:btfq-)?(\d+)\.tmp(?:-journal)?$/.exec(name) ?? [];
    if (pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)))) {
      rmSync(join(folder, name), { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code !== 'ESRCH'; // it is there and someone else's
  }
}

/**
 * Each kept verifier as a file whose name says what is in it, and a list of them; its name. What is there already stays. Undefined where
 * the index keeps none.
 */
function publishVerifiers(path: string, folder: string): string | undefined {
  const index = openIndex(path, { readonly: true });
  try {
    return withVerifiers(index, (store) => {
      const verifiers: KeptVerifier[] = [];
      for (const { kernel, kept } of keptVerifiers(index, store)) {
        const at = join(folder, kept.file);
        if (!existsSync(at)) replace(folder, kept.file, keptVerifierFile(index, store, kernel));
        verifiers.push({ ...kept, size: statSync(at).size });
      }
      const list = `${JSON.stringify({ verifiers }, undefined, 1)}\n`;
      const name = `verifiers-${createHash('sha256').update(list).digest('hex').slice(0, 16)}.json`;
      replace(folder, name, list);
      return name;
    });
  } finally {
    index.close();
  }
}

/** For people too: one line for each word. */
function pointerText(published: Published): string {
  const lines = Object.entries(published).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n}`;
}

/** Writes a file beside and puts it in its place, so that it is never seen half written. */
function replace(folder: string, name: string, data: string | Uint8Array): void {
  const at = join(folder, name);
  mkdirSync(join(at, '..'), { recursive: true });
  const beside = join(at, '..', `.${process.pid}.tmp`);
  writeFileSync(beside, data, { flush: true });
  renameSync(beside, at);
}

/** SHA-256 and size of a file, read by pieces; it is on disk when this returns. */
export function hashOfFile(path: string): { sha256: string; size: number } {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
    const hash = createHash('sha256');
    const buffer = new Uint8Array(1 << 20);
    let size = 0;
    for (;;) {
      const count = readSync(file, buffer, 0, buffer.length, size);
      if (count === 0) break;
      hash.update(buffer.subarray(0, count));
      size += count;
    }
    return { sha256: hash.digest('hex'), size };
  } finally {
    closeSync(file);
  }
}
