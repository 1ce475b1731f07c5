// Splitting kernels by one question after the other.

import { expect, it } from 'vitest';
import { classesOf, partitionBy, refine, spread, undivided } from '../src/loads/partition.ts';

it('numbers classes in the order of their first members', () => {
  expect(partitionBy(['b', 'a', 'b'], (text) => text)).toEqual({ of: Int32Array.of(0, 1, 0), count: 2 });
  expect(undivided(0).count).toBe(0);
});

it('keeps together what is alike in both', () => {
  const a = partitionBy([1, 1, 2, 2, 2], (n) => n);
  const b = partitionBy([1, 2, 1, 1, 2], (n) => n);
  expect([...refine(a, b).of]).toEqual([0, 1, 2, 2, 3]);
  expect(refine(a, undivided(5))).toBe(a);
  expect(refine(undivided(5), b)).toBe(b);
  expect(classesOf(refine(a, b))).toEqual([[0], [1], [2, 3], [4]]);
});

it('carries over to what stands for others', () => {
  const a = partitionBy(['x', 'y', 'z'], (text) => text);
  expect(spread(a, Int32Array.of(2, 0, 2))).toEqual({ of: Int32Array.of(0, 1, 0), count: 2 });
});
