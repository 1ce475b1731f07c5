// A bundle for the kernels of an index: BTF is rebuilt and read once for all kernels that answer alike.

import { parseBtf } from '@btfq/btf-format';
import { parseBpfObject, type TargetKernel } from '@btfq/core-reloc';
import { reproducibleCompressors } from '@btfq/kernel-source';
import { type Bundle, type BundleKernel, type BundleOptions, makeBundle } from '@btfq/minimizer';
import type { Kernel } from './answers.ts';
import { answerKeys } from './answer-groups.ts';
import { exportBtf, exportModule } from './export.ts';
import { kernels } from './kernels.ts';
import { modules } from './module-store.ts';
import type { BtfIndex } from './open.ts';
import type { KernelFilter } from './where.ts';

/** Which kernels, and what kind of bundle. */
export interface IndexBundleOptions extends BundleOptions {
  readonly where?: KernelFilter;
  /** Whether types of the kernels' modules are looked at where a kernel itself has none of that name. Default true. */
  readonly modules?: boolean;
}

/**
 * A bundle of the minimal BTF of every kernel that a filter lets through, in memory.
 *
 * ```ts
 * const { packed, manifest } = await bundleFromIndex(index, [{ name: 'opensnoop.bpf.o', bytes }], { format: 'bcc' });
 * ```
 *
 * Throws `MinimizeError`, and for objects that cannot be read `RelocationError` or `ElfError`.
 */
export async function bundleFromIndex(
  index: BtfIndex,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  options: IndexBundleOptions = {},
): Promise<Bundle> {
  const objects = files.map(({ name, bytes }) => ({ object: parseBpfObject(bytes, { name }), bytes }));
  const wanted = kernels(index, options.where);
  const parsed = objects.map(({ object }) => object);
  const keys = answerKeys(index, parsed, wanted);
  const withModules = options.modules !== false;
  const targets = wanted.map((kernel): BundleKernel => {
    const { distro, version, arch, release, sha256 } = kernel;
    const alike = withModules && kernel.modules > 0 ? `${kernel.id}` : keys.get(kernel.id);
    return {
      kernel: { distro, version, arch, release },
      btfSha256: sha256,
      target: () => readTarget(index, kernel, withModules),
      ...(alike === undefined ? {} : { sameAs: alike }),
    };
  });
  return makeBundle(targets, objects, await reproducibleCompressors(), options);
}

function readTarget(index: BtfIndex, kernel: Kernel, withModules: boolean): TargetKernel {
  const vmlinux = parseBtf(exportBtf(index, kernel.id));
  if (!withModules || kernel.modules === 0) return { vmlinux };
  const read = (modules(index, [kernel.id]).get(kernel.id) ?? []).flatMap(({ name, distilled }) => {
    // a distilled module is split over a base of its own: its types are not this kernel's
    if (distilled) return [];
    return [{ name, btf: parseBtf(exportModule(index, kernel.id, name).btf, { base: vmlinux }) }];
  });
  return { vmlinux, modules: read };
}
