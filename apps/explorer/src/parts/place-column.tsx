// The column of a table that says in which modules a row is declared: nothing where all are of kernels themselves.
import { modulesOf } from '../names/modules-of.ts';
import type { Column } from './data-table.tsx';

interface Placed {
  readonly places: readonly { readonly module: string | null }[];
}

/** One column, or none. */
export function placeColumn<Row>(rows: readonly Row[], placedOf: (row: Row) => Placed): Column<Row>[] {
  const text = (row: Row): string => modulesOf(placedOf(row));
  return rows.every((row) => text(row) === 'vmlinux') ? [] : [{ title: 'in', text }];
}
