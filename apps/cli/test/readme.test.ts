// What the README shows is what btfq prints: its `console` blocks are a transcript like any other.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { replay } from './kit/transcript.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

test.each(['README.md', 'apps/cli/README.md'])('%s shows real output', async (file) => {
  const path = join(ROOT, file);
  await expect(await replay(readFileSync(path, 'utf8'), true)).toMatchFileSnapshot(path);
});

test('the README names every package in flow order', () => {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const named = [...text.matchAll(/^\| \[`(@btfq\/[\w-]+|btfq)`\]/gm)].map((match) => match[1]);
  const { references } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as {
    references: { path: string }[];
  };
  const packages = references.map(({ path }) => path).filter((path) => path !== 'test-kit');
  const names = packages.map((path) => JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8')).name);
  expect(named).toEqual(names);
});
