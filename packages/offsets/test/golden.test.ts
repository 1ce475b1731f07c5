// What is generated in each language, beside what programs made of it printed: `golden/table.txt` is the output of `table.c`,
// `table.go`, `table.rs` and `table.py`, by gcc, go, rustc and python3 when the files were made. Whoever changes a file by
// `--update` compiles it again, or lets the tests of btf-index do so: they run every compiler that is there.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { dumpLines, generateTable, inSeries, type TableLanguage } from '@btfq/offsets';
import { expect, test } from 'vitest';
import { releasesOf, tableOf } from './random-table.ts';

const table = inSeries(tableOf(releasesOf(7).slice(40, 76), 7));
const golden = (ending: string) => join(import.meta.dirname, 'golden', `table.${ending}`);

test('the table as text', async () => {
  await expect(`${[...dumpLines(table)].join('\n')}\n`).toMatchFileSnapshot(golden('txt'));
});

test.each<[TableLanguage, string]>([
  ['c', 'c'],
  ['go', 'go'],
  ['rust', 'rs'],
  ['zig', 'zig'],
  ['python', 'py'],
])('in %s', async (language, ending) => {
  await expect(generateTable(table, language, { name: 'dense' })).toMatchFileSnapshot(golden(ending));
});

test('the Python program prints it', () => {
  if (spawnSync('python3', ['--version']).status !== 0) return void console.warn('skipped: python3 is not installed');
  const printed = execFileSync('python3', ['-B', golden('py')], { encoding: 'utf8' });
  expect(printed).toBe(`${[...dumpLines(table)].join('\n')}\n`);
});
