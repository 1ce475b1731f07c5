// The column of a table that says in which kernels a row holds.
import type { Column } from './data-table.tsx';
import { describeKernels, KernelSet } from './kernel-set.tsx';

/** `total`: how many kernels there are to have it. */
export function kernelsColumn<Row>(idsOf: (row: Row) => readonly string[], total: number): Column<Row> {
  return {
    title: 'kernels',
    text: (row) => describeKernels(idsOf(row), total),
    show: (row) => <KernelSet ids={idsOf(row)} total={total} />,
    wide: true,
  };
}

/** The ids of a row as most queries have them. */
export const kernelIdsOf = (row: { readonly kernels: readonly { readonly id: string }[] }): readonly string[] =>
  row.kernels.map(({ id }) => id);
