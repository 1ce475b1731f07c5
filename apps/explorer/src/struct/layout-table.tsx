// The distinct layouts of a struct, each with its kernels.
import { compareLink, structLink } from '../address/links.ts';
import { DataTable } from '../parts/data-table.tsx';
import { placeColumn } from '../parts/place-column.tsx';
import { kernelsColumn } from '../parts/kernels-column.tsx';

/** A layout without its members. */
export interface LayoutSummary {
  readonly hash: string;
  readonly kind: 'STRUCT' | 'UNION' | string;
  readonly size: number;
  readonly kernels: readonly { readonly id: string }[];
  readonly places: readonly { readonly module: string | null }[];
}

export function LayoutTable(props: {
  readonly kind: 'struct' | 'union';
  readonly name: string;
  readonly layouts: readonly LayoutSummary[];
  readonly total: number;
  readonly at: string;
}) {
  const { name, kind, total, at } = props;
  const idsOf = (layout: LayoutSummary) => layout.kernels.map(({ id }) => id);
  return (
    <DataTable
      name={`${kind}-${name}-layouts`}
      caption="Distinct layouts"
      rows={props.layouts}
      keyOf={({ hash }) => hash}
      columns={[
        { title: 'size', text: ({ size }) => size, numeric: true },
        ...placeColumn(props.layouts, (row) => row),
        kernelsColumn(idsOf, total),
        {
          title: 'layout',
          text: ({ hash }) => hash.slice(0, 12),
          show: (layout) => {
            const [first] = idsOf(layout);
            if (first === undefined) return null;
            if (idsOf(layout).includes(at)) return <span class="dim">shown</span>;
            return (
              <span class="actions">
                <a href={structLink(name, { at: first, ...(kind === 'union' ? { kind } : {}) })}>show</a>{' '}
                <a href={compareLink(name, first, at, kind)}>compare</a>
              </span>
            );
          },
        },
      ]}
    />
  );
}
