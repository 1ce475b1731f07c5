// The matrix of an object's relocations: kernels with the same results share a row, with what fails there.
import { kernelName } from '../address/kernel-id.ts';
import { DataTable } from '../parts/data-table.tsx';
import { KernelSet } from '../parts/kernel-set.tsx';
import { useIndexFacts } from '../start/index-facts.tsx';
import type { BpfObject, MatrixRow } from './object-types.ts';
import { placeText } from './relocation-table.tsx';

export function Outcomes({ object, rows }: { readonly object: BpfObject; readonly rows: readonly MatrixRow[] }) {
  const total = useIndexFacts().kernels.length;
  const sorted = [...rows].sort((a, b) => b.failed - a.failed || b.poisoned - a.poisoned);
  const ids = (row: MatrixRow) => row.kernels.map(({ id }) => id);
  return (
    <DataTable
      name={`${object.name}-kernels`}
      caption="Relocations on each kernel"
      rows={sorted}
      keyOf={(row) => ids(row).join(' ')}
      columns={[
        {
          title: 'verdict',
          text: wordOf,
          show: (row) => (
            <span class={`verdict ${row.failed > 0 ? 'fails' : row.poisoned > 0 ? 'conditional' : 'yes'}`}>
              {wordOf(row)}
            </span>
          ),
        },
        {
          title: 'kernels',
          text: (row) =>
            ids(row)
              .map((id) => kernelName(id).release)
              .join(' '),
          show: (row) => <KernelSet ids={ids(row)} total={total} />,
        },
        { title: 'resolved', text: ({ applied }) => applied, numeric: true },
        { title: 'poisoned', text: ({ poisoned }) => poisoned, numeric: true },
        { title: 'refused', text: ({ failed }) => failed, numeric: true },
        {
          title: 'why',
          text: (row) => whyOf(object, row).join('; '),
          show: (row) => {
            const why = whyOf(object, row);
            return why.length === 0 ? (
              <span class="dim">nothing stands against it</span>
            ) : (
              <ul class="pushes">
                {why.slice(0, 4).map((one) => (
                  <li key={one}>{one}</li>
                ))}
                {why.length > 4 && <li class="dim">and {why.length - 4} more: see the relocations</li>}
              </ul>
            );
          },
          wide: true,
        },
      ]}
    />
  );
}

const wordOf = ({ failed, poisoned }: MatrixRow): string =>
  failed > 0 ? 'refused' : poisoned > 0 ? 'depends' : 'resolves';

function whyOf(object: BpfObject, row: MatrixRow): string[] {
  return row.results.map(({ outcome, reason, relocation }) => {
    const asked = object.relocations.find(({ index }) => index === relocation.index);
    const what =
      asked === undefined ? `relocation ${relocation.index}` : `${asked.spec} in ${asked.program ?? asked.section}`;
    const where = asked === undefined ? '' : placeText(asked);
    return `${what}${where && ` (${where})`}: ${reason ?? outcome.toLowerCase()}`;
  });
}
