// Writes the delta of one BTF against a similar one: see btf-delta.ts for its parts.

import { zstdCompressSync, constants as zlib } from 'node:zlib';
import { infoKind } from '@btfq/btf-format';
import { giveBack, takeUint32 } from '../bytes.ts';
import { align, type Runs } from './alignment.ts';
import { STREAM, STREAMS } from './btf-delta.ts';
import type { DeltaSide } from './delta-side.ts';
import { exactByPairs, type ExactPairs } from './exact-pairs.ts';
import { RunWriter } from './delta-runs.ts';
import { mapStrings } from './delta-strings.ts';
import type { StringMap } from './string-map.ts';
import { ColumnWriter, copyType, exactCopies, signedRecords } from './delta-types.ts';
import type { Alike } from '../prepare/earlier.ts';
import { hashStringAt } from '../prepare/string-hashes.ts';
import { VarintWriter } from '../varints.ts';

/** A delta that is not compressed yet, and how it was made. */
export interface EncodedDelta {
  readonly streams: Uint8Array;
  /** Which types and strings are the base's. */
  readonly types: Runs;
  readonly strings: Runs;
  /** Which of the other types took the place of which, in two numbers each: its own and the base's. */
  readonly pairs: readonly number[];
  /** Where the base's types are now: by id, 0 for gone. */
  readonly idMap: Uint32Array;
  /** Where its strings are now. */
  readonly names: StringMap;
}

/**
 * The delta that makes `target` of `base`. What is known of the two already (`alike`, if it is of this base) need not be
 * found out again.
 */
export function encodeDelta(base: DeltaSide, target: DeltaSide, alike?: Alike): EncodedDelta {
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
  const strings = align(base.strings, target.strings, alike && knownStrings(base, target, alike));
  const text = stream('text');
  const stringRuns = new RunWriter(stream('strings'));
  strings.each((from, to, length) => {
    stringRuns.write(from, length);
    if (from >= 0) return;
    const first = target.strings.starts[to]!;
    const end = target.strings.starts[to + length]!;
    stream('strings').add(end - first);
    text.addBytes(bytes.subarray(header.strOff + first, header.strOff + end));
  });
  const names = mapStrings(base, target.strings.starts, strings);

  // 3. types: runs, then which of the others took the place of which, by name
  const types = align(base.types, target.types, alike && knownTypes(alike));
  const typeRuns = new RunWriter(stream('types'));
  const idMap = takeUint32(base.btf.starts.length).fill(0);
  types.each((from, to, length) => {
    typeRuns.write(from, length);
    if (from >= 0) for (let i = 1; i <= length; i++) idMap[from + i] = to + i;
  });
  const pairs = pairByName(base, target, types, idMap);
  writePairs(pairs, stream('pairs'));

  // 4. what copying gets wrong, and the words of new types
  const columns = new ColumnWriter(stream('infos'), stream('names'), stream('refs'), stream('rest'));
  const fixes = stream('fixes');
  let lastFix = 0;
  const fix = (from: number, i: number) => {
    const [at, size] = [starts[i]!, starts[i + 1]! - starts[i]!];
    const copy = scratch(size);
    copyType(base.btf.words, base.btf.starts[from]!, size, idMap, names, copy, 0);
    for (let w = 0; w < size; w++) {
      if (words[at + w] === copy[w]) continue;
      fixes.add(at + w - lastFix);
      fixes.addSigned(words[at + w]! - copy[w]!);
      lastFix = at + w;
    }
  };
  const exact = exactByPairs(base, target, alike, strings, idMap);
  const [old, now] = [signedRecords(base.btf), signedRecords(target.btf)];
  const signedIds = new Int32Array(idMap.buffer, 0, idMap.length);
  let next = 0; // of the exact pairs
  let nextNot = 0;
  /** Up to where the types from number `to` on are known to be exact copies of those from `from` on, of which number `end` is the last but one. */
  const exactEnd = ({ pairs: runs, not }: ExactPairs, from: number, to: number, end: number): number => {
    while (next < runs.length && runs[next]! + Math.abs(runs[next + 2]!) <= to) next += 3;
    if (next >= runs.length || runs[next]! > to || runs[next + 2]! < 0) return to;
    if (runs[next + 1]! - runs[next]! !== from - to) return to;
    while (nextNot < not.length && not[nextNot]! < to) nextNot++;
    return Math.min(end, runs[next]! + runs[next + 2]!, not[nextNot] ?? end);
  };
  types.each((from, to, length) => {
    if (from < 0) {
      for (let i = to; i < to + length; i++) columns.write(words, starts[i]!, starts[i + 1]!, i + 1);
      return;
    }
    for (let i = 0; i < length; i++) {
      if (exact !== undefined) i = exactEnd(exact, from + i, to + i, to + length) - to;
      if (i === length) break;
      const most = exact === undefined ? length - i : 1;
      const copies = exactCopies(old, from + i, now, to + i, most, signedIds, names);
      if (copies < most) fix(from + i + copies, to + i + copies);
      i += copies === most ? most - 1 : copies;
    }
  });
  const all = new VarintWriter(4096);
  for (const part of streams) all.add(part.length);
  for (const part of streams) all.addBytes(part.view());
  return { streams: all.view(), types, strings, pairs, idMap, names };
}

/** What hashing has found of the strings, for `align`. */
function knownStrings(base: DeltaSide, target: DeltaSide, { strings: { from, end, shift } }: Alike): number[] {
  return from.flatMap((at, r) => {
    const first = numberAt(base.strings.starts, at);
    return [first, numberAt(target.strings.starts, at + shift[r]!), numberAt(base.strings.starts, end[r]!) - first];
  });
}

/** The number of what begins at `at`. */
function numberAt(starts: Uint32Array, at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same of the types. */
function knownTypes({ pairs }: Alike): number[] {
  const known: number[] = [];
  for (let r = 0; r < pairs.length; r += 3) {
    if (pairs[r + 2]! > 0) known.push(pairs[r + 1]!, pairs[r]!, pairs[r + 2]!);
  }
  return known;
}

/** Nobody looks at what aligned a delta any more, but for its runs. */
export function forgetMaps({ idMap }: EncodedDelta): void {
  giveBack([idMap]);
}

/** The data of a delta, as they are stored. */
export function packDelta({ streams }: EncodedDelta, level: number): Uint8Array {
  return zstdCompressSync(streams, {
    params: { [zlib.ZSTD_c_compressionLevel]: level, [zlib.ZSTD_c_windowLog]: 23 },
  });
}

/** A type without an equal one, found again by kind and a hash of its name. */
interface Unpaired {
  readonly i: number;
  readonly kind: number;
  readonly hi: number;
}

/** Types that were changed rather than copied still have to be found by those that refer to them. */
function pairByName(base: DeltaSide, target: DeltaSide, types: Runs, idMap: Uint32Array): number[] {
  const waiting = new Map<number, Unpaired[]>();
  const keyed = (side: DeltaSide, i: number): (Unpaired & { readonly key: number }) | undefined => {
    const at = side.btf.starts[i]!;
    const name = side.btf.words[at]!;
    const { header, bytes } = side.btf;
    if (name === 0 || name >= header.strLen) return undefined;
    const kind = infoKind(side.btf.words[at + 1]!);
    const { lo, hi } = hashStringAt(bytes, header.strOff + name);
    return { i, kind, hi, key: (lo >>> 0) * 0x200000 + (hi & 0x1fffff) };
  };
  for (let id = idMap.indexOf(0, 1); id > 0; id = idMap.indexOf(0, id + 1)) {
    const one = keyed(base, id - 1);
    if (one === undefined) continue;
    const list = waiting.get(one.key);
    if (list) list.push(one);
    else waiting.set(one.key, [one]);
  }
  const pairs: number[] = [];
  types.each((base, first, length) => {
    if (base >= 0) return;
    for (let i = first; i < first + length; i++) {
      const one = keyed(target, i);
      const list = one && waiting.get(one.key);
      const found = list?.findIndex(({ kind, hi }) => kind === one?.kind && hi === one.hi) ?? -1;
      if (list === undefined || found < 0) continue;
      const [{ i: from }] = list.splice(found, 1) as [Unpaired];
      idMap[from + 1] = i + 1;
      pairs.push(i, from);
    }
  });
  return pairs;
}

function writePairs(pairs: readonly number[], out: VarintWriter): void {
  let lastTarget = 0;
  let lastBase = 0;
  for (let p = 0; p < pairs.length; p += 2) {
    out.add(pairs[p]! - lastTarget);
    out.addSigned(pairs[p + 1]! - lastBase);
    lastTarget = pairs[p]!;
    lastBase = pairs[p + 1]!;
  }
}

let shared = new Uint32Array(1024);
function scratch(size: number): Uint32Array {
  if (shared.length < size) shared = new Uint32Array(size * 2);
  return shared;
}
