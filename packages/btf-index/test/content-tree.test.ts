// The tree of contents and sets of them, beside sets of plain numbers: random trees, random sets, every operation.

import { seededRandom } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import {
  buildTree,
  contains,
  type ContentTree,
  decodeMembershipChanges,
  encodeMembershipChanges,
  intersect,
  type Ranges,
  rangesFrom,
  rangesOf,
  shifted,
  subtract,
  unite,
} from '../src/store/content-tree.ts';

const random = seededRandom(17);

/** Contents with ids that have gaps, each below an earlier one or a root. */
function randomRows(): [number, number | null][] {
  const ids: number[] = [];
  const rows: [number, number | null][] = [];
  for (let id = 1 + random.below(3); rows.length < 1 + random.below(40); id += 1 + random.below(3)) {
    const above = ids.length === 0 || random.below(5) === 0 ? null : ids[random.below(ids.length)]!;
    rows.push([id, above]);
    ids.push(id);
  }
  return rows;
}

/** The positions that ranges stand for, and that they are ascending, disjoint and not touching. */
function positions(ranges: Ranges): number[] {
  const all: number[] = [];
  ranges.forEach((edge, i) => {
    if (i > 0) expect(edge).toBeGreaterThan(ranges[i - 1]!);
  });
  expect(ranges.length % 2).toBe(0);
  for (let i = 0; i < ranges.length; i += 2) {
    for (let at = ranges[i]!; at < ranges[i + 1]!; at++) all.push(at);
  }
  return all;
}

const randomSet = (size: number): number[] =>
  Array.from({ length: size }, (_, i) => i).filter(() => random.below(3) === 0);

describe('a tree', () => {
  it('numbers a content before those below it, and its subtree is a range', () => {
    for (let round = 0; round < 200; round++) {
      const rows = randomRows();
      const tree = buildTree(rows);
      expect(tree.count).toBe(rows.length);
      const parent = new Map(rows);
      const above = (id: number): number[] => {
        const next = parent.get(id);
        return next == null ? [id] : [id, ...above(next)];
      };
      for (const [id] of rows) {
        expect(tree.contentAt[tree.position[id]!]).toBe(id);
        expect(tree.parent[id]).toBe(parent.get(id) ?? 0);
        const below = rows.filter(([other]) => above(other).includes(id)).map(([other]) => tree.position[other]!);
        expect(below.sort((a, b) => a - b)).toEqual(positions([tree.position[id]!, tree.end[id]!]));
      }
    }
  });

  it('of nothing is empty', () => {
    expect(buildTree([])).toMatchObject({ count: 0 });
  });
});

/** A set by what is stored of it: a content is in it where it differs from its parent as often as not. */
function members(rows: readonly (readonly [number, number | null])[], changes: ReadonlySet<number>): Set<number> {
  const found = new Set<number>();
  for (const [id, above] of rows) {
    const inherited = above !== null && found.has(above);
    if (inherited !== changes.has(id)) found.add(id);
  }
  return found;
}

describe('a set', () => {
  it('is what its changes say, read from their bytes', () => {
    for (let round = 0; round < 300; round++) {
      const rows = randomRows();
      const tree: ContentTree = buildTree(rows);
      const changes = rows.map(([id]) => id).filter(() => random.below(4) === 0);
      expect(decodeMembershipChanges(encodeMembershipChanges(changes))).toEqual(changes);
      const expected = [...members(rows, new Set(changes))].map((id) => tree.position[id]!);
      const ranges = rangesOf(tree, changes);
      expect(positions(ranges)).toEqual(expected.sort((a, b) => a - b));
      for (let at = -1; at <= tree.count; at++) expect(contains(ranges, at)).toBe(expected.includes(at));
    }
  });

  it('meets, joins and loses others as sets of numbers do', () => {
    for (let round = 0; round < 500; round++) {
      const size = 1 + random.below(30);
      const [a, b, c] = [randomSet(size), randomSet(size), randomSet(size)];
      const [ra, rb, rc] = [rangesFrom(a), rangesFrom(b), rangesFrom(c)];
      expect(positions(ra)).toEqual(a);
      expect(positions(intersect(ra, rb))).toEqual(a.filter((one) => b.includes(one)));
      expect(positions(subtract(ra, rb))).toEqual(a.filter((one) => !b.includes(one)));
      const joined = new Set([...a, ...b, ...c]);
      expect(positions(unite([ra, rb, rc]))).toEqual([...joined].sort((x, y) => x - y));
      expect(positions(shifted(ra, 7))).toEqual(a.map((one) => one + 7));
    }
    expect(unite([])).toEqual([]);
    expect(positions(rangesFrom([3, 1, 2]))).toEqual([1, 2, 3]);
  });
});
