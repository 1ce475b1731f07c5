// The name of a bundle: a hash of its question.

import { type BtfIndex, hexOf, kernelIds, kernelsByIds } from '@btfq/btf-index/read';
import { filterOf } from '../schema/context.ts';
import type { BundleQuestion } from './uploads.ts';

/** The hash of objects, kernels, format and mode: the same question costs nothing twice. */
export function bundleId(index: BtfIndex, { objects, where, format, canonical }: BundleQuestion): string {
  const sha256 = (data: Uint8Array | string) => hexOf(index.codec.sha256(data));
  const lines = [`bundle 1 ${format} ${canonical}\n`];
  for (const { name, bytes } of objects) lines.push(`object ${JSON.stringify(name)} ${sha256(bytes)}\n`);
  for (const kernel of kernelsByIds(index, kernelIds(index, filterOf(where)))) {
    lines.push(`kernel ${kernel.name} ${kernel.sha256}\n`);
  }
  return sha256(lines.join(''));
}
