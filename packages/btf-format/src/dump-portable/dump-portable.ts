// A C header of a kernel's types that compiles with clang and gcc in C11, C17 and C23 without flags, and in which every
// size and offset is the kernel's. bpftool's header (dump-c/) follows the order of libbpf and leaves out what the
// compiler's flags decide; this one writes everything out.

import type { ByteSink } from '../byte-output.ts';
import { BtfKind } from '../kinds.ts';
import type { Btf } from '../btf.ts';
import { assertText } from './asserts.ts';
import { GNU_MACROS } from './c-names.ts';
import { CTypes, type PortableNote } from './c-types.ts';
import { compositeText } from './composite.ts';
import { declareC } from './declarator.ts';
import { C23_MACRO } from './enums.ts';
import { DefinitionOrder } from './order.ts';

/** What to write. */
export interface PortableDumpOptions {
  /** Only these types and what they need. Default: all. */
  readonly ids?: readonly number[] | undefined;
  /** Add a `_Static_assert` for every size and offset. */
  readonly asserts?: boolean | undefined;
}

/**
 * The header, in pieces to `sink`, and what C could not say, which also stands in a comment at its end. Structs are
 * natural C where C leads to the kernel's offsets, with holes written out, and packed where it does not. Unnamed members
 * with a tag are written out, names that are none in C are changed (`core::fmt` to `core__fmt`), a second type of a name
 * gets `___2`. Type tags and `restrict` are left out.
 *
 * 1. name everything  2. define each type behind what it needs  3. declare kfuncs  4. assert  5. list what C cannot say
 *
 * Throws `bad-type-id` for an id that is not there, `limit` for types that double with each step.
 */
export function dumpPortableC(btf: Btf, sink: ByteSink, options: PortableDumpOptions = {}): readonly PortableNote[] {
  const encoder = new TextEncoder();
  let pending = '';
  const write = (text: string) => {
    pending += text;
    if (pending.length < 1 << 16) return;
    sink(encoder.encode(pending));
    pending = '';
  };
  const types = new CTypes(btf);
  const ids = options.ids ?? Array.from({ length: btf.typeCount - 1 }, (_, i) => i + 1);
  for (const id of ids) btf.layerOf(id);

  write(preamble(btf, types.pointerBytes));
  const order = new DefinitionOrder(types, write);
  const roots = options.ids ?? ids.filter((id) => isDefinition(btf.kind(id)));
  for (const id of roots) order.define(id);
  // what came back to itself the first time: now that the rest is there, it may be complete
  for (const id of roots) order.define(id);
  for (const id of roots) noteUnwritten(types, id);
  if (options.ids === undefined) writeKfuncs(types, order, write);
  if (options.asserts) for (let id = 1; id < btf.typeCount; id++) write(assertText(types, id));
  write(epilogue(types.notes));
  sink(encoder.encode(pending));
  return types.notes;
}

function isDefinition(kind: BtfKind): boolean {
  switch (kind) {
    case BtfKind.Struct:
    case BtfKind.Union:
    case BtfKind.Enum:
    case BtfKind.Enum64:
    case BtfKind.Fwd:
    case BtfKind.Typedef:
      return true;
    default:
      return false;
  }
}

function noteUnwritten(types: CTypes, id: number): void {
  const type = types.type(id);
  const isNamed = type.kind === BtfKind.Struct || type.kind === BtfKind.Union || type.kind === BtfKind.Typedef;
  if (isNamed && types.name(id) !== '' && !types.written.has(id)) {
    types.notes.push({ what: types.name(id), why: 'it needs itself before it is there' });
  }
}

function preamble(btf: Btf, pointerBytes: number): string {
  const macros = GNU_MACROS.filter((name) => hasString(btf, name));
  return `#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#if __STDC_VERSION__ > 201710L && (defined(__clang__) || __GNUC__ >= 13)
#define ${C23_MACRO}
#endif
${macros.map((name) => `#undef ${name}\n`).join('')}
_Static_assert(sizeof(void *) == ${pointerBytes}, "the kernel of this header has pointers of ${pointerBytes} bytes");

#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

`;
}

function epilogue(notes: readonly PortableNote[]): string {
  const clean = (text: string) => text.replaceAll('*/', '* /');
  const list = notes.map(({ what, why }) => ` * ${clean(what)}: ${why}\n`).join('');
  return `${notes.length === 0 ? '' : `/*\n * What C cannot express:\n${list} */\n\n`}#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
`;
}

function hasString(btf: Btf, text: string): boolean {
  for (let layer: Btf | undefined = btf; layer !== undefined; layer = layer.base) {
    if (new TextDecoder().decode(layer.strings.bytes).includes(`\0${text}\0`)) return true;
  }
  return false;
}

/** Functions that BPF programs may call: pahole marks them with a DECL_TAG. */
function writeKfuncs(types: CTypes, order: DefinitionOrder, write: (text: string) => void): void {
  const { btf } = types;
  const kfuncs = new Map<string, number>();
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.DeclTag || btf.name(id) !== 'bpf_kfunc') continue;
    const func = btf.sizeOrType(id);
    if (btf.kind(func) === BtfKind.Func) kfuncs.set(btf.name(func), btf.sizeOrType(func));
  }
  if (kfuncs.size === 0) return;
  for (const proto of kfuncs.values()) order.define(proto);
  write('/* BPF kfuncs */\n#if defined(__bpf__) && !defined(BPF_NO_KFUNC_PROTOTYPES)\n');
  for (const [name, proto] of [...kfuncs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const declared = declareC(types, proto, types.idents.take(name), (type) => compositeText(types, type, ''));
    write(`extern ${declared} __attribute__((weak, section(".ksyms")));\n`);
  }
  write('#endif\n\n');
}
