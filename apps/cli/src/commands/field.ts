// btfq field: where a field is, in every kernel.
import {
  type BtfIndex,
  type FieldAnswer,
  type FieldPlace,
  type KernelFilter,
  field,
  fieldHistory,
  fieldInKernels,
  kernelById,
  kernels,
  kernelsByIds,
  nearFields,
  nearNames,
  parseTypeName,
  pointerInPath,
} from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { decHex, plural } from '../render/numbers.ts';
import { declaredIn, modulesText } from '../render/places.ts';
import { printTable } from '../render/table.ts';
import { dbFlag, indexPath, moduleFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { kernelsWithUnknownModules, noteUnknownModules } from '../unknown-modules.ts';
import { whereOf } from '../where.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: 'STRUCT [FIELD]',
  about: `
Shows the offset (in bytes), size and type of a member of a struct or union, in every kernel that has the struct. FIELD
may be a path such as \`mm\`, \`se.vruntime\` or \`comm[0]\`; it passes through unnamed members as C does. STRUCT and
FIELD can also be written as one word, \`task_struct.pid\`.

If kernels disagree on whether the name is a struct or a union, both are shown. Typedefs of structs without a tag, such as
atomic_t, work too. \`struct NAME\` or \`union NAME\` limits the question to one kind. The offset of a bitfield is that of
the byte that holds its first bit, followed by a colon and the bit within that byte.

The exit code is 1 if no kernel has the field; similar names are suggested.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    where: whereFlag,
    module: moduleFlag,
    variants: { help: 'print one line for each distinct offset, size and type, with the number of kernels' },
    history: { help: 'print what changed from kernel to kernel: moved, resized, retyped, renamed' },
  },
  examples: [
    { line: 'btfq field task_struct pid', shows: 'the offset of pid in every kernel' },
    { line: 'btfq field task_struct se.vruntime --variants', shows: 'the distinct offsets of a field' },
    { line: 'btfq field task_struct state --history', shows: 'when was it renamed to __state?' },
    { line: 'btfq field sk_buff pkt_type --where arch=x86_64 --json', shows: 'a bitfield, as JSON' },
  ],
  run(flags, io) {
    const [name, path] = structAndPath(flags.args);
    return withIndex(flags, io, (index) => {
      const where = whereOf(flags);
      const answer = field(index, 'composite', name, path, where);
      if (answer === undefined) {
        const near = [...nearNames(index, 'struct', name), ...nearNames(index, 'union', name)];
        if (flags.json && !flags.history) io.json(nowhereAsJson(index, name, path, where));
        io.note(`btfq: no kernel in ${indexPath(flags, io)} has a struct or union ${name}`);
        noteUnknownModules(index, where, io);
        if (near.length > 0) io.note(`Did you mean ${near.join(', ')}?`);
        return ExitCode.no;
      }
      if (flags.history) printHistory(index, answer, name, flags, io);
      else if (flags.json) io.json(asJson(index, answer));
      else if (flags.variants) printVariants(answer, io);
      else printKernels(index, answer, io);
      if (!flags.json && answer.ambiguousIn.length > 0) {
        io.note(`${plural(answer.ambiguousIn.length, 'kernel')} with several structs of that name, one line each`);
      }
      const unknown = answer.unknownIn.length;
      if (!flags.json && unknown > 0) {
        io.note(`${plural(unknown, 'kernel has', 'kernels have')} no such struct, and modules that are not known`);
      }
      if (answer.variants.length > 0) return ExitCode.answered;
      const near = nearFields(index, 'composite', name, path);
      const within = flags.module === undefined ? '' : ` in ${flags.module}`;
      io.note(`btfq: no kernel has ${answer.kind} ${answer.struct} with a field ${path}${within}`);
      const pointer = pointerInPath(index, 'composite', name, path);
      if (pointer !== undefined) {
        io.note(`${pointer} is a pointer: ask for it, and then for a field of the struct that it points to.`);
      }
      if (near.length > 0) io.note(`Did you mean ${near.join(', ')}?`);
      return ExitCode.no;
    });
  },
});

/** STRUCT and FIELD as two words, or as one: `task_struct.se.vruntime`, `struct task_struct pid`. */
function structAndPath(args: readonly string[]): [string, string] {
  const [first = '', second, third] = args;
  if (third !== undefined) return [`${first} ${second}`, third];
  if (second !== undefined && !(parseTypeName(`${first} ${second}`).kind !== undefined && second.includes('.'))) {
    return [first, second];
  }
  const whole = second === undefined ? first : `${first} ${second}`;
  const end = /^(?:(?:struct|union)\s+)?[^.[-]+/.exec(whole)?.[0].length ?? 0;
  if (end === whole.length || end === 0) {
    throw new UsageError('missing FIELD', 'Usage: btfq field STRUCT FIELD, or STRUCT.FIELD');
  }
  return [whole.slice(0, end), whole.slice(end).replace(/^(?:\.|->)/, '')];
}

/** `1304 (0x518)`, and for a bitfield `120:3 (0x78)`: bit 3 of byte 120. */
const offsetOf = (place: FieldPlace): string =>
  place.bitSize === null
    ? decHex(place.offset)
    : decHex(place.offset).replace(' ', `:${place.bitOffset - 8 * place.offset} `);

const sizeOf = (place: FieldPlace): string =>
  place.bitSize === null ? String(place.size ?? '') : plural(place.bitSize, 'bit');

const PLACE_COLUMNS = [
  { title: 'offset', align: 'right' },
  { title: 'size', align: 'right' },
  { title: 'type', shrink: true },
] as const;

const MODULE_COLUMN = { title: 'in' } as const;

const placeCells = (place: FieldPlace): string[] => [offsetOf(place), sizeOf(place), place.type];

function printKernels(index: BtfIndex, answer: FieldAnswer, io: Io): void {
  const inModules = answer.variants.some(({ places }) => modulesText(places) !== '');
  const rows = fieldInKernels(index, answer).map(({ kernelId, variant }) => {
    const place = answer.variants[variant]!;
    const own = place.places.filter(({ kernelIds }) => kernelIds.includes(kernelId));
    return [
      io.style.name(kernelById(index, kernelId).name),
      ...placeCells(place),
      ...(inModules ? [modulesText(own) || 'vmlinux'] : []),
    ];
  });
  // Kernels without the field stand below: they are the exceptions that one looks for.
  for (const { name } of kernelsByIds(index, answer.absentFrom)) {
    rows.push([io.style.name(name), '', '', io.style.dim('no such field')]);
  }
  const columns = [
    { title: 'kernel', shrink: 'start' } as const,
    ...PLACE_COLUMNS,
    ...(inModules ? [MODULE_COLUMN] : []),
  ];
  if (answer.variants.length > 0) printTable(io, columns, rows);
}

function printVariants(answer: FieldAnswer, io: Io): void {
  const inModules = answer.variants.some(({ places }) => modulesText(places) !== '');
  const rows = answer.variants.map((variant) => [
    plural(variant.kernelIds.length, 'kernel'),
    ...placeCells(variant),
    ...(inModules ? [modulesText(variant.places) || 'vmlinux'] : []),
  ]);
  if (answer.absentFrom.length > 0) {
    rows.push([plural(answer.absentFrom.length, 'kernel'), '', '', io.style.dim('no such field')]);
  }
  const columns = [
    { title: 'kernels', align: 'right' } as const,
    ...PLACE_COLUMNS,
    ...(inModules ? [MODULE_COLUMN] : []),
  ];
  if (answer.variants.length > 0) printTable(io, columns, rows);
}

function printHistory(
  index: BtfIndex,
  answer: FieldAnswer,
  name: string,
  flags: { readonly where: readonly string[]; readonly module: string | undefined; readonly json: boolean },
  io: Io,
): void {
  const events = fieldHistory(index, 'composite', name, answer.field, whereOf(flags));
  const nameOf = (id: number | null) => (id === null ? null : kernelById(index, id).name);
  if (flags.json) {
    io.json(events.map(({ fromId, toId, ...rest }) => ({ from: nameOf(fromId), to: nameOf(toId), ...rest })));
    return;
  }
  for (const event of events) {
    const to = kernelById(index, event.toId);
    const from = event.fromId === null ? 'the first of its series' : `after ${kernelById(index, event.fromId).release}`;
    io.print(`${io.style.name(to.name)}  ${event.change}  ${io.style.dim(`(${from})`)}`);
    const { before, after } = event;
    if (before) io.print(`    was ${describe(before)}${event.otherName && !after ? `, now ${event.otherName}` : ''}`);
    if (after) io.print(`    is  ${describe(after)}${event.otherName && !before ? `, was ${event.otherName}` : ''}`);
    if (event.evidence !== null) io.print(`    ${io.style.dim(event.evidence)}`);
  }
}

const describe = (place: FieldPlace): string =>
  [
    `at ${offsetOf(place)}`,
    place.bitSize === null && place.size !== null ? plural(place.size, 'byte') : sizeOf(place),
    place.type,
  ]
    .filter(Boolean)
    .join(', ');

/** The answer with kernels by name: row ids mean nothing outside of the index. */
function asJson(index: BtfIndex, answer: FieldAnswer): object {
  const names = (ids: readonly number[]) => kernelsByIds(index, ids).map(({ name }) => name);
  return {
    kind: answer.kind,
    struct: answer.struct,
    field: answer.field,
    kernels: fieldInKernels(index, answer).map(({ kernelId, variant }) => {
      const { offset, bitOffset, bitSize, size, type, places } = answer.variants[variant]!;
      const place = { offset, bitOffset, bitSize, size, type };
      return { kernel: kernelById(index, kernelId).name, ...place, declaredIn: declaredIn(places, kernelId) };
    }),
    absentFrom: names(answer.absentFrom),
    withoutStruct: names(answer.withoutStruct),
    unknownIn: names(answer.unknownIn),
    ambiguousIn: names(answer.ambiguousIn),
  };
}

/** As `asJson`, where no kernel has such a struct. */
function nowhereAsJson(index: BtfIndex, struct: string, field: string, where: KernelFilter | undefined): object {
  const withoutStruct = kernels(index, where).map(({ name }) => name);
  const unknownIn = kernelsByIds(index, kernelsWithUnknownModules(index, where)).map(({ name }) => name);
  return { kind: null, struct, field, kernels: [], absentFrom: [], withoutStruct, unknownIn, ambiguousIn: [] };
}
