// btfq tables: what a booted kernel's own files say, read from its image.
import { existsSync } from 'node:fs';
import { exportBtf, kernelTablesOf, moduleTableNames, moduleTablesOf, resolveKernel } from '@btfq/btf-index';
import {
  commonFields,
  type KernelFile,
  kernelFile,
  kernelFileNames,
  moduleFile,
  type ModuleLines,
  openKernelImage,
  tablesFile,
  tablesFromParts,
} from '@btfq/kernel-tables';
import { parseBtf } from '@btfq/btf-format';
import { defineCommand } from '../command.ts';
import { InputError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { dbFlag, offlineFlag } from '../shared-flags.ts';
import { type IndexFlags, withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'IMAGE|KERNEL WHAT',
  about: `
Prints what the file of that name says on the booted kernel, at link addresses (as with nokaslr), so that the two can be
compared. IMAGE is a vmlinux, a boot image, or a package that contains one. KERNEL is a kernel in the index; the index keeps
neither addresses nor order, so its lists are sorted. WHAT is one of

  kallsyms                         /proc/kallsyms
  available_filter_functions       the functions that fentry and kprobes can take (tracefs)
  available_events                 the trace events that can be enabled (tracefs)
  events/SYSTEM/EVENT/format       an event's fields and format (tracefs), without its ID, which is assigned at boot
  kprobes/blacklist                where kprobes are forbidden (debugfs)
  error_injection/list             functions that can be made to return an error (debugfs)
  lsm-hooks                        LSM hooks: sleepable, untrusted, disabled
  iterators                        targets of iterators, TARGET for programs in iter/TARGET
  struct-ops                       structs whose functions programs may be, with their members
  error-injection                  the same as error_injection/list
  features                         the JSON of \`bpftool -j feature probe kernel full\`: program types, map types, helpers

With --module, what the modules of these names add once they are loaded comes behind it: functions with the module's name behind
them, as tracefs has them, events, and the lists; \`--module all\` stands for every module of the package or kernel. An event's
format is looked for in all of them anyway.

If the image does not contain the answer, it is 'not known' and the exit code is 1; docs/guide-tables.md lists what is missing in
which kernels.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    module: { value: 'NAME', kind: 'list', help: 'also show what this module adds; repeatable; all for every module' },
  },
  examples: [
    { line: 'btfq tables vmlinuz available_filter_functions', shows: 'the functions that can be traced' },
    { line: 'btfq tables linux-image.deb events/sched/sched_switch/format', shows: 'the fields of an event' },
    { line: 'btfq tables linux-image.deb available_events --module xfs', shows: 'with the events of a module' },
    { line: 'btfq tables vmlinuz features', shows: 'program types, map types, helpers by program type' },
  ],
  async run(flags, io) {
    const [path, what] = flags.args as [string, string];
    const isFile = existsSync(io.path(path));
    const file = isFile ? await fileOfImage(path, what, flags.module, io) : await fileOfKernel(path, what, flags, io);
    if (flags.json) io.json(file);
    else if ('text' in file) io.write(file.text);
    else if ('notKnown' in file) io.note(`not known: ${file.notKnown}`);
    else io.note(`${file.absent} (there are ${kernelFileNames.join(', ')}, events/SYSTEM/EVENT/format)`);
    return 'text' in file ? ExitCode.answered : ExitCode.no;
  },
});

async function fileOfImage(path: string, what: string, wanted: readonly string[], io: Io): Promise<KernelFile> {
  const { loadTarget } = await import('@btfq/kernel-source');
  const isEvent = what.startsWith('events/');
  const modules = wanted.length > 0 || isEvent;
  const found = await loadTarget(io.path(path), { modules, moduleTables: modules, image: true, signal: io.signal });
  if (found.image === undefined) {
    throw new InputError('no-image', `${path}: types alone, and no kernel image to read tables from`, { path });
  }
  const btf = parseBtf(found.btf);
  const own = kernelFile(openKernelImage(found.image), btf, what);
  const told = found.modules.flatMap(({ tables }) => tables ?? []);
  const names = told.map(({ name }) => name);
  return withModules(own, what, commonFields(btf) ?? [], chosen(names, wanted, isEvent, path), (name) => {
    return told.find((one) => one.name === name);
  });
}

function fileOfKernel(
  name: string,
  what: string,
  flags: IndexFlags & { readonly module: readonly string[] },
  io: Io,
): Promise<KernelFile> {
  return withIndex(flags, io, (index): KernelFile => {
    const kernel = resolveKernel(index, name);
    const stored = kernelTablesOf(index, kernel.id);
    if (stored === undefined) return { notKnown: `${kernel.name} has no tables: it came without its image` };
    const tables = tablesFromParts(stored.parts);
    const own = tablesFile(tables, parseBtf(exportBtf(index, kernel.id)), what);
    const isEvent = what.startsWith('events/');
    if (flags.module.length === 0 && !isEvent) return own;
    const names = moduleTableNames(index, kernel.id);
    if (names === undefined) {
      return flags.module.length === 0 ? own : { notKnown: `the modules of ${kernel.name} were not read` };
    }
    const wanted = chosen(names, flags.module, isEvent, kernel.name);
    const found = new Map(moduleTablesOf(index, kernel.id, wanted)?.map((one) => [one.name, one]));
    return withModules(own, what, tables.events?.common ?? [], wanted, (one) => found.get(one));
  });
}

/** The modules that are meant: those that are named, or all. @throws InputError for one that is not there */
function chosen(
  names: readonly string[],
  wanted: readonly string[],
  isEvent: boolean,
  where: string,
): readonly string[] {
  if (wanted.includes('all') || (isEvent && wanted.length === 0)) return names;
  for (const name of wanted) {
    if (!names.includes(name))
      throw new InputError('unknown-module', `${where} has no module ${name} whose tables are known`);
  }
  return wanted;
}

/** The file with what modules add, or the format of a module's event. */
function withModules(
  own: KernelFile,
  what: string,
  common: Parameters<typeof moduleFile>[2],
  names: readonly string[],
  tablesOf: (name: string) => ModuleLines | undefined,
): KernelFile {
  let text = 'text' in own ? own.text : undefined;
  if (what.startsWith('events/')) {
    if (text !== undefined) return own;
    for (const name of names) {
      const tables = tablesOf(name);
      const added = tables && moduleFile(tables, what, common);
      if (added !== undefined && 'text' in added) return added;
    }
    return own;
  }
  if (text === undefined) return own;
  for (const name of names) {
    const tables = tablesOf(name);
    const added = tables && moduleFile(tables, what, common);
    if (added === undefined) return tables === undefined ? { notKnown: `the tables of ${name}` } : own;
    if (!('text' in added)) return added;
    text += added.text;
  }
  return { text };
}
