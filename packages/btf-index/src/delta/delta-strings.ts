// The strings of a delta: where those of the base begin in the target, and the target's section made of both.

import type { DeltaHeader, DeltaSide, RawBtf } from './delta-side.ts';
import type { Runs } from './alignment.ts';
import { RunReader } from './delta-runs.ts';
import { type MovedStrings, StringMap } from './string-map.ts';
import type { VarintReader } from '../varints.ts';

/** Where each string of the base begins in the target. */
export function mapStrings(base: DeltaSide, targetStarts: Uint32Array, runs: Runs): StringMap {
  const { starts } = base.strings;
  const { header, bytes } = base.btf;
  const moved: MovedStrings = { from: [], end: [], shift: [] };
  runs.each((from, to, length) => {
    if (from < 0) return;
    moved.from.push(starts[from]!);
    moved.end.push(starts[from + length]!);
    moved.shift.push(targetStarts[to]! - starts[from]!);
  });
  return new StringMap(bytes.subarray(header.strOff, header.strOff + header.strLen), moved);
}

export function decodeStrings(
  base: RawBtf,
  bytes: Uint8Array,
  header: DeltaHeader,
  input: VarintReader,
  text: VarintReader,
): { map: StringMap; starts: Uint32Array } {
  const source = base.bytes.subarray(base.header.strOff, base.header.strOff + base.header.strLen);
  const moved: MovedStrings = { from: [], end: [], shift: [] };
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
    const first = starts[from]!;
    const copied = source.subarray(first, starts[from + length]);
    if (at + copied.length > end) throw new RangeError('the strings exceed their section');
    bytes.set(copied, at);
    const shift = at - header.strOff - first;
    moved.from.push(first);
    moved.end.push(first + copied.length);
    moved.shift.push(shift);
    own.copy(starts, from, length, shift);
    at += copied.length;
  }
  if (at !== end) throw new RangeError('the strings do not fill their section');
  return { map: new StringMap(source, moved), starts: own.finish(header.strLen) };
}

/** As `hashStrings` cuts them: offsets of the strings and the end. */
export function stringStarts(section: Uint8Array): Uint32Array {
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

  /** Adds strings of another section, which begin `shift` further here. */
  copy(from: Uint32Array, first: number, length: number, shift: number): void {
    this.reserve(length);
    const { starts, count } = this;
    for (let i = 0; i < length; i++) starts[count + i] = from[first + i]! + shift;
    this.count += length;
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
