// What kernels answer to a SPEC: each distinct row once, a column for each entry.
import type { OffsetsOfQuery } from '../generated/operations.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { kernelIdsOf, kernelsColumn } from '../parts/kernels-column.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';

type Table = OffsetsOfQuery['offsets'];
type Row = Table['rows'][number];

export function OffsetRows({ entries, rows }: { readonly entries: Table['entries']; readonly rows: Table['rows'] }) {
  const total = useIndexFacts().kernels.length;
  return (
    <DataTable<Row>
      name="offsets"
      caption={plural(rows.length, 'distinct row')}
      rows={rows}
      keyOf={(row) => row.kernels[0]?.id ?? ''}
      columns={[
        ...entries.map(
          ({ name }, i): Column<Row> => ({
            title: name,
            numeric: true,
            text: (row) => textOf(row.answers[i]),
            show: (row) => {
              const answer = row.answers[i];
              return answer?.path ? (
                <span title={`${answer.path}${answer.type ? `: ${answer.type}` : ''}`}>{textOf(answer)}</span>
              ) : (
                <span class="dim">–</span>
              );
            },
          }),
        ),
        kernelsColumn<Row>(kernelIdsOf, total),
      ]}
    />
  );
}

function textOf(answer: Row['answers'][number] | undefined): string {
  if (answer === undefined || answer.path === null) return '';
  if (answer.offsets === null) return String(answer.value ?? '');
  const place = answer.offsets.join(' → ');
  return answer.bitSize === null ? place : `${place}, bit ${answer.bitOffset}, ${answer.bitSize} wide`;
}
