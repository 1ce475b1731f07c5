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
  exportModule,
  kernelsByIds,
  layouts,
  nearNames,
  parseTypeName,
  resolveKernel,
  type StructLayout,
} from '@btfq/btf-index';
import { compareReleases } from '@btfq/kernel-source';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { decHex, plural } from '../render/numbers.ts';
import { modulesText, namedModules } from '../render/places.ts';
import { printTable } from '../render/table.ts';
import { dbFlag, indexPath, moduleFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { noteUnknownModules } from '../unknown-modules.ts';
import { whereOf } from '../where.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'NAME',
  about: `
Without --kernel, lists every distinct layout of a struct or union in the index, with its size, its number of members and
its kernels; below them the newest in full, if there are at most ten. A single layout is shown in full at once. With
--kernel, shows the layout in that kernel in the form that pahole prints: offsets, sizes, holes and
cache lines.

A kernel that has several structs of that name shows each of them. The exit code is 1 if there is none; similar names are
suggested.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    where: whereFlag,
    module: moduleFlag,
    kernel: { value: 'KERNEL', help: 'show the layout in this kernel', complete: 'kernel' },
    'cache-line': { value: 'BYTES', kind: 'number', help: 'the size of a cache line (default: 64)' },
  },
  examples: [
    { line: 'btfq struct task_struct', shows: 'its distinct layouts, with their kernels' },
    { line: 'btfq struct list_head --kernel 6.1.0-50', shows: 'the layout in one kernel' },
  ],
  run(flags, io) {
    const [name] = flags.args as [string];
    return withIndex(flags, io, (index) => {
      const kernel = flags.kernel === undefined ? undefined : resolveKernel(index, flags.kernel);
      const where = whereOf(flags);
      const all = layouts(index, name, where);
      const shown = kernel === undefined ? all : all.filter(({ kernelIds }) => kernelIds.includes(kernel.id));
      if (shown.length === 0) {
        const who = kernel === undefined ? `no kernel in ${indexPath(flags, io)} has a` : `${kernel.name} has no`;
        io.note(`btfq: ${who} struct or union ${name}`);
        if (kernel === undefined) noteUnknownModules(index, where, io);
        else if (kernel.modules === null) io.note('Its modules are not known.');
        const near = [...nearNames(index, 'struct', name), ...nearNames(index, 'union', name)];
        if (all.length === 0 && near.length > 0) io.note(`Did you mean ${near.join(', ')}?`);
        return ExitCode.no;
      }
      if (flags.json) io.json(shown.map((layout) => asJson(index, layout)));
      else if (kernel !== undefined) printWhole(index, shown, kernel.id, name, flags.cacheLine, io);
      else if (shown.length > 1) printSeveral(index, shown, name, flags.cacheLine, io);
      else printWhole(index, shown, shown[0]!.kernelIds.at(-1)!, name, flags.cacheLine, io);
      return ExitCode.answered;
    });
  },
});

/** As many layouts as are few: then the newest is worth its place. */
const FEW = 10;

/** Every layout as a row; with few, the newest in full below them. */
function printSeveral(
  index: BtfIndex,
  shown: readonly StructLayout[],
  name: string,
  cacheLine: number | undefined,
  io: Io,
): void {
  printLayouts(index, shown, io);
  if (shown.length > FEW) return;
  const all = kernelsByIds(index, [...new Set(shown.flatMap(({ kernelIds }) => kernelIds))]);
  const newest = all.reduce((best, one) => (compareReleases(one.release, best.release) > 0 ? one : best));
  io.print('');
  io.print(io.style.dim(`/* in ${newest.name} */`));
  const there = shown.filter(({ kernelIds }) => kernelIds.includes(newest.id));
  printWhole(index, there, newest.id, name, cacheLine, io);
}

function printLayouts(index: BtfIndex, shown: readonly StructLayout[], io: Io): void {
  const inModules = shown.some(({ places }) => modulesText(places) !== '');
  const columns = [
    { title: 'kind' },
    { title: 'size', align: 'right' },
    { title: 'members', align: 'right' },
    { title: 'kernels', align: 'right' },
    { title: 'from', shrink: true },
    { title: 'to', shrink: true },
    ...(inModules ? [{ title: 'in' } as const] : []),
  ] as const;
  printTable(
    io,
    columns,
    shown.map(({ kind, size, fields, kernelIds, places }) => {
      const [first, last] = kernelsByIds(index, [kernelIds[0]!, kernelIds.at(-1)!]);
      const members = fields.filter(({ depth }) => depth === 0).length;
      return [
        kind,
        decHex(size),
        String(members),
        String(kernelIds.length),
        io.style.name(first!.name),
        io.style.name(last!.name),
        ...(inModules ? [modulesText(places) || 'vmlinux'] : []),
      ];
    }),
  );
  if (shown.length > 1) io.note(`${plural(shown.length, 'layout')}; --kernel KERNEL shows one in full`);
}

/** Layouts of a kernel in full: those of its own BTF, and of each module whose layout is another. */
function printWhole(
  index: BtfIndex,
  shown: readonly StructLayout[],
  kernelId: number,
  text: string,
  cacheLine: number | undefined,
  io: Io,
): void {
  const { kind, name } = parseTypeName(text);
  const vmlinux = parseBtf(exportBtf(index, kernelId));
  const parts = shown.map(({ places }) => places.find(({ kernelIds }) => kernelIds.includes(kernelId))?.module ?? null);
  let count = 0;
  for (const module of new Set(parts)) {
    const btf = module === null ? vmlinux : moduleBtf(index, kernelId, module, vmlinux);
    const ids = new Set(
      idsByName(btf, name)
        .filter((id) => id >= btf.startId)
        .flatMap((id) => compositeOf(btf, id, kind)),
    );
    for (const id of ids) {
      if (count++ > 0) io.print('');
      if (module !== null) io.print(io.style.dim(`/* in module ${module} */`));
      io.print(formatStructLayout(structLayout(btf, id, { cacheLine })));
    }
  }
}

function moduleBtf(index: BtfIndex, kernelId: number, name: string, vmlinux: Btf): Btf {
  const { btf, base } = exportModule(index, kernelId, name);
  return parseBtf(btf, { base: base === undefined ? vmlinux : parseBtf(base) });
}

/** The struct or union that a type of the name is; for a typedef the one without a tag that it names. */
function compositeOf(btf: Btf, id: number, kind: string | undefined): number[] {
  const isTypedef = btf.kind(id) === BtfKind.Typedef;
  const target = isTypedef ? skipModifiersAndTypedefs(btf, id) : id;
  if (isTypedef && btf.nameOff(target) !== 0) return [];
  const word = { [BtfKind.Struct]: 'struct', [BtfKind.Union]: 'union' }[btf.kind(target) as 4 | 5];
  return word === undefined || (kind !== undefined && kind !== word && kind !== 'typedef') ? [] : [target];
}

function asJson(index: BtfIndex, { id: _, kernelIds, places, ...layout }: StructLayout): object {
  const names = (ids: readonly number[]) => kernelsByIds(index, ids).map(({ name }) => name);
  return { ...layout, kernels: names(kernelIds), modules: namedModules(places, names) };
}
