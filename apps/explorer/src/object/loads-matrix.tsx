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
import { causesOf, programsText, verdictOf, whyOf } from './loads-causes.ts';
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
      <Summary rows={rows} total={total} />
      <DataTable<LoadRow>
        name={`${name}-loads`}
        caption="Verdict by kernel"
        rows={sorted}
        keyOf={(row) => row.kernels.map(({ id }) => id).join(' ')}
        columns={[
          {
            title: 'verdict',
            text: verdictOf,
            show: (row) => <VerdictWord word={verdictOf(row)} />,
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

const SIGNS: Record<string, string> = {
  fails: '✕ does not load',
  conditional: '? depends',
  'no-objection': '✓',
  yes: '✓',
};

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
      {why.slice(0, 3).map(({ text, places }) => (
        <li key={text}>
          {text} {places.length > 0 && <small>{places.slice(0, 2).join(', ')}</small>}
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
          show: ({ verdict }) => <VerdictWord word={verdict} />,
        },
        { title: 'what', text: ({ message }) => message, wide: true },
        {
          title: 'kernels',
          text: ({ ids }) => ids.map((id) => kernelName(id).release).join(' '),
          show: ({ ids }) => <KernelSet ids={ids} total={total} />,
        },
        { title: 'programs', text: ({ programs }) => programs.join(', '), wide: true },
        { title: 'source', text: ({ places }) => places.join(', '), wide: true },
        { title: 'cause', text: ({ code }) => code },
        { title: 'known by', text: ({ evidence }) => evidence, show: ({ evidence }) => EVIDENCE[evidence] ?? evidence },
      ]}
    />
  );
}

/** What tells: in CSV as the schema has it. */
const EVIDENCE: Record<string, string> = { btf: 'its types', image: 'its image', release: 'its release' };

function VerdictWord({ word }: { readonly word: string }) {
  const shown = word === 'conditional' ? 'depends' : word.replace('-', ' ');
  return <span class={`verdict ${word}`}>{shown}</span>;
}

/** How many causes the summary names. */
const MOST_CAUSES = 3;

/** Which kernels break it, and why, in a few lines. */
function Summary({ rows, total }: { readonly rows: readonly LoadRow[]; readonly total: number }) {
  const count = (word: string): number =>
    rows.filter((row) => verdictOf(row) === word).reduce((sum, { kernels }) => sum + kernels.length, 0);
  const [fails, conditional, good] = ['fails', 'conditional', 'no-objection'].map(count) as [number, number, number];
  const stopping = causesOf(rows).filter(({ verdict }) => verdict === 'fails');
  const programs = rows[0]?.programs.length ?? 0;
  const sentences = [
    fails > 0 ? `It fails on ${fails} of ${plural(total, 'kernel')}.` : `Nothing here stops it on any kernel.`,
    conditional > 0 ? `On ${conditional} it depends on what this index does not hold.` : '',
    good > 0 && fails > 0 ? `On ${good} nothing stands against it.` : '',
  ];
  return (
    <>
      <Lead>{sentences.filter(Boolean).join(' ')}</Lead>
      {stopping.length > 0 && (
        <ul class="broken">
          {stopping.slice(0, MOST_CAUSES).map((cause) => (
            <li key={`${cause.code} ${cause.message} ${cause.needed}`}>
              <strong>{programsText(cause.programs, programs)}</strong>: {cause.message}{' '}
              <KernelSet ids={cause.ids} total={total} />
            </li>
          ))}
          {stopping.length > MOST_CAUSES && (
            <li class="dim">and {plural(stopping.length - MOST_CAUSES, 'further cause')}: see below</li>
          )}
        </ul>
      )}
      {stopping.length > 0 && programs > 1 && (
        <p class="dim">
          One program that fails to load stops the whole object, unless the program that loads it turns that one off
          beforehand: say above which are off.
        </p>
      )}
    </>
  );
}
