// An index of all fixture kernels in a temp folder, made once a test file.

import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BtfIndex, ingestKernel, openIndex } from '@btfq/btf-index';
import { type FixtureKernel, fixtureKernels, kernelBtf, sharedFile } from '@btfq/test-kit';

export interface FixtureIndex {
  readonly folder: string;
  readonly path: string;
  readonly index: BtfIndex;
  remove(): void;
}

/** An index of the fixture kernels that `choose` picks, opened read-only; each choice is ingested once in a run of the tests. */
export function fixtureIndex(choose: (kernel: FixtureKernel) => boolean = () => true): FixtureIndex {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-graphql-'));
  const path = join(folder, 'btfq.db');
  const chosen = fixtureKernels().filter(choose);
  const name = `graphql-${chosen.map(({ arch, release }) => `${arch}-${release}`).join('+')}`;
  copyFileSync(
    sharedFile(`${createHash('sha256').update(name).digest('hex')}.db`, (made) => ingest(chosen, made)),
    path,
  );
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

function ingest(all: readonly FixtureKernel[], path: string): void {
  const writer = openIndex(path);
  for (const { id, distro, version, arch, release } of all) {
    ingestKernel(writer, { identity: { distro, version, arch, release }, btf: kernelBtf(id), source: 'fixture' });
  }
  writer.close();
}
