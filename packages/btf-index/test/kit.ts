// Indexes in fresh folders, filled from the fixture kernels.

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BtfIndex,
  commitKernel,
  type KernelIdentity,
  openIndex,
  type PreparedKernel,
  prepareKernel,
} from '@btfq/btf-index';
import { type FixtureKernel, fixtureKernels, kernelBtf, sharedFile } from '@btfq/test-kit';
import { afterAll } from 'vitest';

/** A path in a folder that goes when the tests of the file are done. */
export function freshPath(name = 'index.db'): string {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-index-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

export function identityOf({ distro, version, arch, release }: FixtureKernel): KernelIdentity {
  return { distro, version, arch, release };
}

/** An index with these fixture kernels, in this order: a copy, which may be written to. */
export function indexOf(all: readonly FixtureKernel[], path = freshPath()): BtfIndex {
  if (all.length > 0) copyFileSync(filledFile(all), path);
  return openIndex(path);
}

/** An index with these fixture kernels as a file, made once in a run of the tests from the one with all but the last of them. */
function filledFile(all: readonly FixtureKernel[]): string {
  const name = `kernels-${all.map(({ id }) => fixtureKernels().findIndex((kernel) => kernel.id === id)).join('-')}.db`;
  return sharedFile(name, (made) => {
    const last = all.at(-1) as FixtureKernel;
    const index = indexOf(all.slice(0, -1), made);
    commitKernel(index, preparedOf(last), identityOf(last));
    index.close();
  });
}

const prepared = new Map<string, PreparedKernel>();

/** A kernel is hashed once in a process, however many indexes it goes into. */
function preparedOf({ id }: FixtureKernel): PreparedKernel {
  const known = prepared.get(id) ?? prepareKernel(kernelBtf(id));
  prepared.set(id, known);
  return known;
}

let shared: BtfIndex | undefined;

/** One index of all fixture kernels, for tests that only read. */
export function sharedIndex(): BtfIndex {
  shared ??= openIndex(filledFile(fixtureKernels()), { readonly: true });
  return shared;
}

/** The error's code, or what else was thrown or returned. */
export function codeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}
