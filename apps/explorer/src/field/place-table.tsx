// Each distinct place of a field once, with its kernels; those under its other names too.
import { fieldLink, structLink } from '../address/links.ts';
import { DataTable } from '../parts/data-table.tsx';
import { kernelsColumn } from '../parts/kernels-column.tsx';
import { placeColumn } from '../parts/place-column.tsx';
import { TypeText } from '../parts/type-text.tsx';
import { bitPlace } from '../parts/words.ts';
import type { Variant } from './shapes.ts';
import type { OtherName } from './use-other-names.ts';

interface Row {
  readonly name: string;
  readonly variant: Variant;
}

export function PlaceTable(props: {
  readonly struct: string;
  readonly path: string;
  readonly kind: 'struct' | 'union';
  readonly variants: readonly Variant[];
  readonly others: readonly OtherName[];
  readonly total: number;
}) {
  const { struct, path, kind, total } = props;
  const rows: Row[] = [
    ...props.variants.map((variant) => ({ name: path, variant })),
    ...props.others.flatMap(({ name, variants }) => variants.map((variant) => ({ name, variant }))),
  ];
  const idsOf = ({ variant }: Row) => variant.kernels.map(({ id }) => id);
  return (
    <DataTable<Row>
      name={`${struct}.${path}`}
      caption="Each place once"
      rows={rows}
      keyOf={({ name, variant }) => `${name} ${variant.bitOffset} ${variant.bitSize} ${variant.size} ${variant.type}`}
      columns={[
        {
          title: 'field',
          text: ({ name }) => name,
          show: ({ name }) => (name === path ? name : <a href={fieldLink(struct, name, kind)}>{name}</a>),
        },
        {
          title: 'offset',
          text: ({ variant }) => bitPlace(variant.bitOffset, variant.bitSize),
          show: ({ variant }) => (
            <a
              href={structLink(struct, {
                at: variant.kernels[0]?.id ?? '',
                pick: path,
                ...(kind === 'union' ? { kind } : {}),
              })}
            >
              {bitPlace(variant.bitOffset, variant.bitSize)}
            </a>
          ),
          numeric: true,
        },
        {
          title: 'size',
          text: ({ variant }) => (variant.bitSize === null ? (variant.size ?? '') : `${variant.bitSize} bits`),
          numeric: true,
        },
        { title: 'type', text: ({ variant }) => variant.type, show: ({ variant }) => <TypeText type={variant.type} /> },
        ...placeColumn(rows, ({ variant }) => variant),
        { title: 'count', text: ({ variant }) => variant.kernels.length, numeric: true },
        kernelsColumn(idsOf, total),
      ]}
    />
  );
}
