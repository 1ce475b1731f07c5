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
    nextSibling[id] = firstChild[above ?? 0]!; // the children of 0 are the roots
    firstChild[above ?? 0] = id;
  }
  let count = 0;
  let id = firstChild[0]!;
  while (id !== 0 && count < rows.length) {
    position[id] = count;
    contentAt[count++] = id;
    if (firstChild[id] !== 0) {
      id = firstChild[id]!;
      continue;
    }
    end[id] = count;
    while (id !== 0 && nextSibling[id] === 0) {
      id = parent[id]!;
      if (id !== 0) end[id] = count;
    }
    if (id !== 0) id = nextSibling[id]!;
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
    const id = changes[0]!;
    return [tree.position[id]!, tree.end[id]!];
  }
  const edges: number[] = [];
  for (const id of changes) edges.push(tree.position[id]!, tree.end[id]!);
  edges.sort((a, b) => a - b);
  const ranges: number[] = []; // an even number of edges at one place cancels out
  for (let i = 0; i < edges.length; ) {
    let same = i + 1;
    while (same < edges.length && edges[same] === edges[i]) same++;
    if ((same - i) % 2 === 1) ranges.push(edges[i]!);
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
    const from = Math.max(a[i]!, b[j]!);
    const to = Math.min(a[i + 1]!, b[j + 1]!);
    if (from < to) both.push(from, to);
    if (a[i + 1]! < b[j + 1]!) i += 2;
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
      starts[n] = set[i]!;
      ends[n++] = set[i + 1]!;
    }
  }
  starts.sort();
  ends.sort();
  const all: number[] = [];
  for (let s = 0, e = 0; s < n; ) {
    const from = starts[s++]!;
    while (s < n && starts[s]! <= ends[e]!) {
      s++;
      e++;
    }
    all.push(from, ends[e++]!);
  }
  return all;
}

export function subtract(a: Ranges, b: Ranges): Ranges {
  const left: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let from = a[i]!;
    const to = a[i + 1]!;
    while (j > 0 && b[j - 1]! > from) j -= 2; // b's ranges may span several of a's
    while (j < b.length && b[j]! < to) {
      if (b[j + 1]! > from) {
        if (b[j]! > from) left.push(from, b[j]!);
        from = Math.max(from, b[j + 1]!);
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
    if (ranges[middle]! <= position) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}
