// The one pass over a type section: where each record begins, and the largest name and id in any of them, so that what
// libbpf asks of every BTF it opens (btf_parse_type_sec and btf_sanity_check in btf.c) is known when the pass ends.
// Written for speed: opening a kernel's BTF is this loop. Words are read as signed numbers, which the engine keeps in
// registers; what exceeds 2^31 is negative, and no valid name or id is.

import { BtfError } from './errors.ts';
import type { BtfHeader } from './header.ts';
import { BtfKind, type KindSizes, NO_SIZE, TYPE_WORDS } from './kinds.ts';

/** What the pass saw. */
export interface TypeIndex {
  /** For each type the index of its first word, and one more entry: the end. */
  readonly starts: Uint32Array;
  /** The largest string offset and type id; -1 where one exceeds 2^31. */
  readonly maxName: number;
  readonly maxRef: number;
  /** Whether every FUNC that refers to a type of this section refers to a FUNC_PROTO. */
  readonly prototypesFit: boolean;
  /** Whether some FUNC refers to a type before this section, in the base: to be checked there. */
  readonly refersToBaseProto: boolean;
}

/** A kernel's types take about seven words each. */
const WORDS_PER_TYPE = 7;

/** Throws `unknown-kind` and `bad-type`. */
export function indexTypes(section: Uint32Array, sizes: KindSizes, header: BtfHeader, startId: number): TypeIndex {
  const words = new Int32Array(section.buffer, section.byteOffset, section.length);
  const end = words.length;
  let capacity = Math.ceil(end / WORDS_PER_TYPE) + 16;
  let starts = new Uint32Array(capacity);
  let kinds = new Uint8Array(capacity);
  let count = 0;
  let at = 0;
  let maxName = 0;
  let maxRef = 0;
  let signs = 0; // the sign bits of all names and ids
  let prototypesFit = true;
  let refersToBaseProto = false;
  const laterPrototypes: number[] = [];

  while (at + TYPE_WORDS <= end) {
    if (count + 1 >= capacity) {
      capacity *= 2;
      starts = grown(starts, new Uint32Array(capacity));
      kinds = grown(kinds, new Uint8Array(capacity));
    }
    const info = words[at + 1] as number;
    const third = words[at + 2] as number;
    const kind = (info >>> 24) & 0x7f;
    const vlen = info & 0xffffff;
    starts[count] = at;
    kinds[count] = kind;
    const name = words[at] as number;
    signs |= name;
    if (name > maxName) maxName = name;
    const first = at + TYPE_WORDS;
    let next = first;
    switch (kind) {
      case BtfKind.Ptr:
      case BtfKind.Typedef:
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict:
      case BtfKind.TypeTag:
        signs |= third;
        if (third > maxRef) maxRef = third;
        break;
      case BtfKind.Func: {
        signs |= third;
        if (third > maxRef) maxRef = third;
        const index = third - startId;
        if (index < 0) refersToBaseProto = true;
        else if (index >= count) laterPrototypes.push(index);
        else if (kinds[index] !== BtfKind.FuncProto) prototypesFit = false;
        break;
      }
      case BtfKind.FuncProto:
        // Differs from libbpf: the return type is checked too; btf_validate_type forgets it, and later readers follow it
        signs |= third;
        if (third > maxRef) maxRef = third;
        next = first + vlen * 2;
        if (next > end) break;
        for (let w = first; w < next; w += 2) {
          const paramName = words[w] as number;
          const paramType = words[w + 1] as number;
          signs |= paramName | paramType;
          if (paramName > maxName) maxName = paramName;
          if (paramType > maxRef) maxRef = paramType;
        }
        break;
      case BtfKind.Struct:
      case BtfKind.Union:
        next = first + vlen * 3;
        if (next > end) break;
        for (let w = first; w < next; w += 3) {
          const memberName = words[w] as number;
          const memberType = words[w + 1] as number;
          signs |= memberName | memberType;
          if (memberName > maxName) maxName = memberName;
          if (memberType > maxRef) maxRef = memberType;
        }
        break;
      case BtfKind.Enum:
        next = first + vlen * 2;
        if (next > end) break;
        for (let w = first; w < next; w += 2) {
          const valueName = words[w] as number;
          signs |= valueName;
          if (valueName > maxName) maxName = valueName;
        }
        break;
      case BtfKind.Array:
        next = first + 3;
        if (next > end) break;
        for (let w = first; w < first + 2; w++) {
          const type = words[w] as number;
          signs |= type;
          if (type > maxRef) maxRef = type;
        }
        break;
      case BtfKind.Var:
      case BtfKind.DeclTag:
        signs |= third;
        if (third > maxRef) maxRef = third;
        next = first + 1;
        break;
      case BtfKind.Int:
        next = first + 1;
        break;
      case BtfKind.Fwd:
      case BtfKind.Float:
        break;
      case BtfKind.Enum64:
        next = first + vlen * 3;
        if (next > end) break;
        for (let w = first; w < next; w += 3) {
          const valueName = words[w] as number;
          signs |= valueName;
          if (valueName > maxName) maxName = valueName;
        }
        break;
      case BtfKind.Datasec:
        next = first + vlen * 3;
        if (next > end) break;
        for (let w = first; w < next; w += 3) {
          const type = words[w] as number;
          signs |= type;
          if (type > maxRef) maxRef = type;
        }
        break;
      case BtfKind.LocProto:
        next = first + vlen;
        if (next > end) break;
        for (let w = first; w < next; w++) {
          const param = words[w] as number;
          signs |= param;
          if (param > maxRef) maxRef = param;
        }
        break;
      case BtfKind.LocSec:
        next = first + vlen * 3;
        if (next > end) break;
        for (let w = first; w < next; w += 3) {
          const func = words[w] as number;
          const proto = words[w + 1] as number;
          signs |= func | proto;
          if (func > maxRef) maxRef = func;
          if (proto > maxRef) maxRef = proto;
        }
        break;
      default: {
        // LOC_PARAM, and kinds that only a layout section sizes: they refer to nothing that is known
        const fixed = sizes.info[kind] as number;
        if (fixed === NO_SIZE) throw unknownKind(kind, header, at, startId + count);
        next = first + fixed + vlen * (sizes.elem[kind] as number);
      }
    }
    at = next;
    count++;
  }
  if (at !== end) throw badEnd(header, at > end ? (starts[count - 1] as number) : at, startId + count, at > end);
  starts[count] = end;
  for (const index of laterPrototypes) if (index < count && kinds[index] !== BtfKind.FuncProto) prototypesFit = false;
  return {
    // what was allocated too much stays unless it is a lot
    starts: count * 2 < capacity ? starts.slice(0, count + 1) : starts.subarray(0, count + 1),
    maxName: signs < 0 ? -1 : maxName,
    maxRef: signs < 0 ? -1 : maxRef,
    prototypesFit,
    refersToBaseProto,
  };
}

function grown<T extends Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function unknownKind(kind: number, header: BtfHeader, at: number, typeId: number): BtfError {
  return new BtfError('unknown-kind', `kind ${kind} has no known size`, {
    offset: header.typeOff + at * 4,
    typeId,
    expected: 'a kind of the format, or a row for it in the layout section',
  });
}

function badEnd(header: BtfHeader, at: number, nextId: number, runsPast: boolean): BtfError {
  return new BtfError(
    'bad-type',
    runsPast ? 'the last type runs past the section' : 'bytes are left after the last type',
    {
      offset: header.typeOff + at * 4,
      typeId: nextId - (runsPast ? 1 : 0),
      expected: 'the section to end where a type ends',
    },
  );
}
