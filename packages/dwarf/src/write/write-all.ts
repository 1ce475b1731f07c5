// What all units have given, as BTF: types in their order, functions by name, and the sections of variables.

import { collectKfuncs, KfuncFlag } from '../functions/kfuncs.ts';
import type { ElfFunctions } from '../functions/elf-functions.ts';
import type { LeftOut, Prototypes } from '../functions/prototypes.ts';
import type { ModuleBase } from '../intern/module-base.ts';
import type { NodeTable } from '../intern/nodes.ts';
import type { Variants } from '../intern/variants.ts';
import type { Ints } from '../ints.ts';
import type { DwarfOptions } from '../options.ts';
import type { ElfReader } from '../read/elf-reader.ts';
import type { NameTable } from '../read/names.ts';
import { Var } from '../variables/collect.ts';
import type { Order } from './order.ts';
import { BtfWriter } from './writer.ts';

/** What came together. */
export interface Collected {
  readonly elf: ElfReader;
  readonly base: ModuleBase | undefined;
  readonly names: NameTable;
  readonly nodes: NodeTable;
  readonly variants: Variants;
  readonly order: Order;
  readonly functions: ElfFunctions;
  readonly prototypes: Prototypes;
  /** Rows of {@link Var}. */
  readonly variables: Ints;
}

/** The BTF, and how much of what is in it. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly types: number;
  readonly functions: number;
  readonly variables: number;
  readonly leftOut: LeftOut;
}

/** Writes everything. Throws `limit`. */
export function writeAll(from: Collected, options: DwarfOptions): Written {
  const { names, order, variables } = from;
  const writer = new BtfWriter(from.nodes, from.variants, names, {
    base: from.base,
    littleEndian: from.elf.littleEndian,
    layout: options.layout ?? false,
  });
  const firstId = writer.typeCount;
  writer.writeOrder(order, names.internText('int'), (number) => {
    const at = number * Var.Stride;
    return [variables.data[at + Var.Name]!, variables.data[at + Var.Type]!, variables.data[at + Var.Linkage]!];
  });
  const { functions, leftOut } = writeFunctions(writer, from, options);
  writeSections(writer, from);
  return {
    bytes: writer.finish(),
    types: writer.typeCount - firstId,
    functions,
    variables: variables.length / Var.Stride,
    leftOut,
  };
}

/** Functions by name, each with its tags behind it. */
function writeFunctions(
  writer: BtfWriter,
  { elf, names, functions, prototypes }: Collected,
  options: DwarfOptions,
): { functions: number; leftOut: LeftOut } {
  const kfuncs = (options.declTagKfuncs ?? true) ? collectKfuncs(elf, names) : new Map<number, number>();
  const declTags = options.declTags ?? true;
  const kfuncTag = names.internText('bpf_kfunc');
  const fastcallTag = names.internText('bpf_fastcall');
  const arena = names.internText('address_space(1)');
  let count = 0;
  const byName = sortedByName(functions.names, names);
  const leftOut = prototypes.forEach(options.consistentFunctions ?? true, byName, (index, prototype, tags) => {
    const name = functions.names.data[index]!;
    const flags = kfuncs.get(name);
    let tuple = prototype;
    if (flags !== undefined && (options.attributes ?? true)) tuple = withArenas(writer, prototype, flags, arena);
    const next = writer.typeCount;
    const id = writer.writeFunction(name, tuple);
    if (id >= next) count++;
    for (let i = 0; i < tags.length; i += 2) writer.writeDeclTag(tags[i]!, id, tags[i + 1]!);
    if (flags !== undefined && declTags) {
      writer.writeDeclTag(kfuncTag, id, -1);
      if ((flags & KfuncFlag.Fastcall) !== 0) writer.writeDeclTag(fastcallTag, id, -1);
    }
  });
  return { functions: count, leftOut };
}

/** A DATASEC for each section with variables, in the order of sections; variables by offset. */
function writeSections(writer: BtfWriter, { elf, names, variables: { data, length } }: Collected): void {
  const sections = new Map<number, [number, number, number][]>();
  for (let at = 0; at < length; at += Var.Stride) {
    const section = data[at + Var.Section]!;
    const entry: [number, number, number] = [
      writer.variableId(at / Var.Stride),
      data[at + Var.Offset]! >>> 0,
      data[at + Var.Size]! >>> 0,
    ];
    const list = sections.get(section);
    if (list === undefined) sections.set(section, [entry]);
    else list.push(entry);
  }
  for (const [index, entries] of [...sections].sort(([a], [b]) => a - b)) {
    entries.sort((a, b) => a[1] - b[1]);
    const last = entries[entries.length - 1]!;
    writer.writeDatasec(names.internText(elf.sections[index]!.name), last[1] + last[2], entries);
  }
}

/** The functions' numbers in the order of their names' bytes. */
function sortedByName(functions: Ints, names: NameTable): Int32Array {
  const order = Int32Array.from({ length: functions.length }, (_, index) => index);
  return order.sort((a, b) => names.compare(functions.data[a]!, functions.data[b]!));
}

/** The prototype of a kfunc whose pointers lead into an arena. */
function withArenas(writer: BtfWriter, prototype: Int32Array, flags: number, attribute: number): Int32Array {
  const { ArenaReturn, ArenaArg1, ArenaArg2 } = KfuncFlag;
  if ((flags & (ArenaReturn | ArenaArg1 | ArenaArg2)) === 0) return prototype;
  const changed = prototype.slice();
  const change = (at: number) => {
    if (at < changed.length) changed[at] = writer.pointerWithAttribute(changed[at]!, attribute);
  };
  if ((flags & ArenaReturn) !== 0) change(0);
  if ((flags & ArenaArg1) !== 0) change(3);
  if ((flags & ArenaArg2) !== 0) change(5);
  return changed;
}
