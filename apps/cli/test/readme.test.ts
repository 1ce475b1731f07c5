// What the README and the guides show is what btfq prints: their `console` blocks are transcripts like any other.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { replay } from './kit/transcript.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

const PAGES = ['README.md', 'apps/cli/README.md', ...globSync('docs/*.md', { cwd: ROOT }).sort()];

test.each(PAGES.filter((page) => readFileSync(join(ROOT, page), 'utf8').includes('```console')))(
  '%s shows real output',
  async (file) => {
    const path = join(ROOT, file);
    await expect(await replay(readFileSync(path, 'utf8'), true)).toMatchFileSnapshot(path);
  },
);

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
