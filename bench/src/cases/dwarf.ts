// BTF from debug information, whole processes in turns with pahole on one thread and on two; and a whole debug package, in
// turns with the xz library that unpacks it and does nothing else.

import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixturePath } from '@btfq/test-kit';
import { type BenchContext, type Case, missing } from '../case.ts';
import { BTFQ, type Run, runProcess } from '../process.ts';
import type { Row } from '../result.ts';
import { type Spread, spread } from '../statistics.ts';

/** The kernel's own flags (scripts/Makefile.btf). */
const FEATURES =
  'encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,decl_tag_kfuncs,attributes';
const UNPACK = fileURLToPath(new URL('../unpack-package.ts', import.meta.url));
/** What dwz has rewritten is said by its name. */
const DWZ = /dwz/;

/** A command of a round; round -1 fills the file cache and the compile cache. */
type Command = (round: number) => readonly string[];

/** Runs the commands in turns, each round beginning with another one. Throws where one fails. */
async function inTurns(rounds: number, commands: readonly Command[]): Promise<Run[][]> {
  const runs: Run[][] = commands.map(() => []);
  for (const command of commands) await checked(command(-1));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < commands.length; i++) {
      const which = (round + i) % commands.length;
      (runs[which] as Run[]).push(await checked((commands[which] as Command)(round)));
    }
  }
  return runs;
}

async function checked(command: readonly string[]): Promise<Run> {
  const run = await runProcess(command);
  if (run.exitCode !== 0) throw new Error(`exit code ${run.exitCode}: ${command.join(' ')}: ${run.complaint}`);
  return run;
}

const cpu = (runs: readonly Run[]): Spread => spread(runs.map((run) => run.cpuMilliseconds ?? run.milliseconds));
const elapsed = (runs: readonly Run[]): Spread => spread(runs.map((run) => run.milliseconds));

function peaks(runs: readonly Run[]): Spread | undefined {
  const bytes = runs.flatMap(({ peakBytes }) => peakBytes ?? []);
  return bytes.length > 0 ? spread(bytes.map((value) => value / 1e6)) : undefined;
}

/** Three rows for one vmlinux: CPU time beside `-j1`, elapsed time beside `-j2`, peak memory. */
async function vmlinuxRows(context: BenchContext, vmlinux: string): Promise<Row[]> {
  const pahole = context.reference('pahole');
  const label = basename(vmlinux);
  const ours = [...BTFQ, 'btf', 'encode', vmlinux, '-o', join(context.scratch, 'ours.btf')];
  const theirs = (threads: number) => [
    pahole as string,
    ...['-J', `-j${threads}`, `--btf_features=${FEATURES}`, '--lang_exclude=rust'],
    `--btf_encode_detached=${join(context.scratch, 'theirs.btf')}`,
    vmlinux,
  ];
  const commands: Command[] = [() => ours];
  if (pahole !== undefined)
    commands.push(
      () => theirs(1),
      () => theirs(2),
    );
  const [own, one, two] = await inTurns(context.rounds, commands);
  const note = (threads: number) => (pahole === undefined ? missing('pahole') : `pahole -j${threads}, in turns`);
  const memory = peaks(own as Run[]);
  const dwz = DWZ.test(label);
  const rows: Row[] = [
    {
      name: `dwarf-cpu ${label}`,
      what: `BTF from DWARF, ${label}: CPU time of the process`,
      unit: 'ms',
      ours: cpu(own as Run[]),
      reference: one && cpu(one),
      referenceNote: note(1),
      target: { of: 'ratio', better: 'less', atLeast: 0.6, aim: 0.4 },
    },
    {
      name: `dwarf-elapsed ${label}`,
      what: `BTF from DWARF, ${label}: elapsed time`,
      unit: 'ms',
      ours: elapsed(own as Run[]),
      reference: two && elapsed(two),
      referenceNote: note(2),
      target: { of: 'ratio', better: 'less', atLeast: 1, aim: 1 },
      facts: one === undefined ? {} : { 'pahole -j1, elapsed ms': elapsed(one).median },
    },
  ];
  if (memory !== undefined) {
    rows.push({
      name: `dwarf-memory ${label}`,
      what: `BTF from DWARF, ${label}: peak memory`,
      unit: 'MB',
      ours: memory,
      reference: one && peaks(one),
      referenceNote: note(1),
      target: { of: 'value', better: 'less', atLeast: dwz ? 1000 : 400, aim: dwz ? 1000 : 200 },
    });
  }
  return rows;
}

/** Ingesting a debug package, beside unpacking it. */
async function packageRow(context: BenchContext, path: string): Promise<Row> {
  const database = (round: number) => join(context.scratch, `dwarf${round}.db`);
  const ours = (round: number) => [...BTFQ, 'ingest', path, '--from-dwarf', '--db', database(round)];
  const unpack = [process.execPath, '--conditions=@btfq/source', UNPACK, path];
  const [own, theirs] = await inTurns(context.rounds, [ours, () => unpack]);
  const memory = (runs: readonly Run[]) => {
    const spreadOf = peaks(runs);
    return spreadOf && spreadOf.max * 1e6;
  };
  return {
    name: `dwarf-ingest ${basename(path)}`,
    what: `ingest of ${basename(path)}: CPU time`,
    unit: 'ms',
    ours: cpu(own as Run[]),
    reference: cpu(theirs as Run[]),
    referenceNote: 'the whole package through the xz library',
    peakBytes: memory(own as Run[]),
    referencePeakBytes: memory(theirs as Run[]),
    target: { of: 'ratio', better: 'less', atLeast: 1.2, aim: 1.2 },
    facts: {
      'elapsed ms': elapsed(own as Run[]).median,
      'unpacking, elapsed ms': elapsed(theirs as Run[]).median,
    },
  };
}

export const dwarf: Case = {
  name: 'dwarf',
  about: 'BTF from vmlinux files with debug information, in turns with pahole; a debug package, in turns with xz',
  async run(context: BenchContext): Promise<readonly Row[]> {
    const { vmlinux, debugPackages } = context;
    if (vmlinux.length === 0) context.note('dwarf: --vmlinux FILE is missing: a small program stands in');
    const rows: Row[] = [];
    for (const path of vmlinux.length > 0 ? vmlinux : [fixturePath('dwarf/gcc-5.elf')]) {
      rows.push(...(await vmlinuxRows(context, path)));
    }
    for (const path of debugPackages) rows.push(await packageRow(context, path));
    return rows;
  },
};
