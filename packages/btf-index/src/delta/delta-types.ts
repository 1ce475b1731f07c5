// Types of a delta: one that is copied, its ids and string offsets moved; and new ones, written by columns.

import { THIRD_IS_REF } from '../modules/word-roles.ts';
import { BtfKind, kindLayout, infoKind } from '@btfq/btf-format';
import { BLOCK, MIXED, type StringMap } from './string-map.ts';
import type { VarintReader, VarintWriter } from '../varints.ts';

/** What a word of a type record holds. */
const Role = { plain: 0, name: 1, ref: 2 } as const;

/**
 * Roles by kind: of the words before the elements, and of one element's. Kinds that only a layout section sizes are
 * plain throughout.
 */
const ROLES = Array.from({ length: 128 }, (_, kind) => {
  const row = kindLayout(kind);
  if (row === undefined || kind === BtfKind.Unknown) return { head: [1, 0, 0], element: [0] };
  const head: number[] = [Role.name, Role.plain, row.third === 'type' ? Role.ref : Role.plain];
  for (let i = 0; i < row.infoWords; i++) head.push(row.infoRefs.includes(i) ? Role.ref : Role.plain);
  const element: number[] = [];
  for (let i = 0; i < row.elemWords; i++) {
    element.push(row.elemRefs.includes(i) ? Role.ref : row.elemNames.includes(i) ? Role.name : Role.plain);
  }
  return { head, element: element.length > 0 ? element : [Role.plain] };
});

/** What the elements of a record are made of, for the kinds that have most of the words. */
const Shape = { other: 0, members: 1, params: 2, enumerators: 3 } as const;
const SHAPES = Uint8Array.from(ROLES, (_, kind) => {
  if (kind === BtfKind.Struct || kind === BtfKind.Union) return Shape.members;
  if (kind === BtfKind.FuncProto) return Shape.params;
  return kind === BtfKind.Enum ? Shape.enumerators : Shape.other;
});

/** Copies one type record with its names and references moved; what lies outside a map stays as it is. Both sides do exactly this. */
export function copyType(
  from: Uint32Array,
  fromAt: number,
  size: number,
  idMap: Uint32Array,
  names: StringMap,
  to: Uint32Array,
  toAt: number,
): void {
  const info = from[fromAt + 1]!;
  const kind = infoKind(info);
  const name = from[fromAt]!;
  to[toAt] = names.of(name);
  to[toAt + 1] = info;
  const third = from[fromAt + 2]!;
  to[toAt + 2] = THIRD_IS_REF[kind] === 1 ? mapped(idMap, third) : third;
  if (size === 3) return; // two types in three are pointers, functions, qualifiers
  const end = fromAt + size;
  let at = fromAt + 3;
  let out = toAt + 3;
  switch (SHAPES[kind]) {
    case Shape.members:
      for (; at + 2 < end; at += 3, out += 3) {
        const memberName = from[at]!;
        const type = from[at + 1]!;
        to[out] = names.of(memberName);
        to[out + 1] = mapped(idMap, type);
        to[out + 2] = from[at + 2]!;
      }
      break;
    case Shape.params:
      for (; at + 1 < end; at += 2, out += 2) {
        const paramName = from[at]!;
        const type = from[at + 1]!;
        to[out] = names.of(paramName);
        to[out + 1] = mapped(idMap, type);
      }
      break;
    case Shape.enumerators:
      for (; at + 1 < end; at += 2, out += 2) {
        const valueName = from[at]!;
        to[out] = names.of(valueName);
        to[out + 1] = from[at + 1]!;
      }
      break;
    default:
  }
  if (at < end) copyByRoles(from, fromAt, at - fromAt, size, idMap, names, to, toAt);
}

/** Records of a BTF as signed numbers, which the engine keeps in registers. */
export interface SignedRecords {
  readonly words: Int32Array;
  readonly starts: Uint32Array;
}

/** The records of a BTF, the same memory. */
export function signedRecords({ words, starts }: { words: Uint32Array; starts: Uint32Array }): SignedRecords {
  return { words: new Int32Array(words.buffer, words.byteOffset, words.length), starts };
}

/**
 * How many of `length` records from number `from` on are, copied as `copyType` does, the records from number `to` on; counted up
 * to the first one that may differ. This is what most of a delta's time goes to: no function is called for a word.
 */
export function exactCopies(
  base: SignedRecords,
  from: number,
  target: SignedRecords,
  to: number,
  length: number,
  idMap: Int32Array,
  names: StringMap,
): number {
  const { words, starts } = target;
  const { words: old, starts: oldStarts } = base;
  const { blocks, section } = names;
  const ids = idMap.length;
  const unnamed = names.of(0) | 0;
  for (let i = 0; i < length; i++) {
    const at = starts[to + i]! | 0;
    const end = starts[to + i + 1]! | 0;
    let was = oldStarts[from + i]! | 0;
    const info = words[at + 1]! | 0;
    if (info !== old[was + 1]) return i;
    const name = old[was]! | 0;
    if (name === 0) {
      if (words[at] !== unnamed) return i;
    } else {
      const block = name >>> BLOCK;
      const shift = block < blocks.length ? blocks[block]! | 0 : MIXED;
      const now = shift !== MIXED && section[name - 1] === 0 ? (name + shift) | 0 : names.of(name >>> 0) | 0;
      if (words[at] !== now) return i;
    }
    const kind = (info >>> 24) & 0x7f;
    const third = old[was + 2]! | 0;
    if (THIRD_IS_REF[kind] === 1 && third >= 0 && third < ids) {
      if (words[at + 2] !== idMap[third]) return i;
    } else if (words[at + 2] !== third) return i;
    let w = at + 3;
    if (w === end) continue; // two types in three are pointers, functions, qualifiers
    was += 3;
    const shape = SHAPES[kind]!;
    if (shape === Shape.other) return i;
    const step = shape === Shape.members ? 3 : 2;
    for (; w + step <= end; w += step, was += step) {
      const name = old[was]! | 0;
      if (name === 0) {
        if (words[w] !== unnamed) return i;
      } else {
        const block = name >>> BLOCK;
        const shift = block < blocks.length ? blocks[block]! | 0 : MIXED;
        const now = shift !== MIXED && section[name - 1] === 0 ? (name + shift) | 0 : names.of(name >>> 0) | 0;
        if (words[w] !== now) return i;
      }
      const second = old[was + 1]! | 0;
      if (shape !== Shape.enumerators && second >= 0 && second < ids) {
        if (words[w + 1] !== idMap[second]) return i;
      } else if (words[w + 1] !== second) return i;
      if (step === 3 && words[w + 2] !== old[was + 2]) return i;
    }
    if (w !== end) return i;
  }
  return length;
}

/** Copies records that follow each other to word `at`, as `copyType` does: the same loop as that of `exactCopies`. */
export function copyTypes(
  base: SignedRecords,
  from: number,
  length: number,
  idMap: Int32Array,
  names: StringMap,
  to: Int32Array,
  at: number,
): void {
  const { words, starts } = base;
  const { blocks, section } = names;
  const ids = idMap.length;
  for (let i = from; i < from + length; i++) {
    const first = starts[i]! | 0;
    const end = starts[i + 1]! | 0;
    let w = first;
    const info = words[w + 1]! | 0;
    const kind = (info >>> 24) & 0x7f;
    const shape = SHAPES[kind]!;
    if (shape === Shape.other && end !== w + 3) {
      copyByRoles(words, w, 0, end - w, idMap, names, to, at);
      at += end - w;
      continue;
    }
    const name = words[w]! | 0;
    const third = words[w + 2]! | 0;
    to[at] = moved(name, blocks, section, names);
    to[at + 1] = info;
    to[at + 2] = THIRD_IS_REF[kind] === 1 && third >= 0 && third < ids ? idMap[third]! : third;
    w += 3;
    at += 3;
    if (w === end) continue;
    const step = shape === Shape.members ? 3 : 2;
    for (; w + step <= end; w += step, at += step) {
      const second = words[w + 1]! | 0;
      to[at] = moved(words[w]! | 0, blocks, section, names);
      to[at + 1] = shape !== Shape.enumerators && second >= 0 && second < ids ? idMap[second]! : second;
      if (step === 3) to[at + 2] = words[w + 2]!;
    }
    if (w === end) continue;
    copyByRoles(words, first, w - first, end - first, idMap, names, to, at - (w - first));
    at += end - w;
  }
}

function moved(name: number, blocks: Int32Array, section: Uint8Array, names: StringMap): number {
  const block = name >>> BLOCK;
  const shift = block < blocks.length ? blocks[block]! | 0 : MIXED;
  return shift !== MIXED && (name === 0 || section[name - 1] === 0) ? (name + shift) | 0 : names.of(name >>> 0) | 0;
}

const REFERRED = 17;
/** By the lower bits of a word: whether it may be an id that is looked for. */
const referred = new Uint8Array(1 << REFERRED);

/**
 * Visits, in order, the numbers of the records that refer to one of these ids; those whose words have no fixed roles too, where one of the words
 * could be such a reference. Words are looked at before records, for most are nothing of the kind.
 */
export function eachReferring(
  { words, starts }: SignedRecords,
  ids: readonly number[],
  visit: (number: number) => void,
): void {
  const mask = (1 << REFERRED) - 1;
  for (const id of ids) referred[id & mask] = 1;
  const wanted = new Set(ids);
  let number = 0;
  for (let w = 0; w < words.length; w++) {
    if (referred[words[w]! & mask] === 0 || !wanted.has(words[w]!)) continue;
    while (starts[number + 1]! <= w) number++;
    if (!isReference(words, starts[number]!, w)) continue;
    visit(number);
    w = starts[number + 1]! - 1;
  }
  for (const id of ids) referred[id & mask] = 0;
}

/** Whether word `w` of a record refers to a type; or may do so. */
function isReference(words: Int32Array, at: number, w: number): boolean {
  const kind = (words[at + 1]! >>> 24) & 0x7f;
  if (w < at + 3) return w === at + 2 && THIRD_IS_REF[kind] === 1;
  const shape = SHAPES[kind]!;
  if (shape === Shape.enumerators) return false;
  return shape === Shape.other || (w - at - 3) % (shape === Shape.members ? 3 : 2) === 1;
}

function mapped(idMap: Uint32Array | Int32Array, id: number): number {
  return id < idMap.length ? idMap[id]! : id;
}

/** The words of a record from `w` on, by their roles. */
function copyByRoles(
  from: Uint32Array | Int32Array,
  fromAt: number,
  w: number,
  size: number,
  idMap: Uint32Array | Int32Array,
  names: StringMap,
  to: Uint32Array | Int32Array,
  toAt: number,
): void {
  const { head, element } = ROLES[infoKind(from[fromAt + 1]!)] as (typeof ROLES)[number];
  for (; w < size; w++) {
    const word = from[fromAt + w]! >>> 0;
    const role = w < head.length ? head[w] : element[(w - head.length) % element.length];
    to[toAt + w] = role === Role.name ? names.of(word) : role === Role.ref ? mapped(idMap, word) : word;
  }
}

/** The same of one record by itself. */
export function movedRecord(
  record: Uint32Array,
  idOf: (id: number) => number,
  nameOf: (offset: number) => number,
): Uint32Array {
  const { head, element } = ROLES[infoKind(record[1]!)] as (typeof ROLES)[number];
  const to = new Uint32Array(record.length);
  for (let w = 0; w < record.length; w++) {
    const word = record[w]!;
    const role = w < head.length ? head[w] : element[(w - head.length) % element.length];
    to[w] = role === Role.name ? nameOf(word) : role === Role.ref ? idOf(word) : word;
  }
  return to;
}

/** New types, their words sorted into columns by role, each relative to the one before it in its column. */
export class ColumnWriter {
  private lastName = 0;
  private readonly infos: VarintWriter;
  private readonly names: VarintWriter;
  private readonly refs: VarintWriter;
  private readonly rest: VarintWriter;

  constructor(infos: VarintWriter, names: VarintWriter, refs: VarintWriter, rest: VarintWriter) {
    this.infos = infos;
    this.names = names;
    this.refs = refs;
    this.rest = rest;
  }

  write(words: Uint32Array, at: number, end: number, id: number): void {
    const info = words[at + 1]!;
    const { head, element } = ROLES[infoKind(info)] as (typeof ROLES)[number];
    this.infos.add(((info << 8) | (info >>> 24)) >>> 0); // kind and flag first: they are what differs least
    this.infos.add(end - at);
    let last = 0;
    for (let w = at; w < end; w++) {
      if (w === at + 1) continue;
      const position = w - at;
      const role = position < head.length ? head[position] : element[(position - head.length) % element.length];
      const word = words[w]!;
      if (role === Role.name) {
        this.names.addSigned(word - this.lastName);
        this.lastName = word;
      } else if (role === Role.ref) this.refs.addSigned(id - word);
      else {
        this.rest.addSigned(word - last);
        last = position < head.length ? 0 : word;
      }
    }
  }
}

export class ColumnReader {
  private lastName = 0;
  private readonly infos: VarintReader;
  private readonly names: VarintReader;
  private readonly refs: VarintReader;
  private readonly rest: VarintReader;

  constructor(infos: VarintReader, names: VarintReader, refs: VarintReader, rest: VarintReader) {
    this.infos = infos;
    this.names = names;
    this.refs = refs;
    this.rest = rest;
  }

  /** Writes the next type at word `at` and returns where it ends. */
  read(words: Uint32Array, at: number, id: number): number {
    const turned = this.infos.next();
    const info = ((turned >>> 8) | (turned << 24)) >>> 0;
    const size = this.infos.next();
    const end = at + size;
    if (size < 3 || end > words.length) throw new RangeError('a type exceeds its section');
    const { head, element } = ROLES[infoKind(info)] as (typeof ROLES)[number];
    let last = 0;
    for (let w = at; w < end; w++) {
      if (w === at + 1) {
        words[w] = info;
        continue;
      }
      const position = w - at;
      const role = position < head.length ? head[position] : element[(position - head.length) % element.length];
      if (role === Role.name) words[w] = this.lastName += this.names.nextSigned();
      else if (role === Role.ref) words[w] = id - this.refs.nextSigned();
      else {
        const word = last + this.rest.nextSigned();
        words[w] = word;
        last = position < head.length ? 0 : word;
      }
    }
    return end;
  }
}
