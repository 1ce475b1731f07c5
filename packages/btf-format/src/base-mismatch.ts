// Whether split BTF belongs to the base it is read over. Nothing in the format says which base it was split from, and
// bpftool prints whatever the numbers happen to lead to; but wrong numbers rarely look right.

import { BtfKind, kindLayout, TYPE_WORDS } from './kinds.ts';
import { resolveSize } from './layout.ts';
import type { Btf } from './btf.ts';

/** Why a base cannot be the one. */
export interface BaseMismatch {
  readonly code: 'name-inside-string' | 'impossible-layout';
  readonly message: string;
  /** The type of the split BTF that shows it. */
  readonly typeId: number;
}

/**
 * The first thing in split BTF that its base cannot have meant, or undefined: a name that begins in the middle of one of
 * the base's strings (writers of BTF never share tails), or a type of the base where none of its kind can be: a member
 * that is a function or reaches beyond its struct, an array of functions. Undefined too for BTF without a base. That
 * nothing is found is no proof.
 */
export function baseMismatch(btf: Btf): BaseMismatch | undefined {
  if (btf.base === undefined) return undefined;
  for (let id = btf.startId; id < btf.typeCount; id++) {
    const at = btf.wordAt(id);
    const row = kindLayout(btf.kind(id));
    if (row === undefined) continue;
    const first = at + TYPE_WORDS + row.infoWords;
    const inside =
      insideString(btf, btf.words[at]!) ??
      eachElement(btf.vlen(id), row.elemWords, (offset) => {
        for (const word of row.elemNames) {
          const found = insideString(btf, btf.words[first + offset + word]!);
          if (found !== undefined) return found;
        }
        return undefined;
      });
    if (inside !== undefined) return { code: 'name-inside-string', message: inside, typeId: id };
    const layout = impossibleLayout(btf, id);
    if (layout !== undefined) return { code: 'impossible-layout', message: layout, typeId: id };
  }
  return undefined;
}

function eachElement<T>(vlen: number, stride: number, visit: (offset: number) => T | undefined): T | undefined {
  if (stride === 0) return undefined;
  for (let i = 0; i < vlen; i++) {
    const found = visit(i * stride);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A name of the base's that does not begin where one of its strings does. */
function insideString(btf: Btf, nameOff: number): string | undefined {
  if (nameOff === 0 || nameOff >= btf.startStringOffset) return undefined;
  const layer = btf.stringLayer(nameOff);
  const local = nameOff - layer.startStringOffset;
  if (local === 0 || layer.strings.bytes[local - 1] === 0) return undefined;
  return `name offset ${nameOff} is inside a string of the base, which reads '${btf.string(nameOff).slice(0, 40)}' from there`;
}

function impossibleLayout(btf: Btf, id: number): string | undefined {
  const base = btf.base as Btf;
  const at = btf.wordAt(id);
  const kind = btf.kind(id);
  if (kind === BtfKind.Array) {
    const element = btf.words[at + TYPE_WORDS]!;
    return element < base.typeCount && isNoObject(btf, element)
      ? `an array of type ${element}, which is not an object`
      : undefined;
  }
  if (kind !== BtfKind.Struct && kind !== BtfKind.Union) return undefined;
  const size = btf.sizeOrType(id);
  const flag = btf.kindFlag(id);
  return eachElement(btf.vlen(id), 3, (offset) => {
    const type = btf.words[at + TYPE_WORDS + offset + 1]!;
    if (type >= base.typeCount) return undefined;
    if (isNoObject(btf, type)) return `member ${offset / 3} is of type ${type} of the base, which is not an object`;
    const place = btf.words[at + TYPE_WORDS + offset + 2]!;
    if (flag && place >>> 24 !== 0) return undefined;
    const bytes = resolveSize(btf, type);
    const end = Math.floor((flag ? place & 0xffffff : place) / 8) + (bytes ?? 0);
    return end > size ? `member ${offset / 3} ends at byte ${end} of a struct of ${size} bytes` : undefined;
  });
}

/** Void, functions, sections, tags and the like: nothing that a member or an element can be. */
function isNoObject(btf: Btf, id: number): boolean {
  switch (btf.kind(id)) {
    case BtfKind.Unknown:
    case BtfKind.Func:
    case BtfKind.FuncProto:
    case BtfKind.Var:
    case BtfKind.Datasec:
    case BtfKind.DeclTag:
      return true;
    default:
      return false;
  }
}
