// The bytes of one BTF, told by those of a similar one. Types and strings are aligned by content; what is aligned is
// copied with its ids and string offsets moved, the rest is written out by columns, and every word that the copy gets
// wrong is corrected, so that the result is exact whatever the BTF holds. Against an empty base it is a whole BTF.
//
//   header bytes | strings: runs, new text | types: runs, renamed pairs, corrections, columns of new types | other bytes
//
// The whole is compressed with zstd. Decoding needs the base's bytes and nothing else.

import { infoKind } from '@btfq/btf-format';
import { zstdCompressSync, zstdDecompressSync, constants as zlib } from 'node:zlib';
import type { Btf } from '@btfq/btf-format';
import { align, forEachRun, type HashedList } from './alignment.ts';
import { RunReader, RunWriter } from './delta-runs.ts';
import { decodeStrings, mapStrings } from './delta-strings.ts';
import { ColumnReader, ColumnWriter, copyType } from './delta-types.ts';
import { hashStringAt, type StringHashes } from '../prepare/string-hashes.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

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
    const kind = infoKind(side.btf.words[at + 1] as number);
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

const hostLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function storeWords(words: Uint32Array, bytes: Uint8Array, header: DeltaHeader): void {
  if (header.littleEndian === hostLittleEndian) {
    bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), header.typeOff);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + header.typeOff, header.typeLen);
  for (let i = 0; i < words.length; i++) view.setUint32(i * 4, words[i] as number, header.littleEndian);
}
