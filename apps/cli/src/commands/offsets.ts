// btfq offsets: what a program wants to know of every kernel, as a table in its language.
import {
  type BtfIndex,
  chosenCandidates,
  type EntryExplanation,
  explainEntries,
  type IndexedOffsetTable,
  type KernelFilter,
  type NowhereEntry,
  offsetTable,
  parseWhere,
  requireEntries,
} from '@btfq/btf-index';
import {
  generateTable,
  missingRequired,
  readCommittedTable,
  staleKernels,
  TABLE_LANGUAGES,
  type TableLanguage,
} from '@btfq/offsets';
import { basename } from 'node:path';
import { defineCommand } from '../command.ts';
import { InputError, UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import {
  type CheckFinding,
  type CheckReport,
  formatCheckJunit,
  formatCheckMarkdown,
  formatCheckText,
  staleFinding,
} from '../offsets/render-check.ts';
import { languageOf, placedError, readSpecFile, type SpecFile } from '../offsets/spec-file.ts';
import { withAlternatives } from '../offsets/write-alternatives.ts';
import { plural } from '../render/numbers.ts';
import { printTable } from '../render/table.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { versionLine } from '../version.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'SPEC',
  about: `
Makes a table of what a program wants to know of every kernel of the index, in the language in which it is compiled: offsets
of fields, with the pointers to read on the way, sizes, values of enumerators, signatures and parameters of functions, and
whether something exists. SPEC is YAML or JSON, and docs/offsets.schema.json is its schema. An entry may have several paths,
which are tried in order.

The table looks kernels up by distribution and release, exactly, and answers with typed values; rows that are alike are
stored once. It has a self-test, and a head that says what it was made from. Without -o and --lang, the entries are listed.

--explain lists for each entry the kernels that lack it, and the other paths that they may have it under, each with what
speaks for it; --write puts those with strong evidence into SPEC. --check says in which kernels a required entry is
missing, and, with -o, for which kernels that table is stale.

Exit code 1 where a required entry is missing in some kernel, or a table is stale; 3 where SPEC is wrong, or has a required
entry that no kernel has.`,
  flags: {
    output: { value: 'OUT', short: 'o', help: 'the file to write; with --check: to compare with', complete: 'file' },
    lang: { value: 'L', choices: TABLE_LANGUAGES, help: 'the language (default: by the ending of OUT)' },
    where: whereFlag,
    db: dbFlag,
    offline: offlineFlag,
    explain: { help: 'say which kernels lack an entry, and what they may have in its place' },
    write: { help: 'with --explain: add the paths with strong evidence to SPEC' },
    check: { help: 'write nothing; say what is missing or stale' },
    format: {
      value: 'F',
      choices: ['text', 'json', 'markdown', 'junit'],
      default: 'text',
      help: 'for --check: text, json, markdown or junit',
    },
  },
  examples: [
    { line: 'btfq offsets quark.yaml -o quark_offsets.h', shows: 'a C header with a row for every kernel' },
    { line: 'btfq offsets quark.yaml --lang go --where distro=ubuntu', shows: 'the same for Go, on stdout' },
    { line: 'btfq offsets quark.yaml --explain --write', shows: 'what fields are called elsewhere, into quark.yaml' },
    {
      line: 'btfq offsets quark.yaml --check -o quark_offsets.h --format junit',
      shows: 'whether it still holds, for CI',
    },
  ],
  async run(flags, io) {
    if (flags.explain && flags.check) throw new UsageError('--explain and --check cannot be combined');
    if (flags.write && !flags.explain) throw new UsageError('--write needs --explain');
    const language = languageOf(flags.lang, flags.check ? undefined : flags.output);
    const file = await readSpecFile(io, flags.args[0]!);
    if (file.spec.entries.length === 0) {
      throw new InputError('bad-spec', `${file.path} has no entries`, { path: file.path });
    }
    const where = parseWhere(flags.where);
    if (flags.explain) {
      const explanations = await withIndex(flags, io, (index) => explainEntries(index, file.spec.entries, where));
      return await printExplanations(file, explanations, flags, io);
    }
    return withIndex(flags, io, (index) => {
      const table = offsetTable(index, file.spec, where);
      if (table.kernels.length === 0) {
        throw new InputError('no-kernel', 'the index has no such kernel', { hint: 'btfq kernels lists them all' });
      }
      if (flags.check) return check(file, table, flags, io);
      requireThem(index, file, table, where, io);
      write(file, table, language, flags, io);
      return saySome(file, table, io);
    });
  },
});

interface Flags {
  readonly output: string | undefined;
  readonly where: readonly string[];
  readonly write: boolean;
  readonly format: string;
  readonly json: boolean;
}

/** Throws where no kernel has a required entry; says so of optional ones. */
function requireThem(
  index: BtfIndex,
  { path }: SpecFile,
  table: IndexedOffsetTable,
  where: KernelFilter,
  io: Io,
): void {
  let nowhere: NowhereEntry[];
  try {
    nowhere = requireEntries(index, table, where);
  } catch (error) {
    throw placedError(path, error);
  }
  for (const { entry, near } of nowhere) {
    const meant = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
    io.note(`btfq: ${path}:${entry.line}: no kernel has ${entry.name}${meant}`);
  }
}

function write(
  { path, name }: SpecFile,
  table: IndexedOffsetTable,
  language: TableLanguage | undefined,
  flags: Flags,
  io: Io,
): void {
  if (language === undefined && flags.output === undefined && !flags.json) {
    printEntries(table, io);
    return;
  }
  const filter = flags.where.length === 0 ? '' : ` that are ${flags.where.join(',')}`;
  const [first, last] = [table.kernels[0]?.name, table.kernels.at(-1)?.name];
  const madeFrom = [
    `Made by ${versionLine()} from ${basename(path)} and ${plural(table.kernels.length, 'kernel')}${filter},`,
    `${first} to ${last}.`,
  ];
  const text = generateTable(table, language ?? (flags.json ? 'json' : 'c'), { name, madeFrom });
  if (flags.output === undefined) io.write(text);
  else io.writeFile(flags.output, text);
}

function printEntries(table: IndexedOffsetTable, io: Io): void {
  const { spec, rows, rowOf, kernels } = table;
  printTable(
    io,
    [
      { title: 'entry' },
      { title: 'what' },
      { title: 'kernels', align: 'right' },
      { title: 'answers', align: 'right' },
      { title: 'paths' },
    ],
    spec.entries.map((entry, e) => {
      const having = rowOf.filter((row) => rows[row]?.[e] !== null).length;
      const answers = new Set(
        rows.flatMap((row) =>
          row[e] === null ? [] : [JSON.stringify(row[e], (_, one) => (typeof one === 'bigint' ? `${one}` : one))],
        ),
      );
      return [
        entry.name,
        entry.kind,
        `${having}`,
        `${answers.size}`,
        entry.alternatives.map(({ text }) => text).join(', '),
      ];
    }),
  );
  io.note(
    `${plural(kernels.length, 'kernel')} with ${plural(rows.length, 'distinct row')}; --lang or -o makes the table`,
  );
}

/** Notes what is missing; the exit code that it comes to. */
function saySome({ path }: SpecFile, table: IndexedOffsetTable, io: Io): ExitCode {
  const { spec, kernels } = table;
  const missing = missingRequired(table);
  const unclear = new Set(table.ambiguous.map(({ entry, kernels: own }) => `${entry} ${own.join(' ')}`));
  for (const { entry, kernels: own } of missing) {
    if (unclear.has(`${entry} ${own.join(' ')}`)) continue;
    const { name, line } = spec.entries[entry]!;
    const first = kernels[own[0]!]?.name;
    io.note(
      `btfq: ${path}:${line}: ${name} is missing in ${plural(own.length, 'kernel')}, ${first} first; --explain says what they have`,
    );
  }
  for (const { entry, kernels: own } of table.ambiguous) {
    const { name, line } = spec.entries[entry]!;
    io.note(
      `btfq: ${path}:${line}: ${name} is in several places in ${plural(own.length, 'kernel')}; it counts as missing there`,
    );
  }
  return missing.length > 0 ? ExitCode.no : ExitCode.answered;
}

function check(file: SpecFile, table: IndexedOffsetTable, flags: Flags, io: Io): ExitCode {
  const { spec, kernels } = table;
  const names = (own: readonly number[]) => own.map((i) => kernels[i]!.name);
  const unclear = table.ambiguous.map(({ entry, kernels: own }): CheckFinding => {
    const { name, line } = spec.entries[entry]!;
    return {
      code: 'entry-ambiguous',
      subject: name,
      message: 'kernels have it in several places',
      kernels: names(own),
      line,
    };
  });
  const missing = missingRequired(table).flatMap(({ entry, kernels: own }): CheckFinding[] => {
    const { name, line, alternatives } = spec.entries[entry]!;
    const clear = own.filter((i) => !table.ambiguous.some((one) => one.entry === entry && one.kernels.includes(i)));
    if (clear.length === 0) return [];
    const message = `${plural(clear.length, 'kernel')} of ${kernels.length} have no ${alternatives.map(({ text }) => text).join(' or ')}`;
    return [{ code: 'entry-missing', subject: name, message, kernels: names(clear), line }];
  });
  const { output } = flags;
  const stale =
    output === undefined
      ? []
      : staleKernels(table, committed(io, output)).map((one) => staleFinding(one, basename(output)));
  const report: CheckReport = {
    spec: file.path,
    table: output,
    entries: spec.entries.map(({ name }) => name),
    kernels: kernels.length,
    findings: [...missing, ...unclear, ...stale],
  };
  if (flags.json || flags.format === 'json') io.json(report);
  else {
    const format =
      flags.format === 'markdown' ? formatCheckMarkdown : flags.format === 'junit' ? formatCheckJunit : formatCheckText;
    for (const line of format(report)) io.print(line);
  }
  return report.findings.length > 0 ? ExitCode.no : ExitCode.answered;
}

function committed(io: Io, path: string): ReturnType<typeof readCommittedTable> {
  try {
    return readCommittedTable(new TextDecoder().decode(io.readFile(path)));
  } catch (error) {
    if ((error as Error).name !== 'OffsetsError') throw error;
    const { code, message, hint } = error as Error & { code: string; hint?: string };
    throw new InputError(code, `${path}: ${message}`, { path, cause: error, ...(hint ? { hint } : {}) });
  }
}

async function printExplanations(
  file: SpecFile,
  explanations: readonly EntryExplanation[],
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  if (flags.json) io.json(explanations.map(asJson));
  else if (explanations.length === 0) io.print('every kernel has every entry');
  else for (const one of explanations) printExplanation(one, io);
  if (!flags.write) return ExitCode.answered;
  const changes = explanations.flatMap((one) => {
    const paths = chosenCandidates(one).map(({ path }) => path);
    return paths.length === 0 ? [] : [{ entry: one.entry.name, kind: one.entry.kind, paths }];
  });
  if (changes.length === 0) io.note('btfq: there is no strong evidence for any path: nothing is written');
  else {
    io.writeFile(file.path, await withAlternatives(file.text, changes));
    for (const { entry, paths } of changes) io.note(`btfq: ${file.path}: ${entry} now also tries ${paths.join(', ')}`);
  }
  return ExitCode.answered;
}

function printExplanation({ entry, lacking, ambiguous, candidates }: EntryExplanation, io: Io): void {
  const { name: bold, dim } = io.style;
  const own = entry.alternatives.map(({ text }) => text).join(', ');
  if (lacking.length > 0)
    io.print(`${bold(entry.name)} ${own}: ${kernelWords(lacking)} ${lacking.length === 1 ? 'lacks' : 'lack'} it`);
  if (ambiguous.length > 0) io.print(`${bold(entry.name)} ${own}: ${kernelWords(ambiguous)}: in several places`);
  if (lacking.length > 0 && candidates.length === 0) io.print('  nothing there has enough evidence');
  for (const { path, evidence, strong, kernels, compared } of candidates) {
    io.print(`  ${strong ? bold(path) : path}  ${dim(`(${strong ? 'strong' : 'weak'}; ${kernelWords(kernels)})`)}`);
    for (const line of evidence) io.print(`    ${line}`);
    if (compared !== null) io.print(dim(`    compared: ${compared[0]} has ${entry.name}, ${compared[1]} lacks it`));
  }
}

function kernelWords(kernels: readonly { readonly name: string }[]): string {
  if (kernels.length <= 2) return kernels.map(({ name }) => name).join(', ');
  return `${kernels.length} kernels, ${kernels[0]?.name} to ${kernels.at(-1)?.name}`;
}

function asJson({ entry, lacking, ambiguous, candidates }: EntryExplanation): object {
  const names = (kernels: readonly { readonly name: string }[]) => kernels.map(({ name }) => name);
  return {
    entry: entry.name,
    kind: entry.kind,
    paths: entry.alternatives.map(({ text }) => text),
    line: entry.line,
    lacking: names(lacking),
    ambiguous: names(ambiguous),
    candidates: candidates.map(({ kernels, ...one }) => ({ ...one, kernels: names(kernels) })),
  };
}
