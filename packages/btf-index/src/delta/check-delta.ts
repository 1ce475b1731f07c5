// Whether a delta gives back what it was made of. All that is stored is read again: runs, new strings and types, corrections. Only the
// copies are not made: whether they are right, encoding has compared word by word, with the very maps that are compared here.

import { sameBytes } from '../bytes.ts';
import type { Codec } from '../codec/codec.ts';
import { Runs } from './alignment.ts';
import { type DeltaParts, openDelta, readPairs } from './btf-delta.ts';
import type { DeltaSide } from './delta-side.ts';
import { RunReader } from './delta-runs.ts';
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

function sameStrings(base: DeltaSide, target: DeltaSide, { strings }: EncodedDelta, parts: DeltaParts): boolean {
  const section = ({ btf: { bytes, header } }: DeltaSide) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + header.strOff, header.strLen);
  const [old, now] = [section(base), section(target)];
  const { starts } = target.strings;
  const runs = new RunReader(parts.stream('strings'));
  const text = parts.stream('text');
  const read = new Runs();
  while (runs.next(base.strings.starts.length - 1)) {
    const { from, length } = runs;
    const at = read.count;
    if (at + length > strings.count) return false;
    const [first, end] = [starts[at]!, starts[at + length]!];
    if (from < 0) {
      if (parts.stream('strings').next() !== end - first) return false;
      if (now.compare(text.nextBytes(end - first), 0, end - first, first, end) !== 0) return false;
    } else {
      const [oldFirst, oldEnd] = [base.strings.starts[from]!, base.strings.starts[from + length]!];
      if (now.compare(old, oldFirst, oldEnd, first, end) !== 0) return false;
    }
    read.add(from, length);
  }
  return text.done && read.equals(strings);
}

function sameTypes(base: DeltaSide, target: DeltaSide, delta: EncodedDelta, parts: DeltaParts): boolean {
  const { words, starts } = target.btf;
  const runs = new RunReader(parts.stream('types'));
  const types = new Runs();
  while (types.count <= delta.types.count && runs.next(base.btf.starts.length - 1)) types.add(runs.from, runs.length);
  if (!types.equals(delta.types)) return false;
  const pairs: number[] = [];
  readPairs(parts.stream('pairs'), (number, from) => pairs.push(number, from));
  if (pairs.length !== delta.pairs.length || pairs.some((number, i) => number !== delta.pairs[i])) return false;
  const columns = new ColumnReader(
    parts.stream('infos'),
    parts.stream('names'),
    parts.stream('refs'),
    parts.stream('rest'),
  );
  let same = true;
  types.each((from, first, length) => {
    if (from >= 0) return;
    for (let number = first; same && number < first + length; number++) {
      const [at, end] = [starts[number]!, starts[number + 1]!];
      const record = scratch(end - at);
      if (columns.read(record, 0, number + 1) !== end - at) same = false;
      for (let w = at; w < end; w++) if (words[w] !== record[w - at]) same = false;
    }
  });
  return same && sameFixes(base, target, delta, parts);
}

/** Corrected records, copied and corrected again. */
function sameFixes(base: DeltaSide, target: DeltaSide, delta: EncodedDelta, parts: DeltaParts): boolean {
  const fixes = parts.stream('fixes');
  if (fixes.done) return true;
  const { words, starts } = target.btf;
  let number = -1;
  let record = new Uint32Array(0);
  const isRight = () => {
    const at = starts[number]!;
    for (let i = 0; i < record.length; i++) if (record[i] !== words[at + i]) return false;
    return true;
  };
  for (let w = 0; !fixes.done; ) {
    w += fixes.next();
    if (w >= words.length) return false;
    const change = fixes.nextSigned();
    const of = lastStart(starts, w);
    if (of !== number) {
      if (number >= 0 && !isRight()) return false;
      number = of;
      const from = delta.types.of(number);
      if (from < 0) return false;
      const size = starts[number + 1]! - starts[number]!;
      record = new Uint32Array(size);
      copyType(base.btf.words, base.btf.starts[from]!, size, delta.idMap, delta.names, record, 0);
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

let shared = new Uint32Array(1024);
function scratch(size: number): Uint32Array {
  if (shared.length < size) shared = new Uint32Array(size * 2);
  return shared.subarray(0, size);
}
