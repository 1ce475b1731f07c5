import { expect, test } from 'vitest';
import { importProblem, importsOf } from '../check-imports.ts';

test('imports are found in every form, comments are not', () => {
  const source = `
import { a } from './a.ts';
import type { B } from '@btfq/elf';
import './effect.ts';
import def, { c as d } from 'third';
import * as all from "node:fs";
export { e } from './e.ts';
export type { F } from '@btfq/btf-format';
const lazy = await import('./lazy.ts');
// import { no } from 'commented';
/* import 'nor this'; */
import {
  many,
  lines,
} from './many.ts';
`;
  expect(importsOf(source).sort()).toEqual(
    [
      './a.ts',
      '@btfq/elf',
      './effect.ts',
      'third',
      'node:fs',
      './e.ts',
      '@btfq/btf-format',
      './lazy.ts',
      './many.ts',
    ].sort(),
  );
});

const none = new Set<string>();
test.each([
  ['@btfq/elf', 'src/a.ts', './b.ts', true],
  ['@btfq/elf', 'src/a.ts', 'node:fs', false],
  ['@btfq/elf', 'src/a.ts', '@btfq/btf-format', false],
  ['@btfq/elf', 'src/a.ts', '../../btf-format/src/index.ts', false],
  ['@btfq/elf', 'src/a.ts', '../test/x.ts', false],
  ['@btfq/elf', 'test/a.test.ts', 'node:fs', true],
  ['@btfq/elf', 'test/a.test.ts', '../src/b.ts', true],
  ['@btfq/elf', 'test/a.test.ts', '../../../test-kit/src/index.ts', false],
  ['@btfq/btf-format', 'src/load.ts', '@btfq/elf', true],
  ['@btfq/minimizer', 'src/a.ts', 'left-pad', false],
  ['@btfq/kernel-source', 'src/a.ts', 'node:fs', true],
  ['@btfq/kernel-source', 'src/a.ts', 'left-pad', false],
  ['btfq', 'src/a.ts', '@btfq/graphql', true],
])('%s %s imports %s: allowed %s', (name, file, specifier, allowed) => {
  expect(importProblem(name, file, specifier, none) === undefined).toBe(allowed);
});

test('a third party is allowed where it is a dependency', () => {
  expect(importProblem('@btfq/kernel-source', 'src/a.ts', '@scope/xz/sub', new Set(['@scope/xz']))).toBeUndefined();
});
