// An index of all fixture kernels in a temp folder, made once a test file.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BtfIndex, ingestKernel, openIndex } from '@btfq/btf-index';
import { type FixtureKernel, fixtureKernels, kernelBtf } from '@btfq/test-kit';

export interface FixtureIndex {
  readonly folder: string;
  readonly path: string;
  readonly index: BtfIndex;
  remove(): void;
}

/** Ingests the fixture kernels (those that `choose` picks) and opens the index read-only. */
export function fixtureIndex(choose: (kernel: FixtureKernel) => boolean = () => true): FixtureIndex {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-graphql-'));
  const path = join(folder, 'btfq.db');
  const writer = openIndex(path);
  for (const kernel of fixtureKernels().filter(choose)) {
    const { distro, version, arch, release } = kernel;
    ingestKernel(writer, {
      identity: { distro, version, arch, release },
      btf: kernelBtf(kernel.id),
      source: 'fixture',
    });
  }
  writer.close();
  const index = openIndex(path, { readonly: true });
  return {
    folder,
    path,
    index,
    remove() {
      index.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
