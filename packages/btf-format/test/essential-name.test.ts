import { essentialName } from '@btfq/btf-format';
import { describe, expect, test } from 'vitest';

// libbpf's own answers: bpf_core_essential_name_len compiled and run on these names.
describe('essentialName', () => {
  test.each([
    ['task_struct', 'task_struct'],
    ['task_struct___old', 'task_struct'],
    ['a___b___c', 'a___b'],
    ['a____b', 'a____b'],
    ['a___', 'a___'],
    ['___a', '___a'],
    ['a___b', 'a'],
    ['a___b____c', 'a'],
    ['_a___b_', '_a'],
    ['', ''],
  ])('%s -> %s', (name, expected) => {
    expect(essentialName(name)).toBe(expected);
  });
});
