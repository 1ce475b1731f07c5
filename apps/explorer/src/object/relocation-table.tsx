// The relocations of an object, each with the kernels on which it fails or is poisoned.
import { DataTable } from '../parts/data-table.tsx';
import { describeKernels, KernelSet } from '../parts/kernel-set.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import type { BpfObject, MatrixRow, Relocation } from './object-types.ts';

export function RelocationTable({ object, rows }: { readonly object: BpfObject; readonly rows: readonly MatrixRow[] }) {
  const total = useIndexFacts().kernels.length;
  const against = new Map<number, { ids: string[]; refused: boolean }>();
  for (const row of rows) {
    for (const { outcome, relocation } of row.results) {
      const one = against.get(relocation.index) ?? { ids: [], refused: false };
      one.ids.push(...row.kernels.map(({ id }) => id));
      one.refused ||= outcome === 'FAILED';
      against.set(relocation.index, one);
    }
  }
  return (
    <DataTable<Relocation>
      name={`${object.name}-relocations`}
      caption={plural(object.relocations.length, 'relocation')}
      rows={object.relocations}
      keyOf={({ index }) => String(index)}
      empty="It has no CO-RE relocations."
      columns={[
        { title: '#', text: ({ index }) => index, numeric: true },
        { title: 'program', text: ({ program }) => program ?? '' },
        { title: 'asks', text: ({ kind }) => kind },
        { title: 'of', text: ({ spec }) => spec, show: ({ spec }) => <code>{spec}</code> },
        { title: 'source', text: placeText },
        {
          title: 'comes to nothing on',
          text: ({ index }) => {
            const ids = against.get(index)?.ids ?? [];
            return ids.length === 0 ? '' : describeKernels(ids, total);
          },
          show: ({ index }) => {
            const one = against.get(index);
            return one === undefined ? (
              <span class="dim">no kernel</span>
            ) : (
              <span class={`verdict ${one.refused ? 'fails' : 'conditional'}`}>
                <KernelSet ids={one.ids} total={total} />
              </span>
            );
          },
          wide: true,
        },
      ]}
    />
  );
}

/** `execsnoop.bpf.c:31:10`; empty where the object has no line information. */
export const placeText = ({ file, line, column }: Relocation): string =>
  file === null || line === null ? '' : `${file.replace(/^.*\//, '')}:${line}${column ? `:${column}` : ''}`;
