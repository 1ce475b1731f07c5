// Declarations: `struct foo *(*name[4])(int)` from a chain of types. btf_dump_emit_type_decl and
// btf_dump_emit_type_chain of libbpf's btf_dump.c.
//
// BTF goes from the outside in (array of pointer to const int), C is written around the name. So the chain is laid on a
// stack down to its last type, which is written first, and then taken off again: modifiers stand before what they
// modify, but after the star of a pointer; arrays and prototypes put parentheses around all that is left.

import { ascii } from '../byte-output.ts';
import { BtfError } from '../errors.ts';
import { BtfKind } from '../kinds.ts';
import { emitCompositeDefinition, emitCompositeTag } from './composite.ts';
import { emitFwd } from './emit.ts';
import { emitEnumDefinition, emitEnumTag } from './enum.ts';
import { identName, isEmptyName, type Name, writeName } from './names.ts';
import type { CDump } from './state.ts';
import { infoKindFlag } from '../info.ts';

const T = {
  void: ascii('void'),
  star: ascii('*'),
  spaceStar: ascii(' *'),
  volatile: ascii('volatile '),
  const: ascii('const '),
  restrict: ascii('restrict '),
  afterVolatile: ascii(' volatile'),
  afterConst: ascii(' const'),
  afterRestrict: ascii(' restrict'),
  attribute: ascii(' __attribute__(('),
  endAttribute: ascii('))'),
  typeTag: ascii(' __attribute__((btf_type_tag("'),
  endTypeTag: ascii('")))'),
  space: ascii(' '),
  open: ascii('('),
  spaceOpen: ascii(' ('),
  close: ascii(')'),
  openIndex: ascii('['),
  closeIndex: ascii(']'),
  voidClose: ascii('void)'),
  comma: ascii(', '),
  dots: ascii('...'),
} as const;

/** Writes `name` declared as of type `id`; anonymous structs, unions and enums are written out, indented by `level`. */
export function emitTypeDeclaration(d: CDump, id: number, name: Name, level: number): void {
  d.enter(id);
  const { stack } = d;
  const start = stack.length;
  for (let next = id; ; ) {
    stack.push(next);
    if (stack.length - start > MAX_CHAIN) throw chainTooLong(id);
    if (next === 0) break;
    const follow = followed(d.kind(next));
    if (follow < 0) break;
    next = d.word(d.at(next) + follow);
  }
  emitChain(d, start, stack.length, name, level);
  stack.length = start;
  d.leave();
}

/** Longer chains of pointers, modifiers and arrays are cycles; libbpf follows them until memory ends. */
const MAX_CHAIN = 10_000;

function chainTooLong(id: number): BtfError {
  return new BtfError('limit', 'a declaration has too many parts', { typeId: id, expected: `at most ${MAX_CHAIN}` });
}

/** Which word of a record leads on; -1 where the chain ends. */
function followed(kind: BtfKind): number {
  switch (kind) {
    case BtfKind.Ptr:
    case BtfKind.Volatile:
    case BtfKind.Const:
    case BtfKind.Restrict:
    case BtfKind.FuncProto:
    case BtfKind.TypeTag:
      return 2;
    case BtfKind.Array:
      return 3;
    default:
      return -1;
  }
}

/** Writes what stands on the stack from `start` to `end`, the last first, around the name. */
function emitChain(d: CDump, start: number, end: number, name: Name, level: number): void {
  const { out } = d;
  // true at first: a star right after an opening parenthesis needs no space before it
  let afterStar = true;
  while (end > start) {
    const id = d.stack.items[--end]!;
    if (id === 0) {
      end = emitModifiers(d, start, end);
      out.write(T.void);
      afterStar = false;
      continue;
    }
    const kind = d.kind(id);
    switch (kind) {
      case BtfKind.Int:
      case BtfKind.Float:
        end = emitModifiers(d, start, end);
        out.cString(d.flat.strings, d.word(d.at(id)));
        break;
      case BtfKind.Struct:
      case BtfKind.Union:
        end = emitModifiers(d, start, end);
        if (d.word(d.at(id)) === 0) emitCompositeDefinition(d, id, level);
        else emitCompositeTag(d, id);
        break;
      case BtfKind.Enum:
      case BtfKind.Enum64:
        end = emitModifiers(d, start, end);
        if (d.word(d.at(id)) === 0) emitEnumDefinition(d, id, level);
        else emitEnumTag(d, id);
        break;
      case BtfKind.Fwd:
        end = emitModifiers(d, start, end);
        emitFwd(d, id);
        break;
      case BtfKind.Typedef:
        end = emitModifiers(d, start, end);
        writeName(d, identName(d, id));
        break;
      case BtfKind.Ptr:
        out.write(afterStar ? T.star : T.spaceStar);
        break;
      case BtfKind.Volatile:
        out.write(T.afterVolatile);
        break;
      case BtfKind.Const:
        out.write(T.afterConst);
        break;
      case BtfKind.Restrict:
        out.write(T.afterRestrict);
        break;
      case BtfKind.TypeTag: {
        end = emitModifiers(d, start, end);
        const isAttribute = infoKindFlag(d.word(d.at(id) + 1));
        out.write(isAttribute ? T.attribute : T.typeTag);
        out.cString(d.flat.strings, d.word(d.at(id)));
        out.write(isAttribute ? T.endAttribute : T.endTypeTag);
        break;
      }
      case BtfKind.Array:
        emitArray(d, id, start, end, name, level, afterStar);
        return;
      case BtfKind.FuncProto:
        emitPrototype(d, id, start, end, name, level, afterStar);
        return;
      default:
        return; // a function, variable, section or tag has no place in a declaration: libbpf warns and stops here
    }
    afterStar = kind === BtfKind.Ptr;
  }
  emitDeclaredName(d, name, afterStar);
}

/** Writes the modifiers on top of the stack before what they modify; returns the stack's new end. */
function emitModifiers(d: CDump, start: number, end: number): number {
  for (; end > start; end--) {
    switch (d.kind(d.stack.items[end - 1]!)) {
      case BtfKind.Volatile:
        d.out.write(T.volatile);
        break;
      case BtfKind.Const:
        d.out.write(T.const);
        break;
      case BtfKind.Restrict:
        d.out.write(T.restrict);
        break;
      default:
        return end;
    }
  }
  return end;
}

/** Takes off modifiers of arrays and functions: GCC writes some that mean nothing. */
function dropModifiers(d: CDump, start: number, end: number): number {
  while (end > start && isModifier(d.kind(d.stack.items[end - 1]!))) end--;
  return end;
}

function isModifier(kind: BtfKind): boolean {
  return kind === BtfKind.Volatile || kind === BtfKind.Const || kind === BtfKind.Restrict || kind === BtfKind.TypeTag;
}

function emitDeclaredName(d: CDump, name: Name, afterStar: boolean): void {
  if (isEmptyName(d, name)) return;
  if (!afterStar) d.out.write(T.space);
  writeName(d, name);
}

function emitArray(
  d: CDump,
  id: number,
  start: number,
  end: number,
  name: Name,
  level: number,
  afterStar: boolean,
): void {
  const { out } = d;
  end = dropModifiers(d, start, end);
  if (end === start) {
    emitDeclaredName(d, name, afterStar);
  } else {
    const multidimensional = d.kind(d.stack.items[end - 1]!) === BtfKind.Array;
    if (!isEmptyName(d, name) && !afterStar) out.write(T.space);
    if (!multidimensional) out.write(T.open);
    d.enter(id);
    emitChain(d, start, end, name, level);
    d.leave();
    if (!multidimensional) out.write(T.close);
  }
  out.write(T.openIndex);
  out.unsigned(d.word(d.at(id) + 5));
  out.write(T.closeIndex);
}

function emitPrototype(
  d: CDump,
  id: number,
  start: number,
  end: number,
  name: Name,
  level: number,
  afterStar: boolean,
): void {
  const { out } = d;
  end = dropModifiers(d, start, end);
  if (end === start) {
    emitDeclaredName(d, name, afterStar);
  } else {
    out.write(T.spaceOpen);
    d.enter(id);
    emitChain(d, start, end, name, level);
    d.leave();
    out.write(T.close);
  }
  out.write(T.open);
  const at = d.at(id);
  const vlen = d.word(at + 1) & 0xffffff;
  // clang says `(void)` with one parameter of type void
  if (vlen === 0 || (vlen === 1 && d.word(at + 4) === 0)) {
    out.write(T.voidClose);
    return;
  }
  for (let i = 0, w = at + 3; i < vlen; i++, w += 2) {
    if (i > 0) out.write(T.comma);
    if (i === vlen - 1 && d.word(w + 1) === 0) out.write(T.dots);
    else emitTypeDeclaration(d, d.word(w + 1), d.word(w), level);
  }
  out.write(T.close);
}
