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

/** An index with these fixture kernels, in this order. */
export function indexOf(all: readonly FixtureKernel[], path = freshPath()): BtfIndex {
  const index = openIndex(path);
  for (const kernel of all) commitKernel(index, preparedOf(kernel), identityOf(kernel));
  return index;
}

const prepared = new Map<string, PreparedKernel>();

/** A kernel is hashed once in a process, however many indexes it goes into. */
function preparedOf({ id }: FixtureKernel): PreparedKernel {
  const known = prepared.get(id) ?? prepareKernel(kernelBtf(id));
  prepared.set(id, known);
  return known;
}

/** An index with these fixture kernels, as a file that is made once in a run of the tests: a copy may be written to. */
export function copyOf(name: string, all: readonly FixtureKernel[], path = freshPath()): BtfIndex {
  copyFileSync(
    sharedFile(name, (made) => indexOf(all, made).close()),
    path,
  );
  return openIndex(path);
}

let shared: BtfIndex | undefined;

/** One index of all fixture kernels, for tests that only read. */
export function sharedIndex(): BtfIndex {
  shared ??= openIndex(
    sharedFile('fixture-kernels.db', (made) => indexOf(fixtureKernels(), made).close()),
    { readonly: true },
  );
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
