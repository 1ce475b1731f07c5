// btfq kernels: what is in the index.
import { checkKernels, type KnownFact, kernels, knownFacts, parseWhere } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import { byteSize, grouped } from '../render/numbers.ts';
import { printTable } from '../render/table.ts';
import { dbFlag, indexPath, offlineFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: '',
  about: `
Lists the kernels in the index by distribution, version and release. Wherever a command takes a KERNEL, you can give its
release, its full name, or any prefix of either that matches only one kernel.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    where: whereFlag,
    names: { help: 'print only the names, one per line: distro/version/arch/release' },
    verbose: { help: 'also print the source of each kernel, how its name was determined, and its banner' },
    check: {
      help: 'look for mistakes: content that is not that of a kernel or that belongs to another one, names that contradict the banner (exit code 1)',
    },
  },
  examples: [
    { line: 'btfq kernels', shows: 'all of them' },
    { line: 'btfq kernels --where arch=arm64,release=5.10*', shows: 'some of them' },
    { line: 'btfq kernels --names | wc -l', shows: 'the number of kernels' },
    { line: 'btfq kernels --check', shows: 'do names and contents agree?' },
  ],
  async run(flags, io) {
    if (flags.check) {
      const findings = await withIndex(flags, io, (index) => checkKernels(index, parseWhere(flags.where)));
      if (flags.json) io.json(findings);
      else {
        for (const { level, kernel, message } of findings) io.print(`${level}: ${kernel} ${message}`);
        if (findings.length === 0) io.print('no kernel has a problem');
      }
      return findings.some(({ level }) => level === 'problem') ? ExitCode.no : ExitCode.answered;
    }
    const { found, facts } = await withIndex(flags, io, (index) => {
      const meant = kernels(index, parseWhere(flags.where));
      // of a published index some facts are read when they are asked for, which is while it is open
      const all = flags.names ? meant : meant.map((kernel) => ({ ...kernel }));
      const wanted = flags.verbose
        ? knownFacts(
            index,
            all.map(({ id }) => id),
          )
        : [];
      return { found: all, facts: wanted };
    });
    if (flags.json) io.json(flags.verbose ? found.map((kernel, i) => ({ ...kernel, facts: facts[i] })) : found);
    else if (flags.names) for (const { name } of found) io.print(name);
    else if (flags.verbose) {
      for (const [i, { name, source, identified, banner, ingestedAt }] of found.entries()) {
        io.print(io.style.name(name));
        io.print(`  source: ${source}`);
        io.print(`  named by: ${identified || 'not recorded'}`);
        io.print(`  banner: ${banner ?? 'none'}`);
        io.print(`  ingested: ${ingestedAt}`);
        for (const line of factLines(facts[i] ?? [])) io.print(`  ${line}`);
      }
    } else if (found.length > 0) {
      printTable(
        io,
        [
          { title: 'distro' },
          { title: 'arch' },
          { title: 'release', shrink: true },
          { title: 'types', align: 'right' },
          { title: 'BTF', align: 'right' },
          { title: 'modules', align: 'right' },
        ],
        found.map((kernel) => [
          `${kernel.distro} ${kernel.version}`,
          kernel.arch,
          io.style.name(kernel.release),
          grouped(kernel.types),
          byteSize(kernel.bytes),
          kernel.modules === null ? '' : grouped(kernel.modules),
        ]),
      );
    }
    if (found.length > 0) return ExitCode.answered;
    const where = flags.where.length > 0 ? ` where ${flags.where.join(',')}` : '';
    io.note(`btfq: no kernel in ${indexPath(flags, io)}${where}`);
    return ExitCode.no;
  },
});

/** What is known of a kernel, with its source; kinds of one source share a line, those that are not known another. */
function factLines(facts: readonly KnownFact[]): string[] {
  const bySource = new Map<string, string[]>();
  for (const { kind, known, count, source } of facts) {
    const key = known ? (source ?? '') : '';
    const word = count === null ? WORDS[kind] : `${grouped(count)} ${WORDS[kind]}`;
    bySource.set(key, [...(bySource.get(key) ?? []), word]);
  }
  const lines = [...bySource]
    .filter(([source]) => source !== '')
    .map(([source, words]) => `${words.join(', ')}: from ${source}`);
  const unknown = bySource.get('');
  return unknown === undefined ? lines : [...lines, `not known: ${unknown.join(', ')}`];
}

const WORDS: Readonly<Record<KnownFact['kind'], string>> = {
  types: 'types',
  modules: 'modules',
  config: 'configuration symbols',
  functions: 'functions',
  events: 'trace events',
  systemCalls: 'system calls',
  rawTracepoints: 'raw tracepoints',
  helpers: 'helpers',
  kfuncs: 'kfuncs',
  features: 'program and map types',
  compatCalls: '32-bit system calls',
  lsmHooks: 'LSM hooks',
  iterators: 'iterators',
  structOps: 'struct_ops members',
  errorInjection: 'error injection',
  fmodret: 'fmod_ret functions',
  moduleTables: 'what modules add to these',
};
