// btfq veristat: what the verifiers of kernels say of each program, and what it costs them.
import { basename } from 'node:path';
import { type LoaderObject, openObject, programTypeWord, type Verification, verifyObject } from '@btfq/loader';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { exitCodeOf } from '../report.ts';
import { dbFlag, whereFlag } from '../shared-flags.ts';
import {
  ALL_COLUMNS,
  type ColumnId,
  DEFAULT_COLUMNS,
  parseEmit,
  parseSort,
  sortRows,
  type VeristatRow,
} from '../verifier/columns.ts';
import { loadedAlone } from '../verifier/loaded-alone.ts';
import { type AskedKernel, selectedVerifiers } from '../verifier/verifiers.ts';
import { type ComparisonOptions, compareMeasurements } from '../verifier/comparison.ts';
import { type Filterable, parseFilters } from '../verifier/filters.ts';
import { formatCsv, formatTable, parseCsv } from '../verifier/render-veristat.ts';

/** The share of the verifier's limit of instructions from which on a program is said to be near it. */
const NEAR = 0.8;
const LIMIT = 1_000_000;

export const command = defineCommand({
  args: 'OBJECT...',
  about: `
Runs the verifiers of kernels on each program of the objects and prints what veristat prints: the verdict, the
instructions processed, states and stack depth. The verifier is the kernel's own code, run from its image; nothing is
booted. If it needs something that only a booted machine has, the verdict is 'not known', and a note gives the reason.

TARGET is an image or a package. The numbers are those of a booted kernel. --compare OLD NEW compares two CSV files,
written by btfq or by veristat.

The exit code is 1 if a program fails or nothing is known, or, with --compare, if a verdict differs.`,
  flags: {
    on: {
      value: 'TARGET',
      kind: 'list',
      help: 'an image, a package with one, or a kernel in the index; may be given several times',
      complete: 'kernel',
    },
    where: whereFlag,
    db: dbFlag,
    emit: { value: 'COLUMNS', short: 'e', help: `columns, such as insns,states: ${ALL_COLUMNS.join(', ')}` },
    sort: { value: 'COLUMNS', short: 's', help: 'sort order, such as insns>,file^ (> or v for descending)' },
    filter: {
      value: 'FILTER',
      short: 'f',
      kind: 'list',
      help: "file/program globs, '!' before what is left out, or insns>1000",
    },
    'output-format': { value: 'F', short: 'o', choices: ['table', 'csv'], default: 'table', help: 'table or csv' },
    compare: { short: 'C', help: 'compare two CSV files instead of measuring' },
    'log-level': {
      value: 'N',
      short: 'l',
      choices: ['0', '1', '2', '4'],
      default: '0',
      help: "print the verifier's log: 1, 2 or 4",
    },
    'max-entries': {
      value: 'N',
      kind: 'number',
      default: 64,
      help: 'size, in entries, of maps whose size user space sets',
    },
    kconfig: { value: 'FILE', help: "the kernel's configuration, for objects that ask for it", complete: 'file' },
  },
  examples: [
    { line: 'btfq veristat prog.bpf.o --on vmlinuz', shows: 'verdicts and statistics on one kernel' },
    {
      line: 'btfq veristat *.bpf.o --on a.deb --on b.deb -s insns -f "insns>100000"',
      shows: 'which programs come near the limit?',
    },
    { line: 'btfq veristat --compare old.csv new.csv -e verdict,insns', shows: 'what did a change of the program do?' },
  ],
  async run(flags, io) {
    const columns = flags.emit === undefined ? undefined : parseEmit(flags.emit);
    const filter = parseFilters(flags.filter);
    const sort = flags.sort === undefined ? [] : parseSort(flags.sort);
    if (flags.compare) {
      const format = flags.outputFormat === 'csv' ? 'csv' : 'table';
      return compare(io, flags.args, { columns: columns ?? COMPARED, filter, sort, format });
    }
    const logLevel = Number(flags.logLevel);
    const kconfig = flags.kconfig === undefined ? undefined : new TextDecoder().decode(io.readFile(flags.kconfig));
    let code: ExitCode = ExitCode.answered;
    const objects = flags.args.flatMap((path) => {
      try {
        return [openObject(io.readFile(path), { path: basename(path) })];
      } catch (error) {
        code = exitCodeOf(error);
        if (code === ExitCode.defect) throw error;
        io.note(`btfq: ${path}: ${(error as Error).message}`);
        return [];
      }
    });
    const rows: VeristatRow[] = [];
    const names = new Set<string>();
    for await (const verifier of selectedVerifiers(io, { ...flags, kconfig })) {
      names.add(verifier.name);
      if ('unknown' in verifier) io.note(`${verifier.name}: not known: ${verifier.unknown}`);
      for (const object of objects) {
        for (const row of measure(io, verifier, object, logLevel, flags.maxEntries))
          if (filter(filterable(row))) rows.push(row);
      }
    }
    print(io, sortRows(rows, sort), columns, flags, names.size > 1);
    if (code !== ExitCode.answered) return code;
    return rows.some(({ verdict }) => verdict !== 'success') ? ExitCode.no : ExitCode.answered;
  },
});

function* measure(
  io: Io,
  verifier: AskedKernel,
  object: LoaderObject,
  logLevel: number,
  maxEntries: number,
): Generator<VeristatRow> {
  const { name } = verifier;
  if ('unknown' in verifier) {
    for (const program of object.programs)
      if (!program.subprogram) yield rowOf(object.path, name, { ...NOTHING, program });
    return;
  }
  const { kernel, start, calling } = verifier;
  const options = { reset: () => kernel.restore(start), logLevel: logLevel | 4, maxEntries };
  for (const verification of verifyObject(object, calling, options)) {
    const { program, verdict, reason, log, aloneErrno, messages } = verification;
    if (verdict === 'not-known') io.note(`${object.path} ${program.name} on ${name}: not known: ${reason}`);
    if (aloneErrno !== 0)
      io.note(`${object.path} ${program.name} on ${name}: passes; ${loadedAlone(aloneErrno, messages)}`);
    if (logLevel > 0 && log !== '') {
      const words = `${object.path}/${program.name}, KERNEL: ${name}, VERDICT: ${VERDICTS[verdict]}`;
      io.print(`PROCESSING ${words}, VERIFIER LOG:\n${log}`);
    }
    yield rowOf(object.path, name, verification);
  }
}

const NOTHING = { verdict: 'not-known', stats: undefined } as const;

const VERDICTS = { loads: 'success', fails: 'failure', 'not-known': 'not known' } as const;

function rowOf(
  file: string,
  kernel: string,
  { program, verdict, stats }: Pick<Verification, 'program' | 'verdict' | 'stats'>,
): VeristatRow {
  // `56+8`, and since 7.1 `56+8 max 64`: veristat adds up.
  const depths = (/^[\d+]+/.exec(stats?.stack ?? '')?.[0] ?? '0').split('+').map(Number);
  return {
    file_name: file,
    prog_name: program.name,
    kernel,
    verdict: VERDICTS[verdict],
    total_insns: stats?.insns ?? 0,
    total_states: stats?.totalStates ?? 0,
    peak_states: stats?.peakStates ?? 0,
    max_states_per_insn: stats?.maxStatesPerInsn ?? 0,
    max_mark_read_len: stats?.markRead ?? 0,
    stack_depth: depths.reduce((a, b) => a + b, 0),
    prog_type: programTypeWord(program.type) ?? String(program.type),
  };
}

function print(
  io: Io,
  rows: readonly VeristatRow[],
  emitted: readonly ColumnId[] | undefined,
  flags: { readonly json: boolean; readonly outputFormat: string },
  isOfSeveral: boolean,
): void {
  if (flags.json) {
    for (const row of rows) io.print(JSON.stringify(row));
    return;
  }
  if (flags.outputFormat === 'csv') {
    // The kernel's veristat, which may read it, does not know of kernels.
    const all = ALL_COLUMNS.filter((id) => id !== 'kernel' || isOfSeveral);
    for (const line of formatCsv(rows, emitted ?? all)) io.print(line);
    return;
  }
  const columns = emitted ?? DEFAULT_COLUMNS.filter((id) => id !== 'kernel' || isOfSeveral);
  for (const line of formatTable(rows, columns)) io.print(line);
  for (const { file_name, prog_name, kernel, total_insns } of rows) {
    if (total_insns >= NEAR * LIMIT)
      io.note(`${file_name} ${prog_name} on ${kernel}: ${total_insns} of ${LIMIT} instructions`);
  }
}

const COMPARED: readonly ColumnId[] = ['verdict', 'total_insns', 'total_states'];

function filterable(row: VeristatRow): Filterable {
  return {
    file: row.file_name,
    program: row.prog_name,
    value: ({ id }) => (id === 'verdict' ? Number(row.verdict === 'success') : Number(row[id])),
  };
}

function compare(io: Io, paths: readonly string[], options: ComparisonOptions): ExitCode {
  const [old, now] = paths;
  if (old === undefined || now === undefined || paths.length > 2) {
    throw new UsageError('--compare takes two CSV files: OLD NEW');
  }
  const read = (path: string) => parseCsv(new TextDecoder().decode(io.readFile(path)), path);
  const { lines, differs } = compareMeasurements(read(old), read(now), options);
  for (const line of lines) io.print(line);
  return differs ? ExitCode.no : ExitCode.answered;
}
