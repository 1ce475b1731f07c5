// The bytes of one BTF, told by those of a similar one. Types and strings are aligned by content; what is aligned is
// copied with its ids and string offsets moved, the rest is written out by columns, and every word that the copy gets
// wrong is corrected, so that the result is exact whatever the BTF holds. Against an empty base it is a whole BTF.
//
//   header bytes | strings: runs, new text | types: runs, renamed pairs, corrections, columns of new types | other bytes
//
// The whole is compressed with zstd. Decoding needs the base's bytes and nothing else.

import { zstdCompressSync, zstdDecompressSync, constants as zlib } from 'node:zlib';
import { type Btf, BtfKind, kindLayout } from '@btfq/btf-format';
import { align, forEachRun, type HashedList } from './alignment.ts';
import { hashStringAt, type StringHashes } from './string-hashes.ts';
import { VarintReader, VarintWriter } from './varints.ts';

/** A BTF as deltas need it. */
export interface DeltaSide {
  readonly btf: Pick<Btf, 'bytes' | 'words' | 'starts'> & { readonly header: DeltaHeader };
  readonly strings: StringHashes;
  readonly types: HashedList;
}

/** Where the sections are; all in bytes from the start of the file. */
export interface DeltaHeader {
  readonly littleEndian: boolean;
  readonly typeOff: number;
  readonly typeLen: number;
  readonly strOff: number;
  readonly strLen: number;
}

/** What decoding gives: bytes, and what the next delta of a chain needs of them. */
export interface RawBtf {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
  readonly header: DeltaHeader;
  /** As in `StringHashes`, where it is known already. */
  readonly stringStarts?: Uint32Array | undefined;
}

/** An upper limit on what a damaged blob can make us allocate. */
const MAX_BTF_BYTES = 1 << 30;

export const EMPTY_RAW: RawBtf = {
  bytes: new Uint8Array(0),
  words: new Uint32Array(0),
  starts: new Uint32Array(1),
  header: { littleEndian: true, typeOff: 0, typeLen: 0, strOff: 0, strLen: 0 },
};

export const EMPTY_SIDE: DeltaSide = {
  btf: EMPTY_RAW,
  strings: { starts: new Uint32Array(1), lo: new Int32Array(0), hi: new Int32Array(0) },
  types: { lo: new Int32Array(0), hi: new Int32Array(0) },
};

const STREAM = { header: 0, strings: 1, text: 2, types: 3, pairs: 4, fixes: 5, infos: 6, names: 7, refs: 8, rest: 9 };
const STREAMS = Object.keys(STREAM).length;

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

const THIRD_IS_REF = Uint8Array.from(ROLES, ({ head }) => (head[2] === Role.ref ? 1 : 0));

/** The delta that makes `target` of `base`, and how their types were aligned (by own type number, -1: new). */
export function encodeDelta(
  base: DeltaSide,
  target: DeltaSide,
  level: number,
): { data: Uint8Array; typeMatch: Int32Array } {
  const streams = Array.from({ length: STREAMS }, () => new VarintWriter(1024)) as VarintWriter[];
  const stream = (name: keyof typeof STREAM) => streams[STREAM[name]] as VarintWriter;
  const { bytes, header, words, starts } = target.btf;

  // 1. all that is neither types nor strings
  const out = stream('header');
  out.add(header.littleEndian ? 1 : 0);
  for (const n of [bytes.length, header.typeOff, header.typeLen, header.strOff, header.strLen]) out.add(n);
  out.addBytes(bytes.subarray(0, header.typeOff));
  out.addBytes(bytes.subarray(header.typeOff + header.typeLen, header.strOff));
  out.addBytes(bytes.subarray(header.strOff + header.strLen));

  // 2. strings
  const stringMatch = align(base.strings, target.strings);
  const text = stream('text');
  const stringRuns = new RunWriter(stream('strings'));
  forEachRun(stringMatch, (from, to, length) => {
    stringRuns.write(from, length);
    if (from >= 0) return;
    const first = target.strings.starts[to] as number;
    const end = target.strings.starts[to + length] as number;
    stream('strings').add(end - first);
    text.addBytes(bytes.subarray(header.strOff + first, header.strOff + end));
  });
  const nameMap = mapStrings(base, target.strings.starts, stringMatch);

  // 3. types: runs, then which of the others took the place of which, by name
  const typeMatch = align(base.types, target.types);
  const typeRuns = new RunWriter(stream('types'));
  forEachRun(typeMatch, (from, _to, length) => typeRuns.write(from, length));
  const idMap = new Uint32Array(base.btf.starts.length);
  for (let i = 0; i < typeMatch.length; i++) if (typeMatch[i]! >= 0) idMap[typeMatch[i]! + 1] = i + 1;
  pairByName(base, target, typeMatch, idMap, stream('pairs'));

  // 4. what copying gets wrong, and the words of new types
  const columns = new ColumnWriter(stream('infos'), stream('names'), stream('refs'), stream('rest'));
  const fixes = stream('fixes');
  let lastFix = 0;
  for (let i = 0; i < typeMatch.length; i++) {
    const at = starts[i] as number;
    const end = starts[i + 1] as number;
    const from = typeMatch[i] as number;
    if (from < 0) {
      columns.write(words, at, end, i + 1);
      continue;
    }
    const baseAt = base.btf.starts[from] as number;
    copyType(base.btf.words, baseAt, end - at, idMap, nameMap, scratch(end - at), 0);
    for (let w = at; w < end; w++) {
      if (words[w] === shared[w - at]) continue;
      fixes.add(w - lastFix);
      fixes.addSigned((words[w] as number) - (shared[w - at] as number));
      lastFix = w;
    }
  }
  const all = new VarintWriter(4096);
  for (const part of streams) all.add(part.length);
  for (const part of streams) all.addBytes(part.view());
  const data = zstdCompressSync(all.view(), {
    params: { [zlib.ZSTD_c_compressionLevel]: level, [zlib.ZSTD_c_windowLog]: 23 },
  });
  return { data, typeMatch };
}

/** Undoes `encodeDelta`. Throws RangeError or zlib's errors where the data is damaged. */
export function decodeDelta(base: RawBtf, data: Uint8Array): RawBtf {
  const all = zstdDecompressSync(data, { maxOutputLength: MAX_BTF_BYTES });
  const lengths = new VarintReader(all);
  const sizes = Array.from({ length: STREAMS }, () => lengths.next());
  const streams = sizes.map((size) => new VarintReader(lengths.nextBytes(size)));
  const stream = (name: keyof typeof STREAM) => streams[STREAM[name]] as VarintReader;

  const head = stream('header');
  const littleEndian = head.next() === 1;
  const [total, typeOff, typeLen, strOff, strLen] = [head.next(), head.next(), head.next(), head.next(), head.next()];
  if (total > MAX_BTF_BYTES || typeOff + typeLen > strOff || strOff + strLen > total || typeLen % 4 !== 0) {
    throw new RangeError('the sections do not fit');
  }
  const header: DeltaHeader = { littleEndian, typeOff, typeLen, strOff, strLen };
  const bytes = new Uint8Array(total);
  bytes.set(head.nextBytes(typeOff));
  bytes.set(head.nextBytes(strOff - typeOff - typeLen), typeOff + typeLen);
  bytes.set(head.nextBytes(total - strOff - strLen), strOff + strLen);

  const { map: nameMap, starts: stringStarts } = decodeStrings(base, bytes, header, stream('strings'), stream('text'));

  const { runs, idMap, typeCount } = decodeRuns(base, stream('types'), stream('pairs'));
  const inPlace = littleEndian === hostLittleEndian && typeOff % 4 === 0;
  const words = inPlace ? new Uint32Array(bytes.buffer, typeOff, typeLen / 4) : new Uint32Array(typeLen / 4);
  const starts = new Uint32Array(typeCount + 1);
  const columns = new ColumnReader(stream('infos'), stream('names'), stream('refs'), stream('rest'));
  let at = 0;
  let number = 0;
  for (let r = 0; r < runs.length; r += 2) {
    const from = runs[r] as number;
    const length = runs[r + 1] as number;
    if (from < 0) {
      for (let i = 0; i < length; i++) {
        starts[number++] = at;
        at = columns.read(words, at, number);
      }
      continue;
    }
    for (let i = from; i < from + length; i++) {
      const baseAt = base.starts[i] as number;
      const size = (base.starts[i + 1] as number) - baseAt;
      if (at + size > words.length) throw new RangeError('the types exceed their section');
      starts[number++] = at;
      copyType(base.words, baseAt, size, idMap, nameMap, words, at);
      at += size;
    }
  }
  if (at !== words.length) throw new RangeError('the types do not fill their section');
  starts[number] = at;
  const fixes = stream('fixes');
  for (let w = 0; !fixes.done; ) {
    w += fixes.next();
    if (w >= words.length) throw new RangeError('a correction lies outside the types');
    words[w] = (words[w] as number) + fixes.nextSigned();
  }
  if (!inPlace) storeWords(words, bytes, header);
  return { bytes, words, starts, header, stringStarts };
}

/** A run is where it begins in the base, told by where the run before it ended (0: new items), and its length. */
class RunWriter {
  private expected = 0;
  private readonly out: VarintWriter;

  constructor(out: VarintWriter) {
    this.out = out;
  }

  write(from: number, length: number): void {
    if (from < 0) this.out.add(0);
    else {
      const jump = from - this.expected;
      this.out.add(jump < 0 ? -2 * jump : 2 * jump + 1);
      this.expected = from + length;
    }
    this.out.add(length);
  }
}

class RunReader {
  private expected = 0;
  private readonly input: VarintReader;
  from = 0;
  length = 0;

  constructor(input: VarintReader) {
    this.input = input;
  }

  /** Sets `from` (-1: new items) and `length`; false at the end. Throws RangeError beyond `count` items of the base. */
  next(count: number): boolean {
    if (this.input.done) return false;
    const jump = this.input.next();
    this.length = this.input.next();
    if (jump === 0) this.from = -1;
    else {
      this.from = this.expected + (jump % 2 === 0 ? -jump / 2 : (jump - 1) / 2);
      this.expected = this.from + this.length;
      if (this.from < 0 || this.expected > count) throw new RangeError('a run exceeds the base');
    }
    return true;
  }
}

/** A map of string offsets, all 0. The memory is used again by the next delta: two kernels' worth is not kept twice. */
function emptyMap(size: number): Uint32Array {
  if (nameMapMemory.length < size) nameMapMemory = new Uint32Array(Math.ceil(size * 1.25));
  return nameMapMemory.subarray(0, size).fill(0);
}
let nameMapMemory = new Uint32Array(0);

/** Where each string of the base begins in the target; 0 for what is gone. */
function mapStrings(base: DeltaSide, targetStarts: Uint32Array, match: Int32Array): Uint32Array {
  const map = emptyMap(base.btf.header.strLen);
  for (let i = 0; i < match.length; i++) {
    if (match[i]! >= 0) map[base.strings.starts[match[i]!] as number] = targetStarts[i] as number;
  }
  return map;
}

function decodeStrings(
  base: RawBtf,
  bytes: Uint8Array,
  header: DeltaHeader,
  input: VarintReader,
  text: VarintReader,
): { map: Uint32Array; starts: Uint32Array } {
  const source = base.bytes.subarray(base.header.strOff, base.header.strOff + base.header.strLen);
  const map = emptyMap(source.length);
  const starts = base.stringStarts ?? stringStarts(source);
  const own = new GrowingStarts(starts.length + 1024);
  let at = header.strOff;
  const end = header.strOff + header.strLen;
  const runs = new RunReader(input);
  while (runs.next(starts.length - 1)) {
    const { from, length } = runs;
    if (from < 0) {
      const added = text.nextBytes(input.next());
      if (at + added.length > end) throw new RangeError('the strings exceed their section');
      bytes.set(added, at);
      own.scan(added, at - header.strOff);
      at += added.length;
      continue;
    }
    const first = starts[from] as number;
    const copied = source.subarray(first, starts[from + length]);
    if (at + copied.length > end) throw new RangeError('the strings exceed their section');
    bytes.set(copied, at);
    const shift = at - header.strOff - first;
    own.reserve(length);
    for (let i = from; i < from + length; i++) {
      const start = starts[i] as number;
      map[start] = start + shift;
      own.starts[own.count++] = start + shift;
    }
    at += copied.length;
  }
  if (at !== end) throw new RangeError('the strings do not fill their section');
  return { map, starts: own.finish(header.strLen) };
}

/** As `hashStrings` cuts them: offsets of the strings and the end. */
function stringStarts(section: Uint8Array): Uint32Array {
  const starts = new GrowingStarts(section.length / 8 + 16);
  starts.scan(section, 0);
  return starts.finish(section.length);
}

class GrowingStarts {
  starts: Uint32Array;
  count = 0;

  constructor(capacity: number) {
    this.starts = new Uint32Array(Math.ceil(capacity));
  }

  reserve(more: number): void {
    if (this.count + more < this.starts.length) return;
    const grown = new Uint32Array((this.count + more) * 2);
    grown.set(this.starts);
    this.starts = grown;
  }

  /** Adds the strings of a piece of a section that begins at `at` in it. */
  scan(piece: Uint8Array, at: number): void {
    const { length } = piece;
    for (let i = 0; i < length; ) {
      this.reserve(1);
      this.starts[this.count++] = at + i;
      while (i < length && piece[i] !== 0) i++;
      i++;
    }
  }

  finish(length: number): Uint32Array {
    this.reserve(1);
    this.starts[this.count] = length;
    return this.starts.subarray(0, this.count + 1);
  }
}

/** Types that were changed rather than copied still have to be found by those that refer to them. */
function pairByName(
  base: DeltaSide,
  target: DeltaSide,
  match: Int32Array,
  idMap: Uint32Array,
  out: VarintWriter,
): void {
  const waiting = new Map<string, number[]>();
  const key = (side: DeltaSide, i: number): string | undefined => {
    const at = side.btf.starts[i] as number;
    const name = side.btf.words[at] as number;
    const { header, bytes } = side.btf;
    if (name === 0 || name >= header.strLen) return undefined;
    const kind = ((side.btf.words[at + 1] as number) >>> 24) & 0x7f;
    const { lo, hi } = hashStringAt(bytes, header.strOff + name);
    return `${kind} ${lo} ${hi}`;
  };
  const baseCount = base.btf.starts.length - 1;
  for (let i = 0; i < baseCount; i++) {
    if (idMap[i + 1] !== 0) continue;
    const k = key(base, i);
    if (k === undefined) continue;
    const list = waiting.get(k);
    if (list) list.push(i);
    else waiting.set(k, [i]);
  }
  let lastTarget = 0;
  let lastBase = 0;
  for (let i = 0; i < match.length; i++) {
    if (match[i]! >= 0) continue;
    const k = key(target, i);
    const from = k === undefined ? undefined : waiting.get(k)?.shift();
    if (from === undefined) continue;
    idMap[from + 1] = i + 1;
    out.add(i - lastTarget);
    out.addSigned(from - lastBase);
    lastTarget = i;
    lastBase = from;
  }
}

function decodeRuns(base: RawBtf, types: VarintReader, pairs: VarintReader) {
  const runs: number[] = [];
  const idMap = new Uint32Array(base.starts.length);
  let typeCount = 0;
  const reader = new RunReader(types);
  while (reader.next(base.starts.length - 1)) {
    const { from, length } = reader;
    if (typeCount + length > MAX_BTF_BYTES / 12) throw new RangeError('too many types');
    runs.push(from, length);
    if (from >= 0) for (let i = 0; i < length; i++) idMap[from + i + 1] = typeCount + i + 1;
    typeCount += length;
  }
  let target = 0;
  let source = 0;
  while (!pairs.done) {
    target += pairs.next();
    source += pairs.nextSigned();
    idMap[source + 1] = target + 1;
  }
  return { runs, idMap, typeCount };
}

let shared = new Uint32Array(1024);
function scratch(size: number): Uint32Array {
  if (shared.length < size) shared = new Uint32Array(size * 2);
  return shared;
}

/** Copies one type record with its names and references moved. Both sides do exactly this. */
function copyType(
  from: Uint32Array,
  fromAt: number,
  size: number,
  idMap: Uint32Array,
  nameMap: Uint32Array,
  to: Uint32Array,
  toAt: number,
): void {
  const info = from[fromAt + 1] as number;
  const kind = (info >>> 24) & 0x7f;
  const name = from[fromAt] as number;
  to[toAt] = name < nameMap.length ? (nameMap[name] as number) : name;
  to[toAt + 1] = info;
  const third = from[fromAt + 2] as number;
  if (size === 3) {
    to[toAt + 2] = THIRD_IS_REF[kind] === 1 && third < idMap.length ? (idMap[third] as number) : third;
    return; // two types in three are pointers, functions, qualifiers
  }
  const { head, element } = ROLES[kind] as (typeof ROLES)[number];
  to[toAt + 2] = head[2] === Role.ref && third < idMap.length ? (idMap[third] as number) : third;
  const fixed = Math.min(head.length, size);
  for (let w = 3; w < fixed; w++) {
    const word = from[fromAt + w] as number;
    to[toAt + w] = head[w] === Role.ref && word < idMap.length ? (idMap[word] as number) : word;
  }
  const stride = element.length;
  let r = 0;
  for (let w = fixed; w < size; w++) {
    const word = from[fromAt + w] as number;
    const role = element[r];
    to[toAt + w] =
      role === Role.plain
        ? word
        : role === Role.name
          ? word < nameMap.length
            ? (nameMap[word] as number)
            : word
          : word < idMap.length
            ? (idMap[word] as number)
            : word;
    if (++r === stride) r = 0;
  }
}

/** New types, their words sorted into columns by role, each told by the one before it in its column. */
class ColumnWriter {
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
    const info = words[at + 1] as number;
    const { head, element } = ROLES[(info >>> 24) & 0x7f] as (typeof ROLES)[number];
    this.infos.add(((info << 8) | (info >>> 24)) >>> 0); // kind and flag first: they are what differs least
    this.infos.add(end - at);
    let last = 0;
    for (let w = at; w < end; w++) {
      if (w === at + 1) continue;
      const position = w - at;
      const role = position < head.length ? head[position] : element[(position - head.length) % element.length];
      const word = words[w] as number;
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

class ColumnReader {
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
    const { head, element } = ROLES[(info >>> 24) & 0x7f] as (typeof ROLES)[number];
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

const hostLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function storeWords(words: Uint32Array, bytes: Uint8Array, header: DeltaHeader): void {
  if (header.littleEndian === hostLittleEndian) {
    bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), header.typeOff);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + header.typeOff, header.typeLen);
  for (let i = 0; i < words.length; i++) view.setUint32(i * 4, words[i] as number, header.littleEndian);
}
