// Emitting definitions, and the forward declarations that they need. btf_dump_emit_type of libbpf's btf_dump.c.

import { ascii } from '../byte-output.ts';
import { BtfKind } from '../kinds.ts';
import { emitCompositeDefinition, emitCompositeTag } from './composite.ts';
import { emitTypeDeclaration } from './declaration.ts';
import { emitEnumDefinition } from './enum.ts';
import { identName, isNamed, typeName, writeName } from './names.ts';
import { type CDump, EmitState, TypeFlag } from './state.ts';
import { infoKind, infoKindFlag, infoVlen } from '../info.ts';

const END = ascii(';\n\n');
const STRUCT = ascii('struct ');
const UNION = ascii('union ');
const TYPEDEF = ascii('typedef ');
const VA_LIST = ascii('typedef __builtin_va_list __gnuc_va_list');

/**
 * Emits a type of the queue (`container` 0), or what a definition that is about to be emitted needs of a type it
 * refers to: `container` is then that definition. A struct that needs itself or one being emitted gets a forward
 * declaration; so does one that is only pointed to.
 */
export function emitType(d: CDump, id: number, container: number): void {
  const state = d.emitState[id]!;
  if (state === EmitState.emitted) return;
  const at = d.starts[id]!;
  const info = d.words[at + 1]!;
  const kind = infoKind(info);
  if (state === EmitState.emitting) {
    emitForward(d, id, kind, container);
    return;
  }
  d.enter(id);
  switch (kind) {
    case BtfKind.Int:
      emitMissingAlias(d, id);
      d.emitState[id] = EmitState.emitted;
      break;
    case BtfKind.Enum:
    case BtfKind.Enum64:
      if (container === 0) {
        emitEnumDefinition(d, id, 0);
        d.out.write(END);
      }
      d.emitState[id] = EmitState.emitted;
      break;
    case BtfKind.Ptr:
    case BtfKind.Volatile:
    case BtfKind.Const:
    case BtfKind.Restrict:
    case BtfKind.TypeTag:
      emitType(d, d.words[at + 2]!, container);
      break;
    case BtfKind.Array:
      emitType(d, d.words[at + 3]!, container);
      break;
    case BtfKind.Fwd:
      emitFwd(d, id);
      d.out.write(END);
      d.emitState[id] = EmitState.emitted;
      break;
    case BtfKind.Typedef:
      d.emitState[id] = EmitState.emitting;
      emitType(d, d.words[at + 2]!, id);
      // the way to the typedef's own type may have led back here, through a pointer, and emitted it already
      if (!d.hasFlag(id, TypeFlag.forward)) emitTypedef(d, id);
      d.emitState[id] = EmitState.emitted;
      break;
    case BtfKind.Struct:
    case BtfKind.Union:
      emitComposite(d, id, at, infoVlen(info), container);
      break;
    case BtfKind.FuncProto: {
      emitType(d, d.words[at + 2]!, container);
      const vlen = infoVlen(info);
      for (let i = 0, w = at + 4; i < vlen; i++, w += 2) emitType(d, d.words[w]!, container);
      break;
    }
    case BtfKind.Unknown:
    case BtfKind.Func:
    case BtfKind.Var:
    case BtfKind.Datasec:
    case BtfKind.Float:
    case BtfKind.DeclTag:
    case BtfKind.LocParam:
    case BtfKind.LocProto:
    case BtfKind.LocSec:
      break; // they declare no types
    default: // kinds that only a layout section knows
      kind satisfies never;
  }
  d.leave();
}

/** What can be said of a type that is being emitted further up. */
function emitForward(d: CDump, id: number, kind: BtfKind, container: number): void {
  if (d.hasFlag(id, TypeFlag.forward)) return;
  if (kind === BtfKind.Struct || kind === BtfKind.Union) {
    if (id === container) return; // inside a struct its own tag is known
    if (!isNamed(d, id)) return; // an anonymous struct that points to itself cannot be said in C: libbpf warns
    emitCompositeTag(d, id);
    d.out.write(END);
    d.setFlag(id, TypeFlag.forward);
  } else if (kind === BtfKind.Typedef) {
    emitTypedef(d, id);
    d.setFlag(id, TypeFlag.forward);
  }
}

function emitComposite(d: CDump, id: number, at: number, vlen: number, container: number): void {
  d.emitState[id] = EmitState.emitting;
  const named = isNamed(d, id);
  if (container === 0 || !named) {
    // its members will be written out: what they refer to must be declared first
    const inner = named ? id : container;
    for (let i = 0, w = at + 4; i < vlen; i++, w += 3) emitType(d, d.words[w]!, inner);
  } else if (!d.hasFlag(id, TypeFlag.forward) && id !== container) {
    emitCompositeTag(d, id);
    d.out.write(END);
    d.setFlag(id, TypeFlag.forward);
  }
  if (container === 0) {
    emitCompositeDefinition(d, id, 0);
    d.out.write(END);
    d.emitState[id] = EmitState.emitted;
  } else {
    d.emitState[id] = EmitState.none;
  }
}

/** `struct foo`, for a FWD. */
export function emitFwd(d: CDump, id: number): void {
  d.out.write(infoKindFlag(d.word(d.at(id) + 1)) ? UNION : STRUCT);
  writeName(d, typeName(d, id));
}

/** A typedef, but for `__builtin_va_list`, which every compiler has. */
function emitTypedef(d: CDump, id: number): void {
  const at = d.at(id);
  if (isString(d, d.word(at), '__builtin_va_list')) return;
  const name = identName(d, id);
  // old GCCs said that __gnuc_va_list is void
  if (d.words[at + 2]! === 0 && typeof name === 'number' && isString(d, name, '__gnuc_va_list')) {
    d.out.write(VA_LIST);
  } else {
    d.out.write(TYPEDEF);
    emitTypeDeclaration(d, d.words[at + 2]!, name, 0);
  }
  d.out.write(END);
}

/** GCC's types for Arm's SIMD intrinsics have no name that clang knows: they become aliases of plain integers. */
const MISSING_ALIASES = [
  ['__Poly8_t', 'unsigned char'],
  ['__Poly16_t', 'unsigned short'],
  ['__Poly64_t', 'unsigned long long'],
  ['__Poly128_t', 'unsigned __int128'],
] as const;

function emitMissingAlias(d: CDump, id: number): void {
  const name = typeName(d, id); // counts as a use of the name, as in libbpf
  if (typeof name !== 'number' || d.flat.strings[name] !== 0x5f) return;
  const alias = MISSING_ALIASES.find(([missing]) => isString(d, name, missing));
  if (alias !== undefined) d.out.write(ascii(`typedef ${alias[1]} ${alias[0]};\n\n`));
}

function isString(d: CDump, offset: number, text: string): boolean {
  const { strings } = d.flat;
  for (let i = 0; i < text.length; i++) if (strings[offset + i] !== text.charCodeAt(i)) return false;
  return strings[offset + text.length] === 0;
}
