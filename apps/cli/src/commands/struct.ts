// btfq struct: the layouts of a struct or union.
import {
  type Btf,
  BtfKind,
  formatStructLayout,
  idsByName,
  parseBtf,
  skipModifiersAndTypedefs,
  structLayout,
} from '@btfq/btf-format';
import {
  type BtfIndex,
  exportBtf,
  kernelsByIds,
  layouts,
  nearNames,
  parseTypeName,
  parseWhere,
  resolveKernel,
  type StructLayout,
} from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { decHex, plural } from '../render/numbers.ts';
import { printTable } from '../render/table.ts';
import { dbFlag, indexPath, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'NAME',
  about: `
With --kernel: the layout of a struct or union in that kernel as pahole shows it, with offsets, sizes, holes and cache lines.
Without: every distinct layout in the index, its size, how many members it has and its kernels.

Where a kernel has several structs of that name, each is shown. Exit code 1 says that there is none; names that are near are
suggested.`,
  flags: {
    db: dbFlag,
    where: whereFlag,
    kernel: { value: 'KERNEL', help: 'the layout in this kernel', complete: 'kernel' },
    'cache-line': { value: 'BYTES', kind: 'number', help: 'size of a cache line (default: 64)' },
  },
  examples: [
    { line: 'btfq struct task_struct', shows: 'its distinct layouts, and which kernels have them' },
    { line: 'btfq struct list_head --kernel 6.1.0-50', shows: 'one layout in full' },
  ],
  run(flags, io) {
    const [name] = flags.args as [string];
    return withIndex(flags, io, (index) => {
      const kernel = flags.kernel === undefined ? undefined : resolveKernel(index, flags.kernel);
      const where = parseWhere(flags.where);
      const all = layouts(index, name, where);
      const shown = kernel === undefined ? all : all.filter(({ kernelIds }) => kernelIds.includes(kernel.id));
      if (shown.length === 0) {
        const who = kernel === undefined ? `no kernel in ${indexPath(flags, io)} has a` : `${kernel.name} has no`;
        io.note(`btfq: ${who} struct or union ${name}`);
        const near = [...nearNames(index, 'struct', name), ...nearNames(index, 'union', name)];
        if (all.length === 0 && near.length > 0) io.note(`Did you mean ${near.join(', ')}?`);
        return ExitCode.no;
      }
      if (flags.json) io.json(shown.map((layout) => asJson(index, layout)));
      else if (kernel === undefined) printLayouts(index, shown, io);
      else printWhole(parseBtf(exportBtf(index, kernel.id)), name, flags.cacheLine, io);
      return ExitCode.answered;
    });
  },
});

function printLayouts(index: BtfIndex, shown: readonly StructLayout[], io: Io): void {
  const columns = [
    { title: 'kind' },
    { title: 'size', align: 'right' },
    { title: 'members', align: 'right' },
    { title: 'kernels', align: 'right' },
    { title: 'from', shrink: true },
    { title: 'to', shrink: true },
  ] as const;
  printTable(
    io,
    columns,
    shown.map(({ kind, size, fields, kernelIds }) => {
      const [first, last] = kernelsByIds(index, [kernelIds[0]!, kernelIds.at(-1)!]);
      const members = fields.filter(({ depth }) => depth === 0).length;
      return [
        kind,
        decHex(size),
        String(members),
        String(kernelIds.length),
        io.style.name(first!.name),
        io.style.name(last!.name),
      ];
    }),
  );
  if (shown.length > 1) io.note(`${plural(shown.length, 'layout')}; --kernel KERNEL shows one in full`);
}

function printWhole(btf: Btf, text: string, cacheLine: number | undefined, io: Io): void {
  const { kind, name } = parseTypeName(text);
  const ids = new Set(idsByName(btf, name).flatMap((id) => compositeOf(btf, id, kind)));
  [...ids].forEach((id, i) => {
    if (i > 0) io.print('');
    io.print(formatStructLayout(structLayout(btf, id, { cacheLine })));
  });
}

/** The struct or union that a type of the name is; for a typedef the one without a tag that it names. */
function compositeOf(btf: Btf, id: number, kind: string | undefined): number[] {
  const isTypedef = btf.kind(id) === BtfKind.Typedef;
  const target = isTypedef ? skipModifiersAndTypedefs(btf, id) : id;
  if (isTypedef && btf.nameOff(target) !== 0) return [];
  const word = { [BtfKind.Struct]: 'struct', [BtfKind.Union]: 'union' }[btf.kind(target) as 4 | 5];
  return word === undefined || (kind !== undefined && kind !== word && kind !== 'typedef') ? [] : [target];
}

function asJson(index: BtfIndex, { id: _, kernelIds, ...layout }: StructLayout): object {
  return { ...layout, kernels: kernelsByIds(index, kernelIds).map(({ name }) => name) };
}
