// The one pass over a type section: where each record begins, and whether its names and references can be right, so that
// what libbpf asks of every BTF it opens (btf_parse_type_sec and btf_sanity_check in btf.c) is known when the pass ends.
// A kernel goes through wasm (btf-memory.ts). The loop here takes small sections and whatever that pass gives up on, and knows
// what is wrong. It is written for speed too, for where there is no wasm: words are read as signed numbers, which the engine keeps
// in registers; a name is held against its limit by a subtraction whose sign is collected; the kinds that kernels have
// most of come first.

import { passOver } from './btf-memory.ts';
import { BtfError } from './errors.ts';
import type { BtfHeader } from './header.ts';
import { BtfKind, type KindSizes, NO_SIZE, TYPE_WORDS } from './kinds.ts';
import { eachName, eachRef } from './refs.ts';
import { infoKind, infoVlen } from './info.ts';

/** What the pass saw. */
export interface TypeIndex {
  /** For each type the index of its first word, and one more entry: the end. */
  readonly starts: Uint32Array;
  /** Whether every name is below the limit, and no reference above 2^31. */
  readonly namesFit: boolean;
  /** The largest type id. */
  readonly maxRef: number;
  /** Whether every FUNC refers to a FUNC_PROTO of this section; false too where one refers to the base. */
  readonly prototypesFit: boolean;
}

/** A kernel's types take about seven words each. */
const WORDS_PER_TYPE = 7;

/** `stringEnd`: names are below it. Throws `unknown-kind` and `bad-type`. */
export function indexTypes(
  section: Uint32Array,
  sizes: KindSizes,
  header: BtfHeader,
  startId: number,
  stringEnd: number,
): TypeIndex {
  const lastName = Math.min(stringEnd - 1, 0x7fffffff);
  const plain = passOver(section, startId, lastName);
  if (plain !== undefined) return { ...plain, namesFit: true, prototypesFit: true };
  const words = new Int32Array(section.buffer, section.byteOffset, section.length);
  const end = words.length;
  let capacity = Math.ceil(end / WORDS_PER_TYPE) + 16;
  let starts = new Uint32Array(capacity);
  let kinds = new Uint8Array(capacity);
  let count = 0;
  let at = 0;
  let signs = 0; // negative once a name is beyond its limit, or a reference beyond 2^31
  let maxRef = 0;
  let prototypesFit = true;
  const laterPrototypes: number[] = [];

  while (at + TYPE_WORDS <= end) {
    if (count + 1 >= capacity) {
      capacity *= 2;
      starts = grown(starts, new Uint32Array(capacity));
      kinds = grown(kinds, new Uint8Array(capacity));
    }
    const name = words[at]!;
    const info = words[at + 1]!;
    const third = words[at + 2]!;
    const kind = infoKind(info);
    const first = at + TYPE_WORDS;
    starts[count] = at;
    kinds[count] = kind;
    signs |= name | (lastName - name);

    if (kind === BtfKind.Func) {
      signs |= third;
      if (third > maxRef) maxRef = third;
      const index = third - startId;
      if (index >= count) laterPrototypes.push(index);
      else if (kinds[index] !== BtfKind.FuncProto) prototypesFit = false;
      at = first;
    } else if (kind === BtfKind.FuncProto) {
      // Differs from libbpf: the return type is checked too; btf_validate_type forgets it, and later readers follow it
      signs |= third;
      if (third > maxRef) maxRef = third;
      at = first + infoVlen(info) * 2;
      if (at > end) break;
      for (let w = first; w < at; w += 2) {
        const paramName = words[w]!;
        const type = words[w + 1]!;
        signs |= paramName | (lastName - paramName) | type;
        if (type > maxRef) maxRef = type;
      }
    } else if (isPlainReference(kind)) {
      signs |= third;
      if (third > maxRef) maxRef = third;
      at = first;
    } else if (kind === BtfKind.Struct || kind === BtfKind.Union) {
      at = first + infoVlen(info) * 3;
      if (at > end) break;
      for (let w = first; w < at; w += 3) {
        const memberName = words[w]!;
        const type = words[w + 1]!;
        signs |= memberName | (lastName - memberName) | type;
        if (type > maxRef) maxRef = type;
      }
    } else if (kind === BtfKind.Array) {
      at = first + 3;
      if (at > end) break;
      const element = words[first]!;
      const index = words[first + 1]!;
      signs |= element | index;
      if (element > maxRef) maxRef = element;
      if (index > maxRef) maxRef = index;
    } else if (kind === BtfKind.Enum) {
      at = first + infoVlen(info) * 2;
      if (at > end) break;
      for (let w = first; w < at; w += 2) {
        const valueName = words[w]!;
        signs |= valueName | (lastName - valueName);
      }
    } else {
      // the few others, by the kind table
      const fixed = sizes.info[kind]!;
      if (fixed === NO_SIZE) throw unknownKind(kind, header, at, startId + count);
      const next = first + fixed + infoVlen(info) * sizes.elem[kind]!;
      if (next <= end) {
        // in functions of their own: a closure over `signs` and `maxRef` would move them to the heap
        signs |= nameSigns(section, at, lastName);
        const largest = largestRef(section, at);
        signs |= largest;
        if (largest > maxRef) maxRef = largest;
      }
      at = next;
      if (at > end) break;
    }
    count++;
  }
  if (at > end) throw badEnd('the last type runs past the section', header, starts[count]!, startId + count);
  if (at !== end) throw badEnd('bytes are left after the last type', header, at, startId + count);
  starts[count] = end;
  for (const index of laterPrototypes) if (kinds[index] !== BtfKind.FuncProto || index >= count) prototypesFit = false;
  return {
    // what was allocated too much stays unless it is a lot
    starts: count * 2 < capacity ? starts.slice(0, count + 1) : starts.subarray(0, count + 1),
    namesFit: signs >= 0,
    maxRef,
    prototypesFit,
  };
}

/** Negative where a name of the record is beyond `lastName`. */
function nameSigns(section: Uint32Array, at: number, lastName: number): number {
  let signs = 0;
  eachName(section, at, (offset) => {
    signs |= offset | (lastName - offset);
  });
  return signs;
}

/** The largest id in the record as a signed number: negative where it is beyond 2^31. */
function largestRef(section: Uint32Array, at: number): number {
  let largest = 0;
  eachRef(section, at, (id) => {
    if (id > largest) largest = id;
  });
  return largest | 0;
}

function isPlainReference(kind: number): boolean {
  return (
    kind === BtfKind.Ptr ||
    kind === BtfKind.Const ||
    kind === BtfKind.Typedef ||
    kind === BtfKind.Volatile ||
    kind === BtfKind.Restrict ||
    kind === BtfKind.TypeTag
  );
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

function badEnd(what: string, header: BtfHeader, at: number, typeId: number): BtfError {
  return new BtfError('bad-type', what, {
    offset: header.typeOff + at * 4,
    typeId,
    expected: 'the section to end where a type ends',
  });
}
