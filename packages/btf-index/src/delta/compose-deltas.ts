// The bytes of a BTF from a chain of deltas, its words copied once: what all deltas do to the base's ids and strings is worked out first. Types that a
// delta brings or corrects are carried along word by word, for there are few; all others are copied from the base into the result.
//
// What comes out is what `decodeDelta` makes of one delta after the other. Chains for which that is not plain are left to it.

import { hostLittleEndian } from '@btfq/btf-format';
import type { Codec } from '../codec/codec.ts';
import { type DeltaParts, decodeRuns, openDelta } from './btf-delta.ts';
import type { RawBtf } from './delta-side.ts';
import { decodeStrings } from './delta-strings.ts';
import { ColumnReader, copyType, copyTypes, signedRecords } from './delta-types.ts';
import type { StringMap } from './string-map.ts';

/**
 * Undoes deltas, the first of which is told from `base`. undefined where each has to be undone by itself. Throws as `decodeDelta` where one is damaged.
 */
export function decodeDeltas(base: RawBtf, deltas: readonly Uint8Array[], codec: Codec): RawBtf | undefined {
  const chain = new Composition(base);
  for (const [i, data] of deltas.entries())
    if (!chain.add(openDelta(data, codec), i === deltas.length - 1)) return undefined;
  return chain.finish();
}

/** What is not the base's any more: by its number, its words. In order of the numbers. */
interface Carried {
  readonly number: number;
  readonly record: Uint32Array;
}

/** Two sections for the strings of the contents between: each is read while the next one is written. */
const sections = [new Uint8Array(0), new Uint8Array(0)];

class Composition {
  private readonly base: RawBtf;
  private level: RawBtf;
  /** Runs of two numbers over the types: where they begin in the base, -1 for those that are carried, and how many. */
  private origins: number[];
  private carried: Carried[] = [];
  /** Where the base's types and strings are; undefined where they were. */
  private ids: Uint32Array | undefined;
  private names: StringMap | undefined;

  constructor(base: RawBtf) {
    this.base = base;
    this.level = base;
    this.origins = [0, base.starts.length - 1];
  }

  /** False where the deltas are better undone one by one. */
  add(parts: DeltaParts, last: boolean): boolean {
    const { header, total, stream } = parts;
    const { typeOff, typeLen, strLen, strOff, littleEndian } = header;
    if (last && (littleEndian !== hostLittleEndian || typeOff % 4 !== 0)) return false;
    const bytes = last ? wholeOf(parts) : sectionOf(this.level, strLen);
    const place = last ? header : { ...header, strOff: 0 };
    const { map, starts: stringStarts } = decodeStrings(this.level, bytes, place, stream('strings'), stream('text'));
    if (map.moved === undefined || map.of(0) !== 0) return false; // a string that stands in two places
    const { runs, idMap, typeCount } = decodeRuns(this.level, stream('types'), stream('pairs'));
    const starts = new Uint32Array(typeCount + 1);
    if (strOff + strLen > total || !this.types(parts, runs, idMap, map, starts))
      throw new RangeError('the types do not fill their section');
    const words = last ? new Uint32Array(bytes.buffer, typeOff, typeLen / 4) : new Uint32Array(0);
    this.level = { bytes, words, starts, header: place, stringStarts };
    this.ids = this.ids === undefined ? idMap : through(this.ids, idMap);
    this.names = this.names === undefined ? map : this.names.and(map);
    return this.names !== undefined;
  }

  /** Types, and where they begin. False where they do not fill their section. */
  private types(
    { header, stream }: DeltaParts,
    runs: readonly number[],
    idMap: Uint32Array,
    map: StringMap,
    starts: Uint32Array,
  ): boolean {
    const before = this.level.starts;
    const columns = new ColumnReader(stream('infos'), stream('names'), stream('refs'), stream('rest'));
    const size = header.typeLen / 4;
    let left = size;
    for (let r = 0; r < runs.length; r += 2)
      if (runs[r]! >= 0) left -= before[runs[r]! + runs[r + 1]!]! - before[runs[r]!]!;
    if (left < 0) return false;
    const fresh = new Uint32Array(left);
    const origins: number[] = [];
    const carried: Carried[] = [];
    const cursor = { run: 0, first: 0 };
    let at = 0; // in words
    let read = 0; // of the fresh ones
    let number = 0;
    for (let r = 0; r < runs.length; r += 2) {
      const [from, length] = [runs[r]!, runs[r + 1]!];
      if (from < 0) {
        addRun(origins, -1, length);
        for (const end = number + length; number < end; number++) {
          const next = columns.read(fresh, read, number + 1);
          carried.push({ number, record: fresh.subarray(read, next) });
          starts[number] = at;
          at += next - read;
          read = next;
        }
        continue;
      }
      this.copyOrigins(from, length, origins, cursor);
      for (let c = this.firstCarried(from); c < this.carried.length; c++) {
        const { number: old, record } = this.carried[c]!;
        if (old >= from + length) break;
        carried.push({ number: number + old - from, record: moved(record, 0, record.length, idMap, map) });
      }
      const shift = at - before[from]!;
      for (let i = from; i < from + length; i++) starts[number++] = before[i]! + shift;
      at = before[from + length]! + shift;
    }
    starts[number] = at;
    this.origins = origins;
    this.carried = carried;
    if (at === size) this.correct(stream('fixes'), idMap, map, starts);
    return at === size;
  }

  /** The words that copying gets wrong: from here on their types are carried. */
  private correct(
    fixes: ReturnType<DeltaParts['stream']>,
    idMap: Uint32Array,
    map: StringMap,
    starts: Uint32Array,
  ): void {
    const added: Carried[] = [];
    let number = -1;
    let record: Uint32Array = new Uint32Array(0);
    let o = 0; // of the origins, and the number of its first type: fixes are in order
    let first = 0;
    for (let w = 0; !fixes.done; ) {
      w += fixes.next();
      if (w >= starts.at(-1)!) throw new RangeError('a correction lies outside the types');
      if (number < 0 || w >= starts[number + 1]!) {
        number = lastStart(starts, w);
        const known = this.carried[this.firstCarried(number)];
        if (known?.number === number) record = known.record;
        else {
          while (first + this.origins[o + 1]! <= number) {
            first += this.origins[o + 1]!;
            o += 2;
          }
          record = this.copied(this.origins[o]! + number - first, idMap, map);
          added.push({ number, record });
        }
      }
      const i = w - starts[number]!;
      record[i] = record[i]! + fixes.nextSigned();
    }
    if (added.length > 0) this.carried = [...this.carried, ...added].sort((a, b) => a.number - b.number);
  }

  /** A record of the base, moved by all deltas up to the one with these maps. */
  private copied(from: number, idMap: Uint32Array, map: StringMap): Uint32Array {
    const { words, starts } = this.base;
    const [at, end] = [starts[from]!, starts[from + 1]!];
    if (this.ids === undefined || this.names === undefined) return moved(words, at, end - at, idMap, map);
    const record = moved(words, at, end - at, this.ids, this.names);
    return moved(record, 0, record.length, idMap, map);
  }

  /** Where the types from number `from` on come from. `cursor`: a run and its first number, where the search begins if that is not behind. */
  private copyOrigins(from: number, length: number, to: number[], cursor: { run: number; first: number }): void {
    const { origins } = this;
    if (cursor.first > from) cursor.run = cursor.first = 0;
    while (cursor.run < origins.length) {
      const end = cursor.first + origins[cursor.run + 1]!;
      if (end > from) {
        const skipped = Math.max(from - cursor.first, 0);
        const base = origins[cursor.run]!;
        addRun(to, base < 0 ? -1 : base + skipped, Math.min(end, from + length) - cursor.first - skipped);
      }
      if (end >= from + length) return;
      cursor.first = end;
      cursor.run += 2;
    }
  }

  /** The index of the first one that is carried whose number is at least this. */
  private firstCarried(number: number): number {
    const { carried } = this;
    let low = 0;
    let high = carried.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (carried[middle]!.number < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  finish(): RawBtf {
    const { base, level, origins, carried, ids, names } = this;
    if (ids === undefined || names === undefined) return base;
    const [old, now] = [signedRecords(base), signedRecords(level)];
    const signedIds = new Int32Array(ids.buffer, ids.byteOffset, ids.length);
    let number = 0;
    for (let o = 0; o < origins.length; o += 2) {
      const [from, length] = [origins[o]!, origins[o + 1]!];
      if (from >= 0) copyTypes(old, from, length, signedIds, names, now.words, level.starts[number]!);
      number += length;
    }
    for (const { number, record } of carried) level.words.set(record, level.starts[number]!);
    return level;
  }
}

/** The bytes of a BTF of which types and strings are still to come. */
function wholeOf({ header, total, before, between, after }: DeltaParts): Uint8Array {
  const { typeOff, typeLen, strOff, strLen } = header;
  const bytes = new Uint8Array(total);
  bytes.set(before);
  bytes.set(between, typeOff + typeLen);
  bytes.set(after, strOff + strLen);
  return bytes;
}

/** Memory for the strings of a content between: not that in which those of the content before are. */
function sectionOf({ bytes }: RawBtf, length: number): Uint8Array {
  const i = bytes.buffer === sections[0]!.buffer ? 1 : 0;
  if (sections[i]!.length < length) sections[i] = new Uint8Array(Math.ceil(length * 1.25));
  return sections[i]!.subarray(0, length);
}

function moved(from: Uint32Array, at: number, size: number, ids: Uint32Array, names: StringMap): Uint32Array {
  const record = new Uint32Array(size);
  copyType(from, at, size, ids, names, record, 0);
  return record;
}

/** Where ids are after another delta. */
function through(ids: Uint32Array, next: Uint32Array): Uint32Array {
  for (let id = 0; id < ids.length; id++) if (ids[id]! < next.length) ids[id] = next[ids[id]!]!;
  return ids;
}

function addRun(runs: number[], from: number, length: number): void {
  const last = runs.length - 2;
  const before = last < 0 ? -2 : runs[last]!;
  if (from < 0 ? before === -1 : before >= 0 && before + runs[last + 1]! === from)
    runs[last + 1] = runs[last + 1]! + length;
  else runs.push(from, length);
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
