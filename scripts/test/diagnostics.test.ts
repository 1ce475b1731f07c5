// docs/diagnostics.md and the sources name the same codes: none is missing, none is left over.
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ExitCode } from '../../apps/cli/src/exit-codes.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The codes of the page by the heading that they stand under: its text, or the type's name where it is one. */
function documented(): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  for (const section of read('docs/diagnostics.md').split(/^## /m).slice(1)) {
    const heading = section.slice(0, section.indexOf('\n'));
    const name = /^`(\w+)`/.exec(heading)?.[1] ?? heading.replace(/ \(.*/, '');
    sections.set(name, [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((row) => row[1]!).sort());
  }
  return sections;
}

/** Every exported union of words whose name ends in `Code`. */
function unions(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of globSync('{packages,apps}/*/src/**/*.ts', { cwd: ROOT })) {
    const source = read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    for (const [, name = '', body = ''] of source.matchAll(/export type (\w+Code) =([^;]*);/g)) {
      const words = [...body.matchAll(/'([^']+)'/g)].map((word) => word[1]!);
      if (words.length > 0) found.set(name, words.sort());
    }
  }
  return found;
}

/** Codes that are written where they are used. */
function written(pattern: RegExp, files: string): string[] {
  const sources = globSync(files, { cwd: ROOT }).map(read).join('\n');
  return [...new Set([...sources.matchAll(pattern)].map((match) => match[1]!))].sort();
}

const expected = new Map([
  ...unions(),
  ['Exit codes of the command', Object.values(ExitCode).map(String).sort()],
  ['Differences of a rebase', written(/'((?:refused|taken)-by-libbpf)'/g, 'packages/btf-format/src/rebase.ts')],
  [
    'Further codes of the server',
    written(/'([A-Z]+(?:_[A-Z]+){2,})'/g, 'packages/graphql/src/server/*.ts').filter(
      (code) => !unions().get('GraphqlErrorCode')?.includes(code),
    ),
  ],
]);

test('there is a section for each group of codes, and no other', () => {
  expect([...documented().keys()].sort()).toEqual([...expected.keys()].sort());
});

test.each([...expected])('%s', (name, codes) => {
  expect(codes.length).toBeGreaterThan(1);
  expect(documented().get(name)).toEqual(codes);
});

test('each code has a cause and what to do', () => {
  for (const [row] of read('docs/diagnostics.md').matchAll(/^\| `.*$/gm)) {
    expect(row.split(' | ').filter((cell) => cell.trim().length > 3)).toHaveLength(3);
  }
});
