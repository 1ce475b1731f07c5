// Which strings of one section are strings of an earlier, similar one: long runs that were only moved. Bytes are compared
// where they stand, many at a time, so that sections that are nearly equal cost little more than reading them; only strings
// that are new are hashed.

import { giveBack, takeInt32, takeUint32 } from '../bytes.ts';
import { lookUp, tableOf } from '../delta/alignment.ts';
import { begunAt, BLOCK, fillShifts, MIXED } from '../delta/string-map.ts';
import { hashStringAt, type StringHashes } from './string-hashes.ts';

/** Strings that both sections have in the same order. All in bytes from the start of the section, ascending in both. */
export interface StringRuns {
  /** Where each run begins in the earlier section, and where it ends. */
  readonly from: number[];
  readonly end: number[];
  /** How far the run is moved. */
  readonly shift: number[];
}

/** How many strings are looked ahead where the sections part. */
const WINDOW = 48;
/** So many strings are new before a place far ahead is believed. */
const PATIENCE = 8;
/** After so many new strings, and where they are more than this share of all, the sections are not alike. */
const ENOUGH_TO_TELL = 4096;
const MOST_ADDED = 0.5;

/** `hashStrings(section)`, and its runs, by means of a section whose strings are hashed. undefined where the two are not alike. */
export function hashStringsAlike(
  section: Uint8Array,
  earlier: Uint8Array,
  known: StringHashes,
): { readonly strings: StringHashes; readonly runs: StringRuns } | undefined {
  return new Pass(section, earlier, known).run();
}

class Pass {
  private readonly section: Buffer;
  private readonly earlier: Buffer;
  private readonly known: StringHashes;
  private readonly runs: StringRuns = { from: [], end: [], shift: [] };
  private starts: Uint32Array;
  private lo: Int32Array;
  private hi: Int32Array;
  private count = 0;
  /** Numbers of the earlier strings by hash; made where looking ahead does not help. */
  private table: Int32Array | undefined;

  constructor(section: Uint8Array, earlier: Uint8Array, known: StringHashes) {
    this.section = Buffer.from(section.buffer, section.byteOffset, section.length);
    this.earlier = Buffer.from(earlier.buffer, earlier.byteOffset, earlier.length);
    this.known = known;
    const room = known.lo.length + 2048;
    this.starts = takeUint32(room + 1);
    this.lo = takeInt32(room);
    this.hi = takeInt32(room);
  }

  run(): { strings: StringHashes; runs: StringRuns } | undefined {
    const { section, earlier, known, runs } = this;
    const total = known.lo.length;
    let at = 0;
    let number = 0;
    let added = 0;
    while (at < section.length) {
      if (number < total) {
        const first = known.starts[number]!;
        const equal = commonBytes(earlier, first, section, at);
        const last = lastStart(known.starts, number, first + equal);
        if (last > number) {
          const end = known.starts[last]!;
          runs.from.push(first);
          runs.end.push(end);
          runs.shift.push(at - first);
          this.copy(number, last, at - first);
          at += end - first;
          number = last;
          if (at >= section.length) break;
        }
      }
      // one string after the other, until one goes on like the earlier section
      for (let ahead = 0; ahead < WINDOW && at < section.length; ahead++) {
        const { lo, hi } = hashStringAt(section, at);
        const found = this.near(number, lo, hi) ?? (ahead < PATIENCE ? undefined : this.far(number, lo, hi, at));
        if (found !== undefined) {
          number = found;
          break;
        }
        this.add(at, lo, hi);
        added++;
        const nul = section.indexOf(0, at);
        at = nul < 0 ? section.length : nul + 1;
      }
      if (added > ENOUGH_TO_TELL && added > this.count * MOST_ADDED) {
        giveBack([this.starts, this.lo, this.hi]);
        return undefined;
      }
    }
    this.starts[this.count] = section.length;
    return {
      strings: {
        starts: this.starts.subarray(0, this.count + 1),
        lo: this.lo.subarray(0, this.count),
        hi: this.hi.subarray(0, this.count),
      },
      runs,
    };
  }

  /** The number of an earlier string that has this hash, among the next ones. */
  private near(number: number, lo: number, hi: number): number | undefined {
    const { lo: los, hi: his } = this.known;
    const end = Math.min(los.length, number + WINDOW);
    for (let other = number; other < end; other++) if (los[other] === lo && his[other] === hi) return other;
    return undefined;
  }

  /** That of any later one that has it, if the string behind it follows there too: one string may just have changed its place. */
  private far(number: number, lo: number, hi: number, at: number): number | undefined {
    const { known, section } = this;
    this.table ??= tableOf(known);
    const found = lookUp(this.table, known, lo, hi);
    if (found <= number || found + 1 >= known.lo.length) return undefined;
    const next = hashStringAt(section, section.indexOf(0, at) + 1);
    return known.lo[found + 1] === next.lo && known.hi[found + 1] === next.hi ? found : undefined;
  }

  private copy(number: number, last: number, shift: number): void {
    const { known } = this;
    this.reserve(last - number);
    this.lo.set(known.lo.subarray(number, last), this.count);
    this.hi.set(known.hi.subarray(number, last), this.count);
    const { starts } = this;
    const to = this.count - number;
    for (let i = number; i < last; i++) starts[i + to] = known.starts[i]! + shift;
    this.count += last - number;
  }

  private add(start: number, lo: number, hi: number): void {
    this.reserve(1);
    this.starts[this.count] = start;
    this.lo[this.count] = lo;
    this.hi[this.count++] = hi;
  }

  private reserve(more: number): void {
    if (this.count + more <= this.lo.length) return;
    const room = Math.ceil((this.count + more) * 1.25);
    const grown = <T extends Uint32Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.starts = grown(this.starts, new Uint32Array(room + 1));
    this.lo = grown(this.lo, new Int32Array(room));
    this.hi = grown(this.hi, new Int32Array(room));
  }
}

/** How many bytes are equal from `a` and `b` on. */
function commonBytes(one: Buffer, a: number, other: Buffer, b: number): number {
  const most = Math.min(one.length - a, other.length - b);
  let equal = 0;
  let step = 128;
  while (equal < most) {
    const size = Math.min(step, most - equal);
    const from = a + equal;
    if (other.compare(one, from, from + size, b + equal, b + equal + size) === 0) {
      equal += size;
      if (step < 1 << 17) step *= 2;
      continue;
    }
    if (size <= 128) break;
    step = size >> 1;
    while (step > 128) {
      // halves, until the first difference lies in a short piece
      const begin = a + equal;
      if (other.compare(one, begin, begin + step, b + equal, b + equal + step) === 0) equal += step;
      step >>= 1;
    }
    break;
  }
  while (equal < most && one[a + equal] === other[b + equal]) equal++;
  return equal;
}

/** The largest number from `first` on whose string begins at or before `end`. */
function lastStart(starts: Uint32Array, first: number, end: number): number {
  let low = first;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= end) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where strings of the earlier section are now. */
export class StringMoves {
  readonly runs: StringRuns;
  /** By blocks of the earlier section: how far all of the block is moved, or MIXED. */
  readonly blocks: Int32Array;

  constructor(runs: StringRuns, earlierLength: number) {
    this.runs = runs;
    this.blocks = fillShifts(new Int32Array((earlierLength >> BLOCK) + 1).fill(MIXED), runs);
  }

  /** The offset of the same string in the section; -1 where it is gone. */
  of(offset: number): number {
    const shift = this.blocks[offset >>> BLOCK]!;
    return shift !== MIXED ? offset + shift : this.search(offset);
  }

  private search(offset: number): number {
    const { from, end, shift } = this.runs;
    const run = begunAt(from, offset) - 1;
    return run >= 0 && offset < end[run]! ? offset + shift[run]! : -1;
  }
}
