// `btfq ingest` as a process with two threads: the beginnings of series, what follows in them (the steady state), and
// kernels that have nothing in common; and a difference between two of these.

import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BenchContext, Case } from '../case.ts';
import { BTFQ, type Run, runProcess } from '../process.ts';
import type { Row, Target } from '../result.ts';
import { spread } from '../statistics.ts';
import { founderOf, writeSimulated } from '../simulated-files.ts';

/** As many as the archive of Debian kernels that ingest was first measured with. */
const KERNELS = 157;
/** So many kernels of each series are there when the steady state begins. */
const BEGINNING = 5;
const NO_REFERENCE = 'no other tool has an index';

async function run(args: readonly string[]): Promise<Run> {
  const done = await runProcess([...BTFQ, ...args]);
  if (done.exitCode !== 0) throw new Error(`exit code ${done.exitCode}: btfq ${args.join(' ')}: ${done.complaint}`);
  return done;
}

function row(name: string, what: string, unit: string, ours: readonly number[], rest: Partial<Row> = {}): Row {
  return { name, what, unit, ours: spread(ours), reference: undefined, referenceNote: NO_REFERENCE, ...rest };
}

const target = (better: Target['better'], atLeast: number, aim: number): Target => ({
  of: 'value',
  better,
  atLeast,
  aim,
});

async function ingest(context: BenchContext): Promise<readonly Row[]> {
  const { scratch, smoke, seed } = context;
  const folder = (name: string) => join(scratch, name);
  const usual = context.kernels.filter((path) => path.includes('x86_64') || path.includes('amd64'));
  const founders = (usual.length > 0 ? usual : context.kernels).slice(0, smoke ? 1 : 3);
  const count = smoke ? 8 : KERNELS;
  const paths = writeSimulated((place) => folder(place < BEGINNING ? 'first' : 'next'), founders, count, seed);
  const first = paths.filter((path) => path.startsWith(folder('first'))).length;
  const flags = ['--db', folder('ingest.db'), '--jobs', '2'];
  const begun = await run(['ingest', folder('first'), ...flags]);
  const next = await run(['ingest', folder('next'), ...flags]);
  const whole = await run([
    'ingest',
    folder('first'),
    folder('next'),
    '--db',
    folder('ingest-whole.db'),
    '--jobs',
    '2',
  ]);

  const unrelated = context.kernels.map((path, i) => {
    const { arch } = founderOf(path);
    const name = `debian/13/${arch}/6.${i}.0-bench`; // a distribution that paths may name
    mkdirSync(folder(`unrelated/debian/13/${arch}`), { recursive: true });
    copyFileSync(path, folder(`unrelated/${name}.btf`));
    return name;
  });
  const alone = await run(['ingest', folder('unrelated'), '--db', folder('unrelated.db'), '--jobs', '2']);
  const [one, other] = [unrelated[0]!, unrelated.find((_, i) => i > 0) as string];
  const diffs: number[] = [];
  for (let round = 0; round < context.rounds; round++) {
    const diff = await runProcess([...BTFQ, 'diff', one, other, '--db', folder('unrelated.db')]);
    if (diff.exitCode > 1) throw new Error(`btfq diff: ${diff.complaint}`);
    diffs.push(diff.milliseconds);
  }
  const rate = (kernels: number, { milliseconds }: Run) => [(kernels * 1000) / milliseconds];
  const facts = (kernels: number, { cpuMilliseconds }: Run) => ({
    kernels,
    ...(cpuMilliseconds === undefined ? {} : { cpuMillisecondsAKernel: cpuMilliseconds / kernels }),
  });
  const steady = count - first;
  return [
    row(
      'ingest-begin',
      `ingest of the first ${BEGINNING} kernels of each series, 2 threads`,
      'kernels/s',
      rate(first, begun),
      {
        facts: facts(first, begun),
      },
    ),
    row('ingest-steady', 'ingest of what follows in these series, 2 threads', 'kernels/s', rate(steady, next), {
      target: target('more', 60, 60),
      facts: facts(steady, next),
    }),
    row('ingest-unrelated', 'ingest of kernels with nothing in common', 'kernels/s', rate(unrelated.length, alone), {
      target: target('more', 10, 10),
      facts: facts(unrelated.length, alone),
    }),
    ...(whole.peakBytes === undefined
      ? []
      : [
          row('ingest-peak', `memory of ingest, ${count} kernels, 2 threads`, 'MB', [whole.peakBytes / 1e6], {
            target: target('less', 400, 300),
            facts: facts(count, whole),
          }),
        ]),
    row('diff-process', `btfq diff ${basename(one)} ${basename(other)}, across series, whole process`, 'ms', diffs, {
      target: target('less', 200, 200),
    }),
  ];
}

export const ingestCase: Case = {
  name: 'ingest',
  about: 'btfq ingest with two threads: steady state, unrelated kernels, memory; and a difference across series',
  run: ingest,
};
