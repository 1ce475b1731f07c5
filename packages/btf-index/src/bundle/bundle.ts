// A bundle for the kernels of an index: kernels that answer alike are looked at once, and mostly without their BTF.

import { parseBpfObject } from '@btfq/core-reloc';
import { type Bundle, type BundleKernel, type BundleOptions, type Compressors, makeBundle } from '@btfq/minimizer';
import { answerKey, declarationsFor } from './equivalence-key.ts';
import { declaredTarget } from './partial-btf.ts';
import { kernelTarget } from '../store/kernel-target.ts';
import { kernels } from '../query/kernels.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { rowsOf } from '../store/row-cache.ts';
import type { KernelFilter } from '../query/kernel-filter.ts';

/** Which kernels, and what kind of bundle. */
export interface IndexBundleOptions extends BundleOptions {
  readonly where?: KernelFilter;
  /** Whether types of the kernels' modules are looked at where a kernel itself has none of that name. Default true. */
  readonly modules?: boolean;
}

/** `bundleFromIndex` with compressors from outside: see there. */
export async function bundleWith(
  index: BtfIndex,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  compressors: Compressors,
  options: IndexBundleOptions = {},
): Promise<Bundle> {
  const objects = files.map(({ name, bytes }) => ({ object: parseBpfObject(bytes, { name }), bytes }));
  const wanted = kernels(index, options.where);
  const declared = declarationsFor(
    index,
    objects.map(({ object }) => object),
    wanted,
  );
  const withModules = options.modules !== false;
  const rows = rowsOf(index);
  const targets = wanted.map((kernel): BundleKernel => {
    const { id, distro, version, arch, release, sha256 } = kernel;
    const known = declared?.get(id);
    // modules are only asked for names that the kernel has not
    const asksModules = withModules && (kernel.modules ?? 0) > 0 && known?.lacksSome !== false;
    const target = () => {
      if (asksModules) return kernelTarget(index, id);
      return (known && declaredTarget(rows, known.rows, kernel)) ?? kernelTarget(index, id).vmlinux;
    };
    return {
      kernel: { distro, version, arch, release },
      btfSha256: sha256,
      sameAs: answerKey(kernel, known, withModules),
      target,
    };
  });
  return makeBundle(targets, objects, compressors, options);
}
