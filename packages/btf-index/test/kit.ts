// Indexes in fresh folders, filled from the fixture kernels.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BtfIndex, ingestKernel, type KernelIdentity, openIndex } from '@btfq/btf-index';
import { type FixtureKernel, fixtureKernels, kernelBtf } from '@btfq/test-kit';
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
  for (const kernel of all) ingestKernel(index, { identity: identityOf(kernel), btf: kernelBtf(kernel.id) });
  return index;
}

let shared: BtfIndex | undefined;

/** One index of all fixture kernels, for tests that only read. */
export function sharedIndex(): BtfIndex {
  shared ??= indexOf(fixtureKernels());
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
