// Reading and hashing, as one step that any thread can do: a job in, kernels ready to be written out.

import { type PreparedKernel, prepareKernel } from '@btfq/btf-index';
import { type Job, type KernelIdentity, type ReadOptions, readJob, type Skipped } from '@btfq/kernel-source';

/** A kernel that only has to be written. Plain data: it travels between threads. */
export interface ReadyKernel {
  readonly kind: 'ready';
  readonly identity: KernelIdentity;
  readonly prepared: PreparedKernel;
  readonly provenance: string;
  /** What told each part of its identity. */
  readonly identified: string;
  readonly banner: string | undefined;
  /** Modules that were left out, and why. */
  readonly problems: readonly Skipped[];
}

export type ReadyItem = ReadyKernel | Skipped;

/** {@link ReadOptions} without what does not travel between threads. */
export type JobOptions = Omit<ReadOptions, 'signal'>;

/** The kernels of a job, parsed and hashed. @throws KernelSourceError only `aborted` */
export async function* readyKernels(job: Job, options: ReadOptions): AsyncGenerator<ReadyItem> {
  for await (const item of readJob(job, options)) {
    if (item.kind === 'skipped') {
      yield item;
      continue;
    }
    const { identity, identified, banner, btf, modules, provenance, problems } = item;
    try {
      yield {
        kind: 'ready',
        identity,
        prepared: prepareKernel(btf, modules),
        provenance,
        identified,
        banner,
        problems,
      };
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'BtfError') throw error;
      yield { kind: 'skipped', path: job.label, code: 'bad-btf', message: error.message };
    }
  }
}
