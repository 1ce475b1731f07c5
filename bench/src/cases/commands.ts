// Whole processes in turns with bpftool: the dumps and one minimal BTF.

import { join } from 'node:path';
import { type BenchContext, type Case, missing } from '../case.ts';
import { BTFQ, type Run, runProcess } from '../process.ts';
import type { Row, Target } from '../result.ts';
import { spread } from '../statistics.ts';

/** Runs ours and theirs in turns. `theirs` undefined: only ours. */
export async function sideBySide(
  { rounds }: Pick<BenchContext, 'rounds'>,
  ours: readonly string[],
  theirs: readonly string[] | undefined,
): Promise<{ ours: Run[]; theirs: Run[] }> {
  const runs = { ours: [] as Run[], theirs: [] as Run[] };
  await runProcess(ours); // fills the file cache and the compile cache
  if (theirs) await runProcess(theirs);
  for (let round = 0; round < rounds; round++) {
    const [first, second] = round % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const);
    for (const side of [first, second]) {
      const command = side === 'ours' ? ours : theirs;
      if (command === undefined) continue;
      const run = await runProcess(command);
      if (run.exitCode !== 0) throw new Error(`exit code ${run.exitCode}: ${command.join(' ')}: ${run.complaint}`);
      runs[side].push(run);
    }
  }
  return runs;
}

async function row(
  context: BenchContext,
  name: string,
  what: string,
  target: Target,
  args: (output: string) => readonly string[],
): Promise<Row> {
  const bpftool = context.reference('bpftool');
  const runs = await sideBySide(
    context,
    [...BTFQ, ...args(join(context.scratch, 'ours.btf'))],
    bpftool === undefined ? undefined : [bpftool, ...args(join(context.scratch, 'theirs.btf'))],
  );
  const peak = (side: readonly Run[]) => {
    const peaks = side.flatMap((run) => (run.peakBytes === undefined ? [] : [run.peakBytes]));
    return peaks.length > 0 ? Math.max(...peaks) : undefined;
  };
  return {
    name,
    what,
    unit: 'ms',
    ours: spread(runs.ours.map((run) => run.milliseconds)),
    reference: bpftool === undefined ? undefined : spread(runs.theirs.map((run) => run.milliseconds)),
    referenceNote: bpftool === undefined ? missing('bpftool') : 'bpftool, the same command',
    peakBytes: peak(runs.ours),
    referencePeakBytes: peak(runs.theirs),
    target,
    facts: { outputBytes: runs.ours[0]?.outputBytes ?? 0 },
  };
}

export const commands: Case = {
  name: 'commands',
  about: 'gen min_core_btf and the dumps, whole processes by Node, in turns with bpftool',
  async run(context) {
    const lines = commandLines(context);
    return [
      await row(
        context,
        'gen-min-core-btf',
        'gen min_core_btf, one kernel, one object, whole process by Node',
        START,
        lines.gen,
      ),
      await row(context, 'dump-c', 'btf dump file ... format c, whole process by Node', DUMP, lines.dumpC),
      await row(context, 'dump-raw', 'btf dump file ... format raw, whole process by Node', DUMP, lines.dumpRaw),
    ];
  },
};

/** What is to be reached as a whole process, of bpftool's time. */
export const START: Target = { of: 'ratio', better: 'less', atLeast: 1, aim: 0.8 };
export const DUMP: Target = { of: 'ratio', better: 'less', atLeast: 0.8, aim: 0.5 };

/** The quick commands, which bpftool has too, by where they write. */
export function commandLines({ kernels, objects }: Pick<BenchContext, 'kernels' | 'objects'>) {
  const kernel = kernels[0]!;
  const object = objects.find((path) => path.includes('opensnoop')) ?? objects[0]!;
  const dump = (format: string) => () => ['btf', 'dump', 'file', kernel, 'format', format];
  return {
    gen: (out: string) => ['gen', 'min_core_btf', kernel, out, object],
    dumpC: dump('c'),
    dumpRaw: dump('raw'),
    /** bpftool has no such command. */
    relocs: () => ['relocs', kernel, object],
  };
}
