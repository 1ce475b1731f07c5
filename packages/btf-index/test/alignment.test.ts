// Which items of one list are which of another, beside a search through all of them.

import { seededRandom } from '@btfq/test-kit';
import { expect, it } from 'vitest';
import { align, type HashedList, type Runs } from '../src/delta/alignment.ts';

const random = seededRandom(23);

/** A list of these items; items that are the same by their low lane differ in the high one. */
function listOf(items: readonly number[]): HashedList {
  return { lo: Int32Array.from(items, (item) => item % 7), hi: Int32Array.from(items, (item) => Math.floor(item / 7)) };
}

/** For each item the number of the equal one of the base, or -1. */
const matchOf = (runs: Runs): number[] => {
  const match: number[] = [];
  runs.each((base, _, length) => {
    for (let i = 0; i < length; i++) match.push(base < 0 ? -1 : base + i);
  });
  return match;
};

const randomItems = (): number[] => Array.from({ length: random.below(60) }, () => random.below(50));

it('every item finds an equal one, or there is none', () => {
  for (let round = 0; round < 400; round++) {
    const base = randomItems();
    // the same list with pieces taken out, put in and moved, or another one
    const from = random.below(base.length + 1);
    const edited = [...base.slice(from), ...randomItems().slice(0, 3), ...base.slice(0, from)];
    const target = random.below(3) === 0 ? randomItems() : edited;
    const runs = align(listOf(base), listOf(target));
    const match = matchOf(runs);
    expect(match).toHaveLength(target.length);
    target.forEach((item, i) => {
      const found = match[i]!;
      expect(runs.of(i)).toBe(found);
      if (base.includes(item)) expect(base[found]).toBe(item);
      else expect(found).toBe(-1);
    });
  }
});

it('a run goes on with the next item, though an equal one came before', () => {
  const base = [1, 2, 3, 1, 2, 4];
  expect(matchOf(align(listOf(base), listOf([3, 1, 2, 4, 1, 2])))).toEqual([2, 3, 4, 5, 0, 1]);
  expect(matchOf(align(listOf([]), listOf([1])))).toEqual([-1]);
  expect(matchOf(align(listOf([1]), listOf([])))).toEqual([]);
});

it('runs cover the list, each as long as it can be', () => {
  for (let round = 0; round < 200; round++) {
    const target = randomItems();
    const found = align(listOf(randomItems()), listOf(target));
    let covered = 0;
    const runs: [number, number][] = [];
    found.each((base, from, length) => {
      expect(length).toBeGreaterThan(0);
      expect(from).toBe(covered);
      covered += length;
      const [lastBase, lastLength] = runs.at(-1) ?? [-2, 0];
      if (lastBase >= 0) expect(base).not.toBe(lastBase + lastLength);
      if (lastBase === -1) expect(base).toBeGreaterThanOrEqual(0);
      runs.push([base, length]);
    });
    expect(covered).toBe(target.length);
    expect(found.count).toBe(target.length);
  }
});

it('what is known before changes nothing', () => {
  let pieces = 0;
  for (let round = 0; round < 400; round++) {
    const base = randomItems();
    const target = [...randomItems().slice(0, 3), ...base.slice(random.below(base.length + 1)), ...randomItems()];
    const known: number[] = [];
    for (let from = 0, to = 0; from < base.length && to < target.length; ) {
      // some of the equal stretches, wherever they are: ascending on both sides
      let length = 0;
      while (from + length < base.length && base[from + length] === target[to + length]) length++;
      if (length === 0) {
        if (random.below(2) === 0) from++;
        else to++;
        continue;
      }
      length = 1 + random.below(length);
      known.push(from, to, length);
      from += length;
      to += length;
    }
    pieces += known.length / 3;
    expect(align(listOf(base), listOf(target), known).list).toEqual(align(listOf(base), listOf(target)).list);
  }
  expect(pieces).toBeGreaterThan(400);
});
