// btfq diff: what differs between two kernels.
import {
  type BtfIndex,
  type DiffEntry,
  diffConfig,
  diffKernels,
  type Kernel,
  type KernelDiff,
  kernelById,
  resolveKernel,
} from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { grouped } from '../render/numbers.ts';
import { printTable } from '../render/table.ts';
import { dbFlag, offlineFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

export const command = defineCommand({
  args: 'KERNEL KERNEL [NAME]',
  about: `
Shows what changed between two kernels: counts of added, removed and changed structs, unions, enums, typedefs, functions
and variables, then each of them by name, with the details of every change. With NAME, compares only the declarations of
that name.

As with diff(1), the exit code is 1 if there is a difference and 0 if there is none.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    summary: { help: 'print only the counts' },
    config: { help: 'compare the configurations instead; NAME is a symbol' },
  },
  examples: [
    {
      line: 'btfq diff 6.1.0-50-cloud-amd64 6.12.94+deb13-cloud-amd64 --summary',
      shows: 'how much changed between two series?',
    },
    { line: 'btfq diff 6.12.90+deb12-cloud-amd64 6.12.94+deb12-cloud-amd64', shows: 'what did an update change?' },
    { line: 'btfq diff 6.1.0-50 6.12.94 task_struct', shows: 'how did a struct change?' },
    { line: 'btfq diff 6.1.0-50 6.12.94 --config', shows: 'what is built into one but not the other?' },
  ],
  run(flags, io) {
    const [from, to, name] = flags.args as [string, string, string?];
    return withIndex(flags, io, (index) => {
      const pair = [resolveKernel(index, from), resolveKernel(index, to)] as const;
      if (flags.config) return printConfig(index, io, pair, name);
      const diff = diffKernels(index, pair[0].id, pair[1].id, { name });
      if (flags.json) {
        const { fromId, toId, ...rest } = diff;
        io.json({ from: kernelById(index, fromId).name, to: kernelById(index, toId).name, ...rest });
      } else {
        if (name === undefined) printSummary(diff, io);
        if (!flags.summary) for (const entry of diff.entries) printEntry(entry, io);
      }
      return diff.entries.length === 0 ? ExitCode.answered : ExitCode.no;
    });
  },
});

/** Symbols that differ; `name` is one of them. A configuration that is not known is no configuration without symbols. */
function printConfig(index: BtfIndex, io: Io, [from, to]: readonly [Kernel, Kernel], name?: string): ExitCode {
  const all = diffConfig(index, from.id, to.id);
  const symbol = name === undefined || name.startsWith('CONFIG_') ? name : `CONFIG_${name}`;
  const found = all?.filter((one) => symbol === undefined || one.symbol === symbol);
  if (io.wantsJson) io.json({ from: from.name, to: to.name, config: found ?? null });
  if (found === undefined) {
    for (const { config, name: kernel } of [from, to]) {
      if (config === null) io.note(`btfq: the configuration of ${kernel} is not known`);
    }
    return ExitCode.no;
  }
  if (!io.wantsJson) {
    for (const one of found) {
      const sign = one.from === null ? '+' : one.to === null ? '-' : '~';
      const values = [one.from, one.to].filter((value) => value !== null).join(' -> ');
      io.print(`${sign} ${io.style.name(one.symbol)} ${values}`);
    }
    if (found.length === 0) io.print('no difference');
  }
  return found.length === 0 ? ExitCode.answered : ExitCode.no;
}

function printSummary({ entries }: KernelDiff, io: Io): void {
  if (entries.length === 0) {
    io.print('no difference');
    return;
  }
  const counts = new Map<string, Record<DiffEntry['change'], number>>();
  for (const { kind, change } of entries) {
    const row = counts.get(kind) ?? { added: 0, removed: 0, changed: 0 };
    row[change]++;
    counts.set(kind, row);
  }
  const right = { align: 'right' } as const;
  const columns = [
    { title: 'kind' },
    { title: 'added', ...right },
    { title: 'removed', ...right },
    { title: 'changed', ...right },
  ];
  printTable(
    io,
    columns,
    [...counts].map(([kind, row]) => [kind, grouped(row.added), grouped(row.removed), grouped(row.changed)]),
  );
}

function printEntry({ kind, name, change, details, indirect }: DiffEntry, io: Io): void {
  const style = { added: io.style.good, removed: io.style.bad, changed: io.style.warn }[change];
  const note = indirect ? io.style.dim('  its own record is the same') : '';
  io.print(`${style(SIGNS[change])} ${kind} ${io.style.name(name)}${note}`);
  for (const line of details) io.print(`    ${line}`);
}
