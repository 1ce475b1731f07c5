// What libbpf's btf_sanity_check asks of every BTF it opens: each name inside the strings, each reference to a type
// that exists, FUNC over FUNC_PROTO. One fast pass finds the largest name and id; only a bad file is walked again to
// say where.

import { BtfError } from './errors.ts';
import { BtfKind, type KindLayout, kindLayout, TYPE_WORDS } from './kinds.ts';
import type { Btf } from './reader.ts';

/** Throws `bad-string-offset`, `bad-type-id` or `bad-type` for this layer's own types. */
export function validateReferences(btf: Btf): void {
  const { words, starts, startId, typeCount, stringEnd } = btf;
  const count = starts.length - 1;
  let maxName = 0;
  let maxRef = 0;
  let prototypeIsWrong = false;
  for (let i = 0; i < count; i++) {
    const at = starts[i] as number;
    const end = starts[i + 1] as number;
    const name = words[at] as number;
    if (name > maxName) maxName = name;
    const third = words[at + 2] as number;
    switch (((words[at + 1] as number) >>> 24) & 0x7f) {
      case BtfKind.Ptr:
      case BtfKind.Typedef:
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict:
      case BtfKind.Var:
      case BtfKind.DeclTag:
      case BtfKind.TypeTag:
        if (third > maxRef) maxRef = third;
        break;
      case BtfKind.Func:
        if (third > maxRef) maxRef = third;
        if (third < typeCount && !isFuncProto(btf, third)) prototypeIsWrong = true;
        break;
      case BtfKind.Array: {
        const element = words[at + 3] as number;
        const index = words[at + 4] as number;
        if (element > maxRef) maxRef = element;
        if (index > maxRef) maxRef = index;
        break;
      }
      case BtfKind.Struct:
      case BtfKind.Union:
        for (let w = at + TYPE_WORDS; w < end; w += 3) {
          const memberName = words[w] as number;
          const memberType = words[w + 1] as number;
          if (memberName > maxName) maxName = memberName;
          if (memberType > maxRef) maxRef = memberType;
        }
        break;
      case BtfKind.FuncProto:
        // Differs from libbpf: the return type is checked too; btf_validate_type forgets it, and later readers follow it
        if (third > maxRef) maxRef = third;
        for (let w = at + TYPE_WORDS; w < end; w += 2) {
          const paramName = words[w] as number;
          const paramType = words[w + 1] as number;
          if (paramName > maxName) maxName = paramName;
          if (paramType > maxRef) maxRef = paramType;
        }
        break;
      case BtfKind.Enum:
        for (let w = at + TYPE_WORDS; w < end; w += 2) if ((words[w] as number) > maxName) maxName = words[w] as number;
        break;
      case BtfKind.Enum64:
        for (let w = at + TYPE_WORDS; w < end; w += 3) if ((words[w] as number) > maxName) maxName = words[w] as number;
        break;
      case BtfKind.Datasec:
        for (let w = at + TYPE_WORDS; w < end; w += 3) if ((words[w] as number) > maxRef) maxRef = words[w] as number;
        break;
      case BtfKind.LocProto:
        for (let w = at + TYPE_WORDS; w < end; w++) if ((words[w] as number) > maxRef) maxRef = words[w] as number;
        break;
      case BtfKind.LocSec:
        for (let w = at + TYPE_WORDS; w < end; w += 3) {
          if ((words[w] as number) > maxRef) maxRef = words[w] as number;
          if ((words[w + 1] as number) > maxRef) maxRef = words[w + 1] as number;
        }
        break;
      default: // INT, FWD, FLOAT, LOC_PARAM and kinds that only a layout section knows refer to nothing
    }
  }
  if (maxName >= stringEnd && count > 0) throw firstBad(btf, 'name');
  if (maxRef >= typeCount) throw firstBad(btf, 'ref');
  if (prototypeIsWrong) throw firstWrongPrototype(btf, startId);
}

function isFuncProto(btf: Btf, id: number): boolean {
  return btf.kind(id) === BtfKind.FuncProto;
}

/** The first name or reference out of range, as the error to throw. */
function firstBad(btf: Btf, what: 'name' | 'ref'): BtfError {
  const { words, starts, startId, typeCount, stringEnd } = btf;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i] as number;
    const info = words[at + 1] as number;
    const row = kindLayout((info >>> 24) & 0x7f);
    for (const w of wordsOf(row, at, info & 0xffffff, what)) {
      const value = words[w] as number;
      if (value < (what === 'name' ? stringEnd : typeCount)) continue;
      const where = { offset: btf.header.typeOff + w * 4, typeId: startId + i };
      return what === 'name'
        ? new BtfError('bad-string-offset', `string offset ${value}`, { ...where, expected: `below ${stringEnd}` })
        : new BtfError('bad-type-id', `reference to type ${value}`, { ...where, expected: `below ${typeCount}` });
    }
  }
  /* v8 ignore next -- the fast pass saw one */
  return new BtfError('bad-type', 'a reference out of range');
}

function firstWrongPrototype(btf: Btf, startId: number): BtfError {
  const { words, starts } = btf;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i] as number;
    if ((((words[at + 1] as number) >>> 24) & 0x7f) !== BtfKind.Func || isFuncProto(btf, words[at + 2] as number))
      continue;
    return new BtfError('bad-type', `FUNC over type ${words[at + 2]}`, {
      offset: btf.header.typeOff + (at + 2) * 4,
      typeId: startId + i,
      expected: 'a FUNC_PROTO',
    });
  }
  /* v8 ignore next -- the fast pass saw one */
  return new BtfError('bad-type', 'a FUNC without a FUNC_PROTO');
}

/** The word positions of a record that hold names or references, by the kind table. */
function* wordsOf(row: KindLayout | undefined, at: number, vlen: number, what: 'name' | 'ref'): Generator<number> {
  if (what === 'name') yield at;
  if (row === undefined) return;
  if (what === 'ref') {
    if (row.third === 'type') yield at + 2;
    for (const word of row.infoRefs) yield at + TYPE_WORDS + word;
  }
  const inElement = what === 'name' ? row.elemNames : row.elemRefs;
  if (inElement.length === 0) return;
  const first = at + TYPE_WORDS + row.infoWords;
  for (let i = 0; i < vlen; i++) for (const word of inElement) yield first + i * row.elemWords + word;
}
