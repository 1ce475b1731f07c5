// Lists of names that rare pieces share (pieces.ts): pieces that mostly the same names have are put together, so that the lists
// of all pieces have few names more than once, and fewer lists are to be read.

import type { Pieces } from './pieces.ts';

/** Names in a list: its bytes come in one request. */
const MOST_NAMES = 2_700;

/** The names of each list, ascending, and by piece the list that has its names. */
export interface SharedLists {
  readonly lists: readonly Uint32Array[];
  readonly ofPiece: readonly number[];
}

/** Of two pieces that share a list, so many of the names of one have the other as well: one in these. */
const TOGETHER = 10;

/** Puts pieces together that the same names have, the most alike first, and then small lists of neighbouring pieces. */
export function shareLists(rare: Pieces['rare'], nameCount: number): SharedLists {
  const sets: (Uint32Array | undefined)[] = rare.map(({ names }) => names);
  const joined = rare.map((_, i) => i);
  const listOf = (i: number): number => {
    let at = i;
    while (joined[at] !== at) at = joined[at] = joined[joined[at]!]!;
    return at;
  };
  const join = (low: number, high: number, union: Uint32Array) => {
    joined[high] = low;
    sets[low] = union;
    sets[high] = undefined;
  };
  // lists that do not fit into one never will, as they only grow; those that are not alike may be when one of them has grown
  const apart = new Set<number>();
  const unlike = new Map<number, number>();
  for (const [a, b] of oftenTogether(rare, nameCount)) {
    const [x, y] = [listOf(a), listOf(b)];
    if (x === y) continue;
    const [low, high] = x < y ? [x, y] : [y, x];
    const pair = low * rare.length + high;
    if (apart.has(pair)) continue;
    const [one, other] = [sets[low] as Uint32Array, sets[high] as Uint32Array];
    const lengths = one.length * MOST_NAMES + other.length;
    if (unlike.get(pair) === lengths) continue;
    const toFit = one.length + other.length - MOST_NAMES;
    const toBeAlike = Math.floor(Math.min(one.length, other.length) / TOGETHER) + 1;
    const both = countOfBoth(one, other, Math.max(toFit, toBeAlike));
    if (both < toFit) apart.add(pair);
    else if (both < toBeAlike) unlike.set(pair, lengths);
    else join(low, high, unionOf(one, other));
  }
  let before: number | undefined;
  for (const [i, set] of sets.entries()) {
    if (set === undefined) continue;
    const union = before === undefined ? set : unionOf(sets[before] as Uint32Array, set);
    if (before === undefined || union.length > MOST_NAMES) before = i;
    else join(before, i, union);
  }
  const numbers = new Map<number, number>();
  for (const [i, set] of sets.entries()) if (set !== undefined) numbers.set(i, numbers.size);
  return {
    lists: sets.filter((set) => set !== undefined),
    ofPiece: rare.map((_, i) => numbers.get(listOf(i)) as number),
  };
}

/** Pairs of pieces of the same names, those first that are the most alike. */
function oftenTogether(rare: Pieces['rare'], nameCount: number): [a: number, b: number][] {
  const { starts, pieces } = piecesByName(rare, nameCount);
  const found: { key: number; part: number }[] = [];
  // pieces are taken in their order, so that of each name those before the present one are passed over
  const passed = starts.slice();
  const counts = new Uint32Array(rare.length);
  const others = new Uint32Array(rare.length);
  for (let a = 0; a < rare.length; a++) {
    const { names } = rare[a] as Pieces['rare'][number];
    let otherCount = 0;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      passed[name] = passed[name]! + 1;
      const end = starts[name + 1]!;
      for (let j = passed[name]!; j < end; j++) {
        const other = pieces[j]!;
        if (counts[other] === 0) others[otherCount++] = other;
        counts[other] = counts[other]! + 1;
      }
    }
    for (let i = 0; i < otherCount; i++) {
      const other = others[i]!;
      const part = counts[other]! / Math.min(names.length, (rare[other] as Pieces['rare'][number]).names.length);
      if (part * TOGETHER >= 1) found.push({ key: a * rare.length + other, part });
      counts[other] = 0;
    }
  }
  found.sort((x, y) => y.part - x.part || x.key - y.key);
  return found.map(({ key }) => [Math.floor(key / rare.length), key % rare.length]);
}

/** The pieces of each name, ascending, one name after the other, and where those of each begin. */
function piecesByName(rare: Pieces['rare'], nameCount: number): { starts: Uint32Array; pieces: Uint32Array } {
  const starts = new Uint32Array(nameCount + 1);
  for (const { names } of rare) for (let i = 0; i < names.length; i++) starts[names[i]! + 1]!++;
  for (let name = 0; name < nameCount; name++) starts[name + 1]! += starts[name]!;
  const next = starts.slice();
  const pieces = new Uint32Array(starts[nameCount]!);
  for (let piece = 0; piece < rare.length; piece++) {
    const { names } = rare[piece] as Pieces['rare'][number];
    for (let i = 0; i < names.length; i++) pieces[next[names[i]!]!++] = piece;
  }
  return { starts, pieces };
}

/** How many of ascending numbers are in both lists; where it is fewer than `least`, a number from that up to below `least`. */
function countOfBoth(a: Uint32Array, b: Uint32Array, least: number): number {
  let both = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const most = both + Math.min(a.length - i, b.length - j);
    if (most < least) return most;
    for (const end = Math.min(a.length, i + STEPS); i < end && j < b.length; ) {
      const x = a[i]!;
      const y = b[j]!;
      if (x === y) both++;
      if (x <= y) i++;
      if (y <= x) j++;
    }
  }
  return both;
}

/** After so many it is looked whether what is left can be enough. */
const STEPS = 32;

function unionOf(a: Uint32Array, b: Uint32Array): Uint32Array {
  const union = new Uint32Array(a.length + b.length);
  let i = 0;
  let j = 0;
  let length = 0;
  while (i < a.length && j < b.length) {
    const x = a[i]!;
    const y = b[j]!;
    union[length++] = Math.min(x, y);
    if (x <= y) i++;
    if (y <= x) j++;
  }
  while (i < a.length) union[length++] = a[i++]!;
  while (j < b.length) union[length++] = b[j++]!;
  return union.slice(0, length);
}
