// Sorting by NUL-terminated strings: three-way radix quicksort (Bentley and Sedgewick 1997), which looks at each
// character about once where comparing whole strings would look at common beginnings again and again.

import { BtfError } from '../errors.ts';
import { MAX_SORT_STEPS } from './state.ts';

/** Parts shorter than this are sorted by insertion. */
const SMALL = 10;

/** Compares and sorts strings of one section. Throws `limit` once it has looked at MAX_SORT_STEPS characters. */
export class StringSorter {
  private readonly strings: Uint8Array;
  private steps = 0;
  // where the last partition was cut
  private less = 0;
  private more = 0;

  constructor(strings: Uint8Array) {
    this.strings = strings;
  }

  /** strcmp of the strings at two offsets: by unsigned bytes. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const { strings } = this;
    let i = 0;
    while (strings[a + i] === strings[b + i] && strings[a + i] !== 0) i++;
    this.count(i + 1);
    return strings[a + i]! - strings[b + i]!;
  }

  /** Sorts `ids` in place by the strings at offsets `keys[id]`; each run of two or more with one string goes to `sortTies`. */
  sort(keys: Uint32Array, ids: Uint32Array, sortTies: (ids: Uint32Array) => void): void {
    const parts = [0, ids.length, 0]; // from, to, how many characters are known to be equal
    while (parts.length > 0) {
      const depth = parts.pop()!;
      const to = parts.pop()!;
      const from = parts.pop()!;
      if (to - from < SMALL) {
        this.sortSmall(keys, ids.subarray(from, to), depth, sortTies);
        continue;
      }
      this.count(to - from);
      const pivot = this.partition(keys, ids, from, to, depth);
      const { less, more } = this;
      parts.push(from, less, depth, more, to, depth);
      if (pivot !== 0) parts.push(less, more, depth + 1);
      else if (more - less > 1) sortTies(ids.subarray(less, more));
    }
  }

  /** Puts strings with a smaller character at `depth` before `less`, with a larger one from `more` on; returns the pivot. */
  private partition(keys: Uint32Array, ids: Uint32Array, from: number, to: number, depth: number): number {
    const { strings } = this;
    const pivot = median(
      this.charAt(keys, ids, from, depth),
      this.charAt(keys, ids, (from + to) >>> 1, depth),
      this.charAt(keys, ids, to - 1, depth),
    );
    let less = from;
    let more = to;
    for (let i = from; i < more; ) {
      const id = ids[i]!;
      const char = strings[keys[id]! + depth]!;
      if (char === pivot) i++;
      else if (char < pivot) {
        ids[i++] = ids[less]!;
        ids[less++] = id;
      } else {
        ids[i] = ids[--more]!;
        ids[more] = id;
      }
    }
    this.less = less;
    this.more = more;
    return pivot;
  }

  private charAt(keys: Uint32Array, ids: Uint32Array, i: number, depth: number): number {
    return this.strings[keys[ids[i]!]! + depth]!;
  }

  /** Sorts by insertion and hands on the runs of equal strings. */
  private sortSmall(keys: Uint32Array, ids: Uint32Array, depth: number, sortTies: (ids: Uint32Array) => void): void {
    const keyOf = (i: number) => keys[ids[i]!]! + depth;
    for (let i = 1; i < ids.length; i++) {
      const id = ids[i]!;
      const key = keyOf(i);
      let j = i;
      for (; j > 0 && this.compare(keyOf(j - 1), key) > 0; j--) ids[j] = ids[j - 1]!;
      ids[j] = id;
    }
    for (let i = 0, end = 1; i < ids.length; i = end) {
      end = i + 1;
      while (end < ids.length && this.compare(keyOf(i), keyOf(end)) === 0) end++;
      if (end - i > 1) sortTies(ids.subarray(i, end));
    }
  }

  private count(steps: number): void {
    this.steps += steps;
    if (this.steps <= MAX_SORT_STEPS) return;
    throw new BtfError('limit', 'names are too long to sort', { expected: `at most ${MAX_SORT_STEPS} characters` });
  }
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
