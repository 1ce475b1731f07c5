// Whether a delta gives back what it was made of. All that is stored is read again: runs, new strings and types, corrections. Only the
// copies are not made: whether they are right, encoding has compared word by word, with the very maps that are compared here.

import { sameBytes } from '../bytes.ts';
import type { Codec } from '../codec/codec.ts';
import { type DeltaParts, decodeRuns, openDelta } from './btf-delta.ts';
import type { DeltaSide } from './delta-side.ts';
import { RunReader } from './delta-runs.ts';
import { mapStrings } from './delta-strings.ts';
import { ColumnReader, copyType } from './delta-types.ts';
import type { EncodedDelta } from './encode-delta.ts';

/** Reads a delta back. Throws as `decodeDelta` where it cannot be read. */
export function givesBack(
  base: DeltaSide,
  target: DeltaSide,
  delta: EncodedDelta,
  data: Uint8Array,
  codec: Codec,
): boolean {
  const parts = openDelta(data, codec);
  return sameRest(target, parts) && sameStrings(base, target, delta, parts) && sameTypes(base, target, delta, parts);
}

function sameRest({ btf }: DeltaSide, { header, total, before, between, after }: DeltaParts): boolean {
  const { bytes } = btf;
  const { typeOff, typeLen, strOff, strLen, littleEndian } = btf.header;
  return (
    total === bytes.length &&
    littleEndian === header.littleEndian &&
    typeOff === header.typeOff &&
    typeLen === header.typeLen &&
    strOff === header.strOff &&
    strLen === header.strLen &&
    sameBytes(before, bytes.subarray(0, typeOff)) &&
    sameBytes(between, bytes.subarray(typeOff + typeLen, strOff)) &&
    sameBytes(after, bytes.subarray(strOff + strLen))
  );
}

function sameStrings(base: DeltaSide, target: DeltaSide, { stringMatch }: EncodedDelta, parts: DeltaParts): boolean {
  const section = ({ btf: { bytes, header } }: DeltaSide) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + header.strOff, header.strLen);
  const [old, now] = [section(base), section(target)];
  const { starts } = target.strings;
  const runs = new RunReader(parts.stream('strings'));
  const text = parts.stream('text');
  let at = 0;
  while (runs.next(base.strings.starts.length - 1)) {
    const { from, length } = runs;
    if (at + length > stringMatch.length) return false;
    const [first, end] = [starts[at]!, starts[at + length]!];
    if (from < 0) {
      if (parts.stream('strings').next() !== end - first) return false;
      if (now.compare(text.nextBytes(end - first), 0, end - first, first, end) !== 0) return false;
      for (let i = 0; i < length; i++) if (stringMatch[at + i]! >= 0) return false;
    } else {
      const [oldFirst, oldEnd] = [base.strings.starts[from]!, base.strings.starts[from + length]!];
      if (now.compare(old, oldFirst, oldEnd, first, end) !== 0) return false;
      for (let i = 0; i < length; i++) if (stringMatch[at + i] !== from + i) return false;
    }
    at += length;
  }
  return at === stringMatch.length && text.done;
}

function sameTypes(base: DeltaSide, target: DeltaSide, delta: EncodedDelta, parts: DeltaParts): boolean {
  const { typeMatch, idMap } = delta;
  const { words, starts } = target.btf;
  const { runs, idMap: readMap, typeCount } = decodeRuns(base.btf, parts.stream('types'), parts.stream('pairs'));
  if (typeCount !== typeMatch.length || Buffer.compare(asBytes(readMap), asBytes(idMap)) !== 0) return false;
  const columns = new ColumnReader(
    parts.stream('infos'),
    parts.stream('names'),
    parts.stream('refs'),
    parts.stream('rest'),
  );
  let number = 0;
  for (let r = 0; r < runs.length; r += 2) {
    const [from, length] = [runs[r]!, runs[r + 1]!];
    for (let i = 0; i < length; i++, number++) {
      if (from >= 0) {
        if (typeMatch[number] !== from + i) return false;
        continue;
      }
      const [at, end] = [starts[number]!, starts[number + 1]!];
      const record = scratch(end - at);
      if (typeMatch[number]! >= 0 || columns.read(record, 0, number + 1) !== end - at) return false;
      for (let w = at; w < end; w++) if (words[w] !== record[w - at]) return false;
    }
  }
  return sameFixes(base, target, delta, parts);
}

/** Corrected records, copied and corrected again. */
function sameFixes(base: DeltaSide, target: DeltaSide, delta: EncodedDelta, parts: DeltaParts): boolean {
  const fixes = parts.stream('fixes');
  if (fixes.done) return true;
  const { words, starts } = target.btf;
  const names = mapStrings(base, target.strings.starts, delta.stringMatch);
  let number = -1;
  let record = new Uint32Array(0);
  const isRight = () => record.every((word, i) => word === words[starts[number]! + i]);
  for (let w = 0; !fixes.done; ) {
    w += fixes.next();
    if (w >= words.length) return false;
    const change = fixes.nextSigned();
    const of = lastStart(starts, w);
    if (of !== number) {
      if (number >= 0 && !isRight()) return false;
      number = of;
      const from = delta.typeMatch[number]!;
      if (from < 0) return false;
      const size = starts[number + 1]! - starts[number]!;
      record = new Uint32Array(size);
      copyType(base.btf.words, base.btf.starts[from]!, size, delta.idMap, names, record, 0);
    }
    const i = w - starts[number]!;
    record[i] = record[i]! + change;
  }
  return isRight();
}

/** The last number whose record begins at word `at` or before. */
function lastStart(starts: Uint32Array, at: number): number {
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

function asBytes({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

let shared = new Uint32Array(1024);
function scratch(size: number): Uint32Array {
  if (shared.length < size) shared = new Uint32Array(size * 2);
  return shared.subarray(0, size);
}
