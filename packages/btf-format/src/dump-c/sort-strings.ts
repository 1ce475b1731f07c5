// Sorting by NUL-terminated strings: three-way radix quicksort (Bentley and Sedgewick 1997), which looks at each
// character about once where comparing whole strings would look at common beginnings again and again.

import { BtfError } from '../errors.ts';
import { MAX_DUMP_STEPS } from './state.ts';

/** Parts shorter than this are sorted by insertion. */
const SMALL = 10;

/** strcmp: by unsigned bytes. */
export function compareStrings(strings: Uint8Array, a: number, b: number): number {
  if (a === b) return 0;
  while (strings[a] === strings[b]) {
    if (strings[a] === 0) return 0;
    a++;
    b++;
  }
  return (strings[a] as number) - (strings[b] as number);
}

/**
 * Sorts `ids` in place by the strings at offsets `keys[id]`; each run of two or more with one string goes to
 * `sortTies`. Throws `limit` where strings are so long and so much alike that it would take too long.
 */
export function sortByString(
  strings: Uint8Array,
  keys: Uint32Array,
  ids: Uint32Array,
  sortTies: (ids: Uint32Array) => void,
): void {
  const parts = [0, ids.length, 0]; // from, to, how many characters are known to be equal
  let steps = 0;
  while (parts.length > 0) {
    const depth = parts.pop() as number;
    const to = parts.pop() as number;
    const from = parts.pop() as number;
    if (to - from < 2) continue;
    if (to - from < SMALL) {
      insertionSort(strings, keys, ids, from, to, depth);
      tiesOf(strings, keys, ids, from, to, sortTies);
      continue;
    }
    steps += to - from;
    if (steps > MAX_DUMP_STEPS) {
      throw new BtfError('limit', 'names are too long to sort', { expected: `at most ${MAX_DUMP_STEPS} characters` });
    }
    const middle = charAt(strings, keys, ids, (from + to) >>> 1, depth);
    const pivot = median(charAt(strings, keys, ids, from, depth), middle, charAt(strings, keys, ids, to - 1, depth));
    let less = from;
    let more = to;
    for (let i = from; i < more; ) {
      const char = charAt(strings, keys, ids, i, depth);
      if (char < pivot) swap(ids, less++, i++);
      else if (char > pivot) swap(ids, i, --more);
      else i++;
    }
    parts.push(from, less, depth, more, to, depth);
    if (pivot !== 0) parts.push(less, more, depth + 1);
    else if (more - less > 1) sortTies(ids.subarray(less, more));
  }
}

function charAt(strings: Uint8Array, keys: Uint32Array, ids: Uint32Array, i: number, depth: number): number {
  return strings[(keys[ids[i] as number] as number) + depth] as number;
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function swap(ids: Uint32Array, i: number, j: number): void {
  const id = ids[i] as number;
  ids[i] = ids[j] as number;
  ids[j] = id;
}

function insertionSort(
  strings: Uint8Array,
  keys: Uint32Array,
  ids: Uint32Array,
  from: number,
  to: number,
  depth: number,
): void {
  for (let i = from + 1; i < to; i++) {
    const id = ids[i] as number;
    const key = (keys[id] as number) + depth;
    let j = i;
    for (; j > from && compareStrings(strings, (keys[ids[j - 1] as number] as number) + depth, key) > 0; j--) {
      ids[j] = ids[j - 1] as number;
    }
    ids[j] = id;
  }
}

/** Hands on the runs of equal strings in a sorted part. */
function tiesOf(
  strings: Uint8Array,
  keys: Uint32Array,
  ids: Uint32Array,
  from: number,
  to: number,
  sortTies: (ids: Uint32Array) => void,
): void {
  for (let i = from; i < to; ) {
    const key = keys[ids[i] as number] as number;
    let end = i + 1;
    while (end < to && compareStrings(strings, keys[ids[end] as number] as number, key) === 0) end++;
    if (end - i > 1) sortTies(ids.subarray(i, end));
    i = end;
  }
}
