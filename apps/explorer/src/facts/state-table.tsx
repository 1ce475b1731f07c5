// A table for facts that are not types (helpers, kfuncs, events, hooks): the kernels that have it, with details, those that
// do not, and those of which it is not known.
import { type Column, DataTable } from '../parts/data-table.tsx';
import { kernelIdsOf, kernelsColumn } from '../parts/kernels-column.tsx';
import { useIndexFacts } from '../start/index-facts.tsx';
import { type Said, STATE_CLASS, STATE_WORDS } from './states.ts';

export function StateTable<Row extends Said>(props: {
  readonly name: string;
  readonly caption: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly columns?: readonly Column<Row>[];
}) {
  const { kernels } = useIndexFacts();
  const told = props.columns?.some(({ title }) => title === 'module') ?? false;
  const brought = !told && props.rows.some(({ module }) => module);
  return (
    <DataTable<Row>
      name={props.name}
      caption={props.caption}
      rows={props.rows}
      keyOf={(row) => `${row.module ?? ''} ${props.keyOf(row)}`}
      empty="This index has no kernels."
      columns={[
        {
          title: 'there',
          text: ({ state }) => STATE_WORDS[state],
          show: ({ state }) => <span class={`verdict ${STATE_CLASS[state]}`}>{STATE_WORDS[state]}</span>,
        },
        ...(props.columns ?? []),
        ...(brought ? [{ title: 'module', text: ({ module }: Row) => module ?? '' }] : []),
        kernelsColumn<Row>(kernelIdsOf, kernels.length),
      ]}
    />
  );
}
