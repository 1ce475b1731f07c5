// Kernels for a bundle straight from files, one at a time: memory holds one kernel.
import type { KernelFilter } from '@btfq/btf-index';
import { matches } from '@btfq/btf-index';
import { parseBtf } from '@btfq/btf-format';
import { discover, type Kernel, type KernelItem, readJob, type Skipped } from '@btfq/kernel-source';
import type { BundleKernel, FailedKernel, SkippedSource } from '@btfq/minimizer';
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import type { Io } from './io.ts';

/** Reads the kernels of files, packages, archives and folders, those that a filter lets through. */
export async function* bundleSources(
  io: Io,
  paths: readonly string[],
  where: KernelFilter | undefined,
  modules: boolean,
): AsyncGenerator<BundleKernel | FailedKernel | SkippedSource> {
  const options = { modules, signal: io.signal };
  for await (const found of discover(
    paths.map((path) => io.path(path)),
    options,
  )) {
    if (found.kind === 'skipped') {
      yield skippedSource(io, found);
      continue;
    }
    for await (const item of readJob(found.job, options)) {
      if (item.kind === 'skipped') yield skippedSource(io, item);
      else if (where === undefined || matches(where, item.identity)) yield bundleKernel(item, modules);
    }
  }
}

function skippedSource(io: Io, { path, code, message }: Skipped & KernelItem): SkippedSource {
  return { path: relative(io.cwd, path) || path, code, message };
}

function bundleKernel({ identity, parsed, btf, modules: found }: Kernel, modules: boolean): BundleKernel {
  const sha256 = createHash('sha256').update(btf).digest('hex');
  const own = modules ? found.filter((module) => module.base === undefined) : [];
  return {
    kernel: identity,
    btfSha256: sha256,
    ...(own.length === 0 ? { sameAs: sha256 } : {}),
    target: () => ({
      vmlinux: parsed,
      modules: own.map(({ name, btf: split }) => ({ name, btf: parseBtf(split, { base: parsed }) })),
    }),
  };
}
