// Writes the delta of one BTF against a similar one: see btf-delta.ts for its parts.

import { zstdCompressSync, constants as zlib } from 'node:zlib';
import { infoKind } from '@btfq/btf-format';
import { giveBack, takeUint32 } from '../bytes.ts';
import { align, forEachRun } from './alignment.ts';
import { STREAM, STREAMS } from './btf-delta.ts';
import type { DeltaSide } from './delta-side.ts';
import { exactByPairs } from './exact-pairs.ts';
import { RunWriter } from './delta-runs.ts';
import { mapStrings } from './delta-strings.ts';
import { ColumnWriter, copyType, exactCopies, signedRecords } from './delta-types.ts';
import type { Alike } from '../prepare/earlier.ts';
import { hashStringAt } from '../prepare/string-hashes.ts';
import { VarintWriter } from '../varints.ts';

/** A delta that is not compressed yet, and how it was made. */
export interface EncodedDelta {
  readonly streams: Uint8Array;
  /** How types and strings are aligned: by own number that of the base, -1: new. */
  readonly typeMatch: Int32Array;
  readonly stringMatch: Int32Array;
  /** Where the base's types are now: by id, 0 for gone. */
  readonly idMap: Uint32Array;
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
  const stringMatch = align(base.strings, target.strings);
  const text = stream('text');
  const stringRuns = new RunWriter(stream('strings'));
  forEachRun(stringMatch, (from, to, length) => {
    stringRuns.write(from, length);
    if (from >= 0) return;
    const first = target.strings.starts[to]!;
    const end = target.strings.starts[to + length]!;
    stream('strings').add(end - first);
    text.addBytes(bytes.subarray(header.strOff + first, header.strOff + end));
  });
  const names = mapStrings(base, target.strings.starts, stringMatch);

  // 3. types: runs, then which of the others took the place of which, by name
  const typeMatch = align(base.types, target.types);
  const typeRuns = new RunWriter(stream('types'));
  forEachRun(typeMatch, (from, _to, length) => typeRuns.write(from, length));
  const idMap = takeUint32(base.btf.starts.length).fill(0);
  for (let i = 0; i < typeMatch.length; i++) if (typeMatch[i]! >= 0) idMap[typeMatch[i]! + 1] = i + 1;
  pairByName(base, target, typeMatch, idMap, stream('pairs'));

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
  const exact = exactByPairs(base, alike, typeMatch, stringMatch, target.strings.starts, idMap);
  const [old, now] = [signedRecords(base.btf), signedRecords(target.btf)];
  const signedIds = new Int32Array(idMap.buffer, 0, idMap.length);
  forEachRun(typeMatch, (from, to, length) => {
    for (let i = 0; i < length; i++) {
      if (from < 0) columns.write(words, starts[to + i]!, starts[to + i + 1]!, to + i + 1);
      else if (exact !== undefined && exact[to + i] === 1) continue;
      else if (exact !== undefined) {
        if (exactCopies(old, from + i, now, to + i, 1, signedIds, names) === 0) fix(from + i, to + i);
      } else {
        i += exactCopies(old, from + i, now, to + i, length - i, signedIds, names);
        if (i < length) fix(from + i, to + i);
      }
    }
  });
  const all = new VarintWriter(4096);
  for (const part of streams) all.add(part.length);
  for (const part of streams) all.addBytes(part.view());
  return { streams: all.view(), typeMatch, stringMatch, idMap };
}

/** Nobody looks at what aligned a delta any more; but for `typeMatch`. */
export function forgetMaps({ stringMatch, idMap }: EncodedDelta): void {
  giveBack([stringMatch, idMap]);
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
function pairByName(
  base: DeltaSide,
  target: DeltaSide,
  match: Int32Array,
  idMap: Uint32Array,
  out: VarintWriter,
): void {
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
  const baseCount = base.btf.starts.length - 1;
  for (let i = 0; i < baseCount; i++) {
    if (idMap[i + 1] !== 0) continue;
    const one = keyed(base, i);
    if (one === undefined) continue;
    const list = waiting.get(one.key);
    if (list) list.push(one);
    else waiting.set(one.key, [one]);
  }
  let lastTarget = 0;
  let lastBase = 0;
  for (let i = 0; i < match.length; i++) {
    if (match[i]! >= 0) continue;
    const one = keyed(target, i);
    const list = one && waiting.get(one.key);
    const found = list?.findIndex(({ kind, hi }) => kind === one?.kind && hi === one.hi) ?? -1;
    if (list === undefined || found < 0) continue;
    const [{ i: from }] = list.splice(found, 1) as [Unpaired];
    idMap[from + 1] = i + 1;
    out.add(i - lastTarget);
    out.addSigned(from - lastBase);
    lastTarget = i;
    lastBase = from;
  }
}

let shared = new Uint32Array(1024);
function scratch(size: number): Uint32Array {
  if (shared.length < size) shared = new Uint32Array(size * 2);
  return shared;
}
