// The contents of an index as a tree, and sets of them. A set is stored as the contents whose membership differs from
// their parent's; numbered in preorder, a subtree is a range, so a set is a few ranges, however many kernels there are.

import { VarintReader, VarintWriter } from '../varints.ts';

/** Ascending, disjoint, not touching: [from, to, from, to, ...] in positions. */
export type Ranges = readonly number[];

/** Where each content stands in preorder. */
export interface ContentTree {
  /** Number of contents: positions run from 0. */
  readonly count: number;
  /** By content id: its position, -1 where there is none. */
  readonly position: Int32Array;
  /** By content id: where its subtree ends. */
  readonly end: Int32Array;
  /** By position: the content id. */
  readonly contentAt: Int32Array;
  /** By content id: its parent, 0 for none. */
  readonly parent: Int32Array;
}

/** Numbers contents, given as [id, parent or null] in any order. */
export function buildTree(rows: readonly (readonly [number, number | null])[]): ContentTree {
  const size = rows.reduce((most, [id]) => Math.max(most, id), 0) + 1;
  const parent = new Int32Array(size);
  const firstChild = new Int32Array(size);
  const nextSibling = new Int32Array(size);
  const position = new Int32Array(size).fill(-1);
  const end = new Int32Array(size);
  const contentAt = new Int32Array(rows.length);
  for (const [id, above] of rows) {
    parent[id] = above ?? 0;
    nextSibling[id] = firstChild[above ?? 0] as number; // the children of 0 are the roots
    firstChild[above ?? 0] = id;
  }
  let count = 0;
  let id = firstChild[0] as number;
  while (id !== 0 && count < rows.length) {
    position[id] = count;
    contentAt[count++] = id;
    if (firstChild[id] !== 0) {
      id = firstChild[id] as number;
      continue;
    }
    end[id] = count;
    while (id !== 0 && nextSibling[id] === 0) {
      id = parent[id] as number;
      if (id !== 0) end[id] = count;
    }
    if (id !== 0) id = nextSibling[id] as number;
  }
  return { count, position, end, contentAt, parent };
}

/** The contents that a stored set lists. */
export function decodeMembershipChanges(blob: Uint8Array): number[] {
  const input = new VarintReader(blob);
  const ids: number[] = [];
  for (let id = 0; !input.done; ) ids.push((id += input.next()));
  return ids;
}

export function encodeMembershipChanges(ids: readonly number[]): Uint8Array {
  const out = new VarintWriter(ids.length * 2 + 8);
  let last = 0;
  for (const id of ids) {
    out.add(id - last);
    last = id;
  }
  return out.finish();
}

/** The positions that a set of changes comes to. */
export function rangesOf(tree: ContentTree, changes: readonly number[]): Ranges {
  if (changes.length === 1) {
    const id = changes[0] as number;
    return [tree.position[id] as number, tree.end[id] as number];
  }
  const edges: number[] = [];
  for (const id of changes) edges.push(tree.position[id] as number, tree.end[id] as number);
  edges.sort((a, b) => a - b);
  const ranges: number[] = []; // an even number of edges at one place cancels out
  for (let i = 0; i < edges.length; ) {
    let same = i + 1;
    while (same < edges.length && edges[same] === edges[i]) same++;
    if ((same - i) % 2 === 1) ranges.push(edges[i] as number);
    i = same;
  }
  return ranges;
}

/** The same, so many positions further. */
export function shifted(ranges: Ranges, by: number): Ranges {
  return by === 0 ? ranges : ranges.map((edge) => edge + by);
}

/** Single positions as ranges. */
export function rangesFrom(positions: readonly number[]): Ranges {
  const sorted = [...positions].sort((a, b) => a - b);
  const ranges: number[] = [];
  for (const position of sorted) {
    if (ranges.at(-1) === position) ranges[ranges.length - 1] = position + 1;
    else ranges.push(position, position + 1);
  }
  return ranges;
}

export function intersect(a: Ranges, b: Ranges): Ranges {
  const both: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const from = Math.max(a[i] as number, b[j] as number);
    const to = Math.min(a[i + 1] as number, b[j + 1] as number);
    if (from < to) both.push(from, to);
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2;
    else j += 2;
  }
  return both;
}

export function unite(sets: readonly Ranges[]): Ranges {
  if (sets.length === 1) return sets[0] as Ranges;
  let edges = 0;
  for (const set of sets) edges += set.length;
  if (edges === 0) return [];
  // starts and ends apart, each sorted: as many are open as have started and not ended
  const starts = new Uint32Array(edges / 2);
  const ends = new Uint32Array(edges / 2);
  let n = 0;
  for (const set of sets) {
    for (let i = 0; i < set.length; i += 2) {
      starts[n] = set[i] as number;
      ends[n++] = set[i + 1] as number;
    }
  }
  starts.sort();
  ends.sort();
  const all: number[] = [];
  for (let s = 0, e = 0; s < n; ) {
    const from = starts[s++] as number;
    while (s < n && (starts[s] as number) <= (ends[e] as number)) {
      s++;
      e++;
    }
    all.push(from, ends[e++] as number);
  }
  return all;
}

export function subtract(a: Ranges, b: Ranges): Ranges {
  const left: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let from = a[i] as number;
    const to = a[i + 1] as number;
    while (j > 0 && (b[j - 1] as number) > from) j -= 2; // b's ranges may span several of a's
    while (j < b.length && (b[j] as number) < to) {
      if ((b[j + 1] as number) > from) {
        if ((b[j] as number) > from) left.push(from, b[j] as number);
        from = Math.max(from, b[j + 1] as number);
      }
      j += 2;
    }
    if (from < to) left.push(from, to);
  }
  return left;
}

export function contains(ranges: Ranges, position: number): boolean {
  let low = 0;
  let high = ranges.length; // how many edges are at or before the position
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as number) <= position) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}
