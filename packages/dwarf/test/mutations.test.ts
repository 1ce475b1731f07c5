import { expect, test } from 'vitest';
import { runMutations } from './mutation-run.ts';

test('damaged debug information gives BTF or a typed error', () => {
  const codes = runMutations(1, 200);
  expect(codes.get('valid')).toBeGreaterThan(30);
  expect(codes.size).toBeGreaterThan(5);
});
