// Rows of several declarations brought into the order in which the index lists kernels.

import { rankOf } from '@btfq/btf-index/read';
import type { Services } from '../context.ts';

/** The rows sorted by their kernels; rows of one kernel keep their order. `kernelIdOf` gives a row's kernel. */
export function inKernelOrder<T>(services: Services, rows: readonly T[], kernelIdOf: (row: T) => number): T[] {
  const rank = rankOf(services.index);
  return [...rows].sort((a, b) => rank[kernelIdOf(a)]! - rank[kernelIdOf(b)]!);
}
