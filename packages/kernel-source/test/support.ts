// What the tests share: samples, a fresh folder, and reading everything that a set of paths holds.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  discover,
  type Kernel,
  type KernelItem,
  KernelSourceError,
  readJob,
  type ReadOptions,
  type Skipped,
} from '@btfq/kernel-source';
import { onTestFinished } from 'vitest';

export function samplePath(name: string): string {
  return join(import.meta.dirname, 'samples', name);
}

export function sample(name: string): Uint8Array {
  return new Uint8Array(readFileSync(samplePath(name)));
}

/** A fresh folder with these files in it, removed when the test ends. */
export function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-kernel-source-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Everything that the paths give, through both steps, the jobs as another thread would get them. */
export async function readPaths(paths: readonly string[], options: ReadOptions = {}): Promise<KernelItem[]> {
  const items: KernelItem[] = [];
  for await (const found of discover(paths, options)) {
    if (found.kind === 'skipped') items.push(found);
    else for await (const item of readJob(structuredClone(found.job), options)) items.push(item);
  }
  return items;
}

export function kernelsOf(items: readonly KernelItem[]): Kernel[] {
  return items.filter((item) => item.kind === 'kernel');
}

export function skippedOf(items: readonly KernelItem[]): Skipped[] {
  return items.filter((item) => item.kind === 'skipped');
}

export function name(kernel: Kernel): string {
  const { distro, version, arch, release } = kernel.identity;
  return [distro, version, arch, release].join('/');
}

/** The code of the error that a promise ends in; any other kind of error fails the test. */
export async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof KernelSourceError) return error.code;
    throw error;
  }
  return 'no error';
}

export async function* chunksOf(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
