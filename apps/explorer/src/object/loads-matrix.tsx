// The verdicts on an object: for each kernel whether it loads and attaches every program, and why not. Kernels with the same
// answers share a row; programs have a column each where there are few enough.
import { useAddressState } from '../address/address.ts';
import { kernelName } from '../address/kernel-id.ts';
import { ObjectLoadsDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { KernelSet } from '../parts/kernel-set.tsx';
import { Lead, Part } from '../parts/page.tsx';
import { plural } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import { causesOf, verdictOf, whyOf } from './loads-causes.ts';
import { LoadOptions, loadOptions } from './load-options.tsx';
import type { LoadRow } from './object-types.ts';
import { useFileAsk } from './use-file-ask.ts';

const LOADERS = ['libbpf', 'cilium', 'aya'];
const MOST_COLUMNS = 8;

export function LoadsMatrix({ file }: { readonly file: File }) {
  const [state, change] = useAddressState();
  const asked = state.get('loader') ?? '';
  const loader = LOADERS.includes(asked) ? asked : 'libbpf';
  const answer = useFileAsk(ObjectLoadsDocument, file, { file, loader, ...loadOptions(state) });
  return (
    <Part
      title="Which kernels load it?"
      tools={
        <label class="choose">
          <span>Loader</span>
          <select value={loader} onChange={(event) => change({ loader: event.currentTarget.value }, { replace: true })}>
            {LOADERS.map((word) => (
              <option key={word} value={word}>
                {word}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <LoadOptions />
      <Answer of={answer} what="the verdict of every kernel">
        {({ object }) => <Verdicts name={file.name} rows={object.loads} />}
      </Answer>
    </Part>
  );
}

function Verdicts({ name, rows }: { readonly name: string; readonly rows: readonly LoadRow[] }) {
  const total = useIndexFacts().kernels.length;
  const order = ['fails', 'conditional', 'no-objection'];
  const sorted = [...rows].sort((a, b) => order.indexOf(verdictOf(a)) - order.indexOf(verdictOf(b)));
  const programs = rows[0]?.programs ?? [];
  return (
    <>
      <Lead>{leadText(rows)}</Lead>
      <DataTable<LoadRow>
        name={`${name}-loads`}
        caption="Verdict by kernel"
        rows={sorted}
        keyOf={(row) => row.kernels.map(({ id }) => id).join(' ')}
        columns={[
          {
            title: 'verdict',
            text: verdictOf,
            show: (row) => <span class={`verdict ${verdictOf(row)}`}>{verdictOf(row).replace('-', ' ')}</span>,
          },
          {
            title: 'kernels',
            text: (row) => row.kernels.map(({ id }) => kernelName(id).release).join(' '),
            show: (row) => <KernelSet ids={row.kernels.map(({ id }) => id)} total={total} />,
          },
          ...(programs.length <= MOST_COLUMNS ? programs.map(programColumn) : []),
          {
            title: 'why',
            text: (row) =>
              whyOf(row)
                .map(({ text }) => text)
                .join('; '),
            show: (row) => <Why row={row} />,
            wide: true,
          },
        ]}
      />
      <Causes name={name} rows={rows} total={total} />
    </>
  );
}

const SIGNS: Record<string, string> = { fails: '✕ fails', conditional: '? depends', 'no-objection': '✓', yes: '✓' };

function programColumn({ program }: { readonly program: string }, at: number): Column<LoadRow> {
  const words = (row: LoadRow): string => {
    const one = row.programs[at];
    if (one === undefined) return '';
    if (one.verdict === 'fails') return 'fails';
    if (one.attach.verdict === 'fails') return 'does not attach';
    return one.attach.verdict === 'conditional' ? 'conditional' : one.verdict;
  };
  return {
    title: program,
    text: words,
    show: (row) => {
      const word = words(row);
      const kind = word === 'does not attach' ? 'fails' : word;
      return <span class={`verdict ${kind}`}>{SIGNS[word] ?? `✕ ${word}`}</span>;
    },
  };
}

function Why({ row }: { readonly row: LoadRow }) {
  const why = whyOf(row);
  if (why.length === 0) return <span class="dim">nothing stands against it</span>;
  return (
    <ul class="pushes">
      {why.slice(0, 3).map(({ text, place }) => (
        <li key={text + place}>
          {text} {place && <small>{place}</small>}
        </li>
      ))}
      {why.length > 3 && <li class="dim">and {why.length - 3} more: see the causes</li>}
    </ul>
  );
}

/** Each cause once, with the programs and kernels that it stops. */
function Causes({
  name,
  rows,
  total,
}: {
  readonly name: string;
  readonly rows: readonly LoadRow[];
  readonly total: number;
}) {
  const causes = causesOf(rows);
  if (causes.length === 0) return null;
  return (
    <DataTable
      name={`${name}-causes`}
      caption={plural(causes.length, 'cause')}
      rows={causes}
      keyOf={({ code, message, needed }) => `${code} ${message} ${needed}`}
      columns={[
        {
          title: 'verdict',
          text: ({ verdict }) => verdict,
          show: ({ verdict }) => <span class={`verdict ${verdict}`}>{verdict}</span>,
        },
        { title: 'cause', text: ({ code }) => code },
        { title: 'what', text: ({ message }) => message, wide: true },
        { title: 'source', text: ({ places }) => places.join(', ') },
        { title: 'programs', text: ({ programs }) => programs.join(', ') },
        { title: 'rests on', text: ({ evidence }) => evidence },
        {
          title: 'kernels',
          text: ({ ids }) => ids.map((id) => kernelName(id).release).join(' '),
          show: ({ ids }) => <KernelSet ids={ids} total={total} />,
        },
      ]}
    />
  );
}

function leadText(rows: readonly LoadRow[]): string {
  const count = (word: string): number =>
    rows.filter((row) => verdictOf(row) === word).reduce((sum, { kernels }) => sum + kernels.length, 0);
  const [fails, conditional, good] = ['fails', 'conditional', 'no-objection'].map(count) as [number, number, number];
  const first = rows.filter((row) => verdictOf(row) === 'fails').flatMap(whyOf)[0];
  return [
    fails > 0 ? `It fails on ${plural(fails, 'kernel')}${first ? `: ${first.text}` : ''}.` : '',
    conditional > 0 ? `On ${plural(conditional, 'kernel')} it depends on what is not known here.` : '',
    good > 0 ? `On ${plural(good, 'kernel')} nothing stands against it.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
