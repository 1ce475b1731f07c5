// How a quick command is started: by Node from the package, by Node with a start-up snapshot, and as the executables of a release. All
// in turns with bpftool, and an empty program of Node's beside them.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchContext, type Case, missing } from '../case.ts';
import { BTFQ, type Run, runProcess } from '../process.ts';
import type { Row, Target } from '../result.ts';
import { spread } from '../statistics.ts';
import { commandLines, DUMP, START } from './commands.ts';

/** A way to start the CLI: what comes before its arguments. */
type Starter = readonly [what: string, command: readonly string[]];

export const start: Case = {
  name: 'start',
  about:
    'the quick commands as whole processes: Node, its snapshot, the executables of a release; in turns with bpftool',
  async run(context) {
    const starters = findStarters(context);
    const lines = commandLines(context);
    const rows: Row[] = [];
    for (const [name, line, target] of [
      ['gen min_core_btf', lines.gen, START],
      ['btf dump format c', lines.dumpC, DUMP],
      ['btf dump format raw', lines.dumpRaw, DUMP],
      ['relocs', lines.relocs, undefined],
    ] as const) {
      rows.push(...(await inTurns(context, starters, name, line, target)));
    }
    const empty = join(context.scratch, 'empty.cjs');
    writeFileSync(empty, '');
    const runs: Run[] = [];
    for (let i = 0; i < context.rounds; i++) runs.push(await runProcess([process.execPath, empty]));
    const milliseconds = spread(runs.map((run) => run.milliseconds));
    return [
      ...rows,
      {
        name: 'start-empty',
        what: 'an empty program of Node',
        unit: 'ms',
        ours: milliseconds,
        reference: undefined,
        referenceNote: 'nothing to compare it with',
      },
    ];
  },
};

function findStarters({ scratch, executables, note }: BenchContext): Starter[] {
  const starters: Starter[] = [['Node', BTFQ]];
  const snapshot = buildSnapshot(scratch);
  if (snapshot === undefined) note('the snapshot could not be built');
  else starters.push(['Node with a snapshot', [process.execPath, '--snapshot-blob', snapshot]]);
  for (const name of [`btfq-linux-${process.arch}`, `btfq-linux-${process.arch}-node`]) {
    const file = join(executables, name);
    if (existsSync(file)) starters.push([name, [file]]);
    else note(`there is no ${file}: node scripts/executable.ts --out DIR, and give it with --executables`);
  }
  return starters;
}

/** The bundled CLI as a heap that is ready to run; undefined where Node refuses. */
function buildSnapshot(scratch: string): string | undefined {
  const program = readFileSync(
    fileURLToPath(new URL('../../../apps/cli/dist/bin/program.cjs', import.meta.url)),
    'utf8',
  );
  const main = program.lastIndexOf('main();');
  const script = join(scratch, 'snapshot.cjs');
  // a program from a snapshot has no script among its arguments
  const begin = `process.argv.splice(1, 0, 'btfq'); main();`;
  const code = `${program.slice(0, main)}0;require('node:v8').startupSnapshot.setDeserializeMainFunction(() => { ${begin} });\n`;
  writeFileSync(script, code);
  const blob = join(scratch, 'snapshot.blob');
  const { status } = spawnSync(process.execPath, ['--snapshot-blob', blob, '--build-snapshot', script]);
  return status === 0 ? blob : undefined;
}

async function inTurns(
  context: BenchContext,
  starters: readonly Starter[],
  name: string,
  line: (out: string) => readonly string[],
  target: Target | undefined,
): Promise<Row[]> {
  const bpftool = target && context.reference('bpftool');
  const all: readonly Starter[] = bpftool === undefined ? starters : [...starters, ['bpftool', [bpftool]]];
  const runs = new Map<string, Run[]>(all.map(([what]) => [what, []]));
  for (let round = -1; round < context.rounds; round++) {
    for (const [what, command] of round % 2 === 0 ? all : [...all].reverse()) {
      const run = await runProcess([...command, ...line(join(context.scratch, 'start.btf'))]);
      // 1 is an answer: relocations that cannot be done
      if (run.exitCode > 1) throw new Error(`${what}: ${name} ended with ${run.exitCode}: ${run.complaint}`);
      if (round >= 0) runs.get(what)!.push(run); // the one before fills the caches
    }
  }
  const times = (what: string) => spread(runs.get(what)!.map((run) => run.milliseconds));
  const peak = (what: string) => Math.max(...runs.get(what)!.map((run) => run.peakBytes ?? 0)) || undefined;
  return starters.map(([what]) => ({
    name: `start-${name.replaceAll(' ', '-')}-${what.replaceAll(' ', '-')}`,
    what: `${name}, ${what}`,
    unit: 'ms',
    ours: times(what),
    reference: bpftool === undefined ? undefined : times('bpftool'),
    referenceNote: bpftool === undefined ? (target ? missing('bpftool') : 'bpftool has no such command') : 'bpftool',
    peakBytes: peak(what),
    target,
  }));
}
