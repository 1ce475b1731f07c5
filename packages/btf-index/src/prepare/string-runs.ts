// Which strings of one section are strings of an earlier, similar one: long runs that were only moved. Bytes are compared
// where they stand, many at a time, so that sections that are nearly equal cost little more than reading them; only strings
// that are new are hashed.

import { BLOCK, MIXED } from '../delta/string-map.ts';
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

/** `hashStrings(section)`, and its runs, by means of a similar section whose strings are hashed. */
export function hashStringsAlike(
  section: Uint8Array,
  earlier: Uint8Array,
  known: StringHashes,
): { readonly strings: StringHashes; readonly runs: StringRuns } {
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
  private table: Map<number, number> | undefined;

  constructor(section: Uint8Array, earlier: Uint8Array, known: StringHashes) {
    this.section = Buffer.from(section.buffer, section.byteOffset, section.length);
    this.earlier = Buffer.from(earlier.buffer, earlier.byteOffset, earlier.length);
    this.known = known;
    const room = known.lo.length + 2048;
    this.starts = new Uint32Array(room + 1);
    this.lo = new Int32Array(room);
    this.hi = new Int32Array(room);
  }

  run(): { strings: StringHashes; runs: StringRuns } {
    const { section, earlier, known, runs } = this;
    const total = known.lo.length;
    let at = 0;
    let number = 0;
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
      const ahead = this.hashAhead(at);
      const [skipped, added] = this.meet(number, ahead);
      for (let i = 0; i < added; i++) {
        this.add(ahead.starts[i]!, ahead.lo[i]!, ahead.hi[i]!);
      }
      at = ahead.starts[added]!;
      number += skipped;
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

  /** The next strings of the section with their hashes, and one more start. */
  private hashAhead(at: number): { starts: number[]; lo: number[]; hi: number[] } {
    const { section } = this;
    const starts = [at];
    const lo: number[] = [];
    const hi: number[] = [];
    while (lo.length < WINDOW && at < section.length) {
      const hash = hashStringAt(section, at);
      lo.push(hash.lo);
      hi.push(hash.hi);
      const nul = section.indexOf(0, at);
      at = nul < 0 ? section.length : nul + 1;
      starts.push(at);
    }
    return { starts, lo, hi };
  }

  /** How many earlier strings to pass over, and how many of the strings ahead to add, until both go on alike. */
  private meet(number: number, { lo, hi }: { lo: number[]; hi: number[] }): [skipped: number, added: number] {
    const { known } = this;
    const count = lo.length;
    const left = Math.min(WINDOW, known.lo.length - number);
    for (let sum = 1; sum < count + left; sum++) {
      for (let added = Math.max(0, sum - left + 1); added <= sum && added < count; added++) {
        const other = number + sum - added;
        if (known.lo[other] === lo[added] && known.hi[other] === hi[added]) return [sum - added, added];
      }
    }
    this.table ??= tableOf(known);
    for (let added = 0; added < count; added++) {
      const other = this.table.get(key(lo[added]!, hi[added]!));
      if (other !== undefined && other > number) return [other - number, added];
    }
    return [0, count];
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

function key(lo: number, hi: number): number {
  return (hi & 0x1fffff) * 0x100000000 + (lo >>> 0);
}

function tableOf(known: StringHashes): Map<number, number> {
  const table = new Map<number, number>();
  for (let i = known.lo.length - 1; i >= 0; i--) table.set(key(known.lo[i]!, known.hi[i]!), i);
  return table;
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
  private readonly runs: StringRuns;
  /** By blocks of the earlier section: how far all of the block is moved, or MIXED. */
  readonly blocks: Int32Array;

  constructor(runs: StringRuns, earlierLength: number) {
    this.runs = runs;
    this.blocks = new Int32Array((earlierLength >> BLOCK) + 1).fill(MIXED);
    for (let r = 0; r < runs.from.length; r++) {
      const first = (runs.from[r]! + (1 << BLOCK) - 1) >> BLOCK;
      const last = runs.end[r]! >> BLOCK;
      if (last > first) this.blocks.fill(runs.shift[r]!, first, last);
    }
  }

  /** The offset of the same string in the section; -1 where it is gone. */
  of(offset: number): number {
    const shift = this.blocks[offset >>> BLOCK]!;
    return shift !== MIXED ? offset + shift : this.search(offset);
  }

  private search(offset: number): number {
    const { from, end, shift } = this.runs;
    let low = 0;
    let high = from.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (from[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    const run = low - 1;
    return run >= 0 && offset < end[run]! ? offset + shift[run]! : -1;
  }
}
