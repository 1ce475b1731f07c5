// A run as a Markdown table, and two runs side by side.

import type { Machine } from './machine.ts';
import { ratioOf, type Row, verdictOf } from './result.ts';

/** What a run writes as JSON. */
export interface Results {
  readonly machine: Machine;
  readonly smoke: boolean;
  readonly rows: readonly Row[];
}

const number = (value: number) => {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: 0 });
};
const megabytes = (bytes: number | undefined) => (bytes === undefined ? '' : `${number(bytes / 1e6)} MB`);

/** The whole run: machine, table, facts. */
export function markdown({ machine, rows, smoke }: Results): string {
  const tools = Object.entries(machine.tools).map(([name, version]) => `${name}: ${version}`);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${number(machine.memoryBytes / 2 ** 30)} GiB, ${machine.system}, Node ${machine.node}, commit ${machine.commit}${machine.dirty ? ' with changes' : ''}. ${tools.join('; ')}.`,
    ...(smoke ? ['', '**A smoke run: it shows that the suite works, not how fast anything is.**'] : []),
    '',
    '| what | btfq | min to max | reference | ratio | at least | aim | | peak memory |',
    '|---|---:|---|---:|---:|---:|---:|---|---|',
    ...rows.map(line),
    '',
    ...rows.flatMap(facts),
    '',
  ].join('\n');
}

function line(row: Row): string {
  const { ours, reference, target, unit } = row;
  const ratio = ratioOf(row);
  const bound = (value: number | undefined) => {
    if (target === undefined || value === undefined) return '';
    return target.of === 'ratio' ? `${number(value)}x` : `${number(value)} ${unit}`;
  };
  const cells = [
    row.what,
    `${number(ours.median)} ${unit}`,
    ours.rounds > 1 ? `${number(ours.min)} to ${number(ours.max)} (${ours.rounds})` : '',
    reference ? `${number(reference.median)} ${unit}` : '',
    ratio === undefined ? '' : `${number(ratio)}x`,
    bound(target?.atLeast),
    bound(target?.aim),
    verdictOf(row) ?? '',
    [megabytes(row.peakBytes), row.referencePeakBytes && `(reference ${megabytes(row.referencePeakBytes)})`]
      .filter(Boolean)
      .join(' '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function facts(row: Row): string[] {
  const list = Object.entries(row.facts ?? {}).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? number(value) : value}`,
  );
  return [`- ${row.name}: ${row.referenceNote}${list.length > 0 ? `; ${list.join('; ')}` : ''}`];
}

/** What changed since an earlier run, a line a row that both have. */
export function compare(now: Results, before: Results): string {
  const earlier = new Map(before.rows.map((row) => [row.name, row]));
  const lines = now.rows.flatMap((row) => {
    const old = earlier.get(row.name);
    if (old === undefined) return [];
    // the reference's own drift says how much of a change is the machine's
    const own = row.ours.median / old.ours.median;
    const machine = row.reference && old.reference ? row.reference.median / old.reference.median : undefined;
    return [
      `| ${row.what} | ${number(old.ours.median)} | ${number(row.ours.median)} ${row.unit} | ${number(own)}x | ${machine === undefined ? '' : `${number(machine)}x`} |`,
    ];
  });
  return [
    `since ${before.machine.commit}:`,
    '',
    '| what | before | now | change | the reference changed |',
    '|---|---:|---:|---:|---:|',
    ...lines,
    '',
  ].join('\n');
}
