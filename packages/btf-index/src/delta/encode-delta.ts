// Writes the delta of one BTF against a similar one: see btf-delta.ts for its parts.

import { zstdCompressSync, constants as zlib } from 'node:zlib';
import { infoKind } from '@btfq/btf-format';
import { freeArrays } from '../bytes.ts';
import { align, forEachRun } from './alignment.ts';
import { STREAM, STREAMS } from './btf-delta.ts';
import type { DeltaSide } from './delta-side.ts';
import { RunWriter } from './delta-runs.ts';
import { mapStrings } from './delta-strings.ts';
import { ColumnWriter, copyType } from './delta-types.ts';
import { hashStringAt } from '../prepare/string-hashes.ts';
import { VarintWriter } from '../varints.ts';

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
    const first = target.strings.starts[to]!;
    const end = target.strings.starts[to + length]!;
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
    const at = starts[i]!;
    const end = starts[i + 1]!;
    const from = typeMatch[i]!;
    if (from < 0) {
      columns.write(words, at, end, i + 1);
      continue;
    }
    const baseAt = base.btf.starts[from]!;
    copyType(base.btf.words, baseAt, end - at, idMap, nameMap, scratch(end - at), 0);
    for (let w = at; w < end; w++) {
      if (words[w] === shared[w - at]) continue;
      fixes.add(w - lastFix);
      fixes.addSigned(words[w]! - shared[w - at]!);
      lastFix = w;
    }
  }
  const all = new VarintWriter(4096);
  for (const part of streams) all.add(part.length);
  for (const part of streams) all.addBytes(part.view());
  const data = zstdCompressSync(all.view(), {
    params: { [zlib.ZSTD_c_compressionLevel]: level, [zlib.ZSTD_c_windowLog]: 23 },
  });
  freeArrays([idMap, stringMatch]);
  return { data, typeMatch };
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
    const at = side.btf.starts[i]!;
    const name = side.btf.words[at]!;
    const { header, bytes } = side.btf;
    if (name === 0 || name >= header.strLen) return undefined;
    const kind = infoKind(side.btf.words[at + 1]!);
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

let shared = new Uint32Array(1024);
function scratch(size: number): Uint32Array {
  if (shared.length < size) shared = new Uint32Array(size * 2);
  return shared;
}
