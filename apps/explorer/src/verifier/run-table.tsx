// The verdicts of one kernel: each program with the verifier's numbers, and where it fails its words and the source line.
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Copy } from '../parts/copy.tsx';
import { Lead } from '../parts/page.tsx';
import { plural } from '../parts/words.ts';
import type { ProgramVerdict } from './verifier-run.ts';

const CLASSES = { loads: 'yes', fails: 'fails', 'not-known': 'unknown' } as const;
const ORDER = ['fails', 'not-known', 'loads'];

export function RunTable(props: {
  readonly title: string;
  readonly programs: readonly ProgramVerdict[];
  readonly several: boolean;
}) {
  const rows = [...props.programs].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return (
    <>
      <Lead>{leadText(rows)}</Lead>
      <DataTable<ProgramVerdict>
        name={`verifier-${props.title.replace(/\W+/g, '-')}`}
        caption="Verdict of each program"
        rows={rows}
        keyOf={({ object, section, program }) => `${object} ${section} ${program}`}
        columns={[
          ...(props.several ? [{ title: 'object', text: ({ object }: ProgramVerdict) => object }] : []),
          { title: 'program', text: ({ program }) => program },
          { title: 'section', text: ({ section }) => section },
          {
            title: 'verdict',
            text: ({ verdict }) => verdict,
            show: ({ verdict }) => <span class={`verdict ${CLASSES[verdict]}`}>{verdict.replace('-', ' ')}</span>,
          },
          numbers('instructions', (stats) => stats.insns),
          numbers('states', (stats) => stats.totalStates),
          numbers('peak', (stats) => stats.peakStates),
          { title: 'stack', text: ({ stats }) => stats?.stack ?? '', numeric: true },
          {
            title: 'why',
            text: ({ reason, source }) =>
              [reason, source && `${source.file}:${source.line}`].filter(Boolean).join('; '),
            show: (row) => <Why row={row} />,
            wide: true,
          },
        ]}
      />
    </>
  );
}

const numbers = (
  title: string,
  of: (stats: NonNullable<ProgramVerdict['stats']>) => number,
): Column<ProgramVerdict> => ({
  title,
  numeric: true,
  text: ({ stats }) => (stats === undefined ? '' : of(stats)),
});

function Why({ row: { verdict, reason, source, log } }: { readonly row: ProgramVerdict }) {
  return (
    <>
      {reason}
      {source !== undefined && (
        <div>
          <small>
            {source.file.replace(/^.*\//, '')}:{source.line}
          </small>{' '}
          <code>{source.text.trim()}</code>
        </div>
      )}
      {verdict !== 'loads' && log !== '' && (
        <details>
          <summary>The verifier’s log</summary>
          <Copy text={log} />
          <pre class="log" tabIndex={0} aria-label="The verifier’s log">
            {log}
          </pre>
        </details>
      )}
    </>
  );
}

function leadText(rows: readonly ProgramVerdict[]): string {
  const count = (verdict: ProgramVerdict['verdict']): number => rows.filter((row) => row.verdict === verdict).length;
  const [loads, fails, unknown] = [count('loads'), count('fails'), count('not-known')];
  if (loads === rows.length) return rows.length === 1 ? 'It loads.' : `All ${plural(rows.length, 'program')} load.`;
  return [
    fails > 0 ? `${plural(fails, 'program')} ${fails === 1 ? 'is' : 'are'} refused.` : '',
    unknown > 0 ? `Of ${plural(unknown, 'program')} it is not known.` : '',
    loads > 0 ? `${plural(loads, 'program')} ${loads === 1 ? 'loads' : 'load'}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
