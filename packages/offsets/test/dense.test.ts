// Tables with many kernels, packed and read back; what the generated C program prints is compared too, where gcc is there.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dumpLines, generateTable, inSeries, packTable, readCommittedTable } from '@btfq/offsets';
import { expect, onTestFinished, test } from 'vitest';
import { countUp } from '../src/table/dense.ts';
import { releasesOf, tableOf } from './random-table.ts';

test.each([1, 2, 3])('a table is the same when it was packed and read back, seed %i', (seed) => {
  const table = inSeries(tableOf(releasesOf(seed), seed));
  const committed = readCommittedTable(generateTable(table, 'c', { name: 'dense' }));
  const lines = [...committed].flatMap(([kernel, entries]) =>
    [...entries].map(([name, text]) => `${kernel}\t${name}\t${text}`),
  );
  expect(lines).toEqual([...dumpLines(table)]);
  const size = (dense: boolean) => packTable(table, { dense }).kernels.join('').length;
  expect(size(true)).toBeLessThan(size(false));
});

test.each([
  ['5.10.0-1003.0', 0b10, '5.10.0-1004.0'],
  ['5.10.9-999.0', 0b110, '5.10.10-1000.0'],
  ['6.01.09-099', 0b11, '6.01.10-100'],
  ['1.2.3.4.5.6', 0b100001, '2.2.3.4.5.7'],
])('%s with %i counts up to %s', (head, mask, expected) => {
  expect(countUp(head, mask)).toBe(expected);
});

test('the C program prints what was packed', () => {
  if (spawnSync('gcc', ['--version']).status !== 0) return void console.warn('skipped: gcc is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'btfq-dense-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const table = inSeries(tableOf(releasesOf(4), 4));
  writeFileSync(join(folder, 'dense.h'), generateTable(table, 'c', { name: 'dense' }));
  const flags = ['-std=c99', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-x', 'c', '-DDENSE_MAIN'];
  execFileSync('gcc', [...flags, 'dense.h', '-o', 'dense'], { cwd: folder });
  expect(execFileSync(join(folder, 'dense'), { encoding: 'utf8' })).toBe(`${[...dumpLines(table)].join('\n')}\n`);
  execFileSync(join(folder, 'dense'), ['test']);
});
