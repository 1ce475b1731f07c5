// Makes bundles from an index with Node's compressors.

import { reproducibleCompressors } from '@btfq/kernel-source';
import type { Bundle } from '@btfq/minimizer';
import { bundleWith, type IndexBundleOptions } from './bundle.ts';
import type { BtfIndex } from '../store/btf-index.ts';

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
  return bundleWith(index, files, await reproducibleCompressors(), options);
}
