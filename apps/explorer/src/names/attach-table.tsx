// Whether programs attach to a function, by the kernels' own tables.
import type { FuncAttachableQuery } from '../generated/operations.ts';
import { DataTable } from '../parts/data-table.tsx';
import { kernelIdsOf, kernelsColumn } from '../parts/kernels-column.tsx';

type Row = NonNullable<FuncAttachableQuery['func']>['attach'][number] & {
  /** It is in a module of these kernels, of which nothing but types is known. */
  readonly inUnreadModule?: boolean;
};

const REASONS: Record<string, string> = {
  attaches: '',
  'no-symbol': 'it has no symbol',
  'init-only': 'its code is freed after boot',
  'not-traced': 'it is not traced (notrace)',
  'kprobe-denied': 'it is on the list of what kprobes must not touch',
  'no-trampolines': 'this architecture had no trampolines yet',
  several: 'several functions have this name',
  'no-type': 'the kernel’s types have no function of this name',
  prototype: 'no trampoline can be made for its type',
  'not-known': 'not known',
};

export function AttachTable({
  name,
  rows,
  total,
  inModule,
}: {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly total: number;
  /** Kernels that have it in a module, by their types. */
  readonly inModule: ReadonlySet<string>;
}) {
  const split = together(rows.flatMap((row) => apart(row, inModule)));
  return (
    <DataTable
      name={`attach-${name}`}
      caption="Can it be attached to?"
      rows={split}
      keyOf={(row) => JSON.stringify([row.state, row.fentry, row.kprobe, row.several, row.module, row.inUnreadModule])}
      empty="Nothing is known: no kernel of this index came with its image."
      columns={[
        {
          title: 'fentry, fexit',
          text: (row) => textOf(row, row.fentry),
          show: (row) => <Verdict row={row} of={row.fentry} />,
        },
        {
          title: 'kprobe, kretprobe',
          text: (row) => textOf(row, row.kprobe),
          show: (row) => <Verdict row={row} of={row.kprobe} />,
        },
        { title: 'module', text: ({ module }) => module ?? '' },
        kernelsColumn(kernelIdsOf, total),
      ]}
    />
  );
}

/** The kernels whose tables lack a function that a module of theirs has: of that nothing is known. */
function apart(row: Row, inModule: ReadonlySet<string>): Row[] {
  if (row.state !== 'ABSENT') return [row];
  const own = row.kernels.filter(({ id }) => inModule.has(id));
  const rest = row.kernels.filter(({ id }) => !inModule.has(id));
  return [
    ...(own.length > 0 ? [{ ...row, state: 'NOT_KNOWN' as const, inUnreadModule: true, kernels: own }] : []),
    ...(rest.length > 0 ? [{ ...row, kernels: rest }] : []),
  ];
}

/** Rows that say the same by their words, with the kernels of them all. */
function together(rows: readonly Row[]): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const words = [textOf(row, row.fentry), textOf(row, row.kprobe), row.module].join('\n');
    const known = found.get(words);
    found.set(words, known === undefined ? row : { ...known, kernels: [...known.kernels, ...row.kernels] });
  }
  return [...found.values()];
}

type Attach = Row['fentry'];

function textOf(row: Row, attach: Attach): string {
  if (row.inUnreadModule) return 'not known: it is in a module whose tables were not read';
  if (row.state === 'NOT_KNOWN') return 'not known: these came without their image';
  if (row.state === 'ABSENT' || attach === null) return 'no such function in their tables';
  const why = REASONS[attach.reason] ?? attach.reason;
  return why === '' ? attach.verdict : `${attach.verdict}: ${why}`;
}

function Verdict({ row, of }: { readonly row: Row; readonly of: Attach }) {
  const verdict = row.state === 'NOT_KNOWN' ? 'unknown' : row.state === 'ABSENT' ? 'fails' : (of?.verdict ?? 'unknown');
  return <span class={`verdict ${verdict}`}>{textOf(row, of)}</span>;
}
