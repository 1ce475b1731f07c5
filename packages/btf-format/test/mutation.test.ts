import { expect, test } from 'vitest';
import { runMutations } from './mutation-run.ts';

test('damaged input gives typed errors or valid views, nothing else', () => {
  const { inputs, valid, codes } = runMutations(1, 4000);
  expect(inputs).toBe(4000);
  // both paths were taken: otherwise the run would prove little
  expect(valid).toBeGreaterThan(200);
  expect(codes.size).toBeGreaterThan(6);
});
