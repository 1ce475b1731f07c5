// Reading and hashing, as one step that any thread can do: a job in, kernels ready to be written out.

import type { Btf } from '@btfq/btf-format';
import { type PreparedKernel, prepareKernel, type StoredTables } from '@btfq/btf-index';
import { type Job, type KernelIdentity, type ReadOptions, readJob, type Skipped } from '@btfq/kernel-source';
import { kernelTables, openKernelImage, tableParts } from '@btfq/kernel-tables';

/** A kernel that only has to be written. Plain data: it travels between threads. */
export interface ReadyKernel {
  readonly kind: 'ready';
  readonly identity: KernelIdentity;
  readonly prepared: PreparedKernel;
  readonly provenance: string;
  /** What told each part of its identity. */
  readonly identified: string;
  readonly banner: string | undefined;
  /** The kernel's own tables, where they were asked for and its image was there to be read. */
  readonly tables: StoredTables | undefined;
  /** Where its configuration came from; undefined where there is none. */
  readonly configSource: string | undefined;
  /** Modules and configurations that were left out, and why. */
  readonly problems: readonly Skipped[];
}

export type ReadyItem = ReadyKernel | Skipped;

/** {@link ReadOptions} without what does not travel between threads. */
export type JobOptions = Omit<ReadOptions, 'signal' | 'onPassedOver'>;

/** The kernels of a job, parsed and hashed. @throws KernelSourceError only `aborted` */
export async function* readyKernels(job: Job, options: ReadOptions): AsyncGenerator<ReadyItem> {
  for await (const item of readJob(job, options)) {
    if (item.kind === 'skipped') {
      yield item;
      continue;
    }
    const { identity, identified, banner, btf, modules, provenance, problems, image, parsed, config } = item;
    try {
      yield {
        kind: 'ready',
        identity,
        prepared: prepareKernel(btf, modules, config?.symbols),
        provenance,
        identified,
        banner,
        configSource: config?.source,
        problems,
        tables: image && tablesOf(image, parsed),
      };
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'BtfError') throw error;
      yield { kind: 'skipped', path: job.label, code: 'bad-btf', message: error.message };
    }
  }
}

/** The tables of an unpacked kernel; undefined where its image has no symbols to read them by. */
function tablesOf(image: Uint8Array, btf: Btf): StoredTables | undefined {
  try {
    const opened = openKernelImage(image);
    return { parts: tableParts(kernelTables(opened, btf)), source: opened.symbols.source };
  } catch (error) {
    // An architecture whose images are not understood, or no kallsyms: the kernel's types are there all the same.
    if (error instanceof Error && error.name === 'KernelTablesError') return undefined;
    throw error;
  }
}
