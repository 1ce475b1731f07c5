// 'Not known' is not 'no': what no kernel has itself may be in modules that the index does not have.
import { type BtfIndex, type KernelFilter, kernels } from '@btfq/btf-index';
import type { Io } from './io.ts';
import { plural } from './render/numbers.ts';

/** Kernels whose modules are not known, by id. */
export function kernelsWithUnknownModules(index: BtfIndex, where: KernelFilter | undefined): number[] {
  return kernels(index, where).flatMap(({ id, modules }) => (modules === null ? [id] : []));
}

/** Says beside a 'no' for how many kernels it is not certain. */
export function noteUnknownModules(index: BtfIndex, where: KernelFilter | undefined, io: Io): void {
  const unknown = kernelsWithUnknownModules(index, where).length;
  if (unknown > 0) io.note(`The modules of ${plural(unknown, 'kernel')} are not known, and may have it.`);
}
