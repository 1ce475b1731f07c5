import { expect, test } from 'vitest';
import { runMutations } from './mutation-run.ts';

test('damaged input gives typed errors or valid views, nothing else', () => {
  const { inputs, valid, codes } = runMutations(1, 1500);
  expect(inputs).toBe(1500);
  // both paths were taken: otherwise the run would prove little
  expect(valid).toBeGreaterThan(100);
  expect(codes.size).toBeGreaterThan(6);
});
