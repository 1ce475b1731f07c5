// Squeezed texts: any bytes come back, damaged ones are refused or give other bytes, and the C program of a large table prints it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dumpLines, generateTable, inSeries, readCommittedTable } from '@btfq/offsets';
import { seededRandom } from '@btfq/test-kit';
import { expect, onTestFinished, test } from 'vitest';
import { bytesOfDigits, digitsOfBytes } from '../src/squeeze/digits.ts';
import { squeeze, unsqueeze } from '../src/squeeze/squeeze.ts';
import { tableOf } from './random-table.ts';

const { below, pick } = seededRandom(5);
const random = (length: number, range: number) => Uint8Array.from({ length }, () => below(range));

test.each<[string, Uint8Array]>([
  ['nothing', new Uint8Array(0)],
  ['one byte', Uint8Array.of(255)],
  ['a run longer than any copy', new Uint8Array(1000).fill(48)],
  ['noise', random(2000, 256)],
  ['few letters', random(2000, 3)],
  ['what comes again far away', Uint8Array.from([...random(40, 256), ...random(5000, 7), ...random(40, 256)])],
])('%s comes back', (_, bytes) => {
  const squeezed = squeeze(bytes);
  expect(bytesOfDigits(digitsOfBytes(squeezed))).toEqual(squeezed);
  expect(Buffer.compare(unsqueeze(squeezed, bytes.length), bytes)).toBe(0);
});

test('what repeats itself takes little, and no more of anything than it has', () => {
  expect(squeeze(new Uint8Array(5_000).fill(7)).length).toBeLessThan(30);
  expect(squeeze(random(2000, 256)).length).toBeLessThan(2200);
});

/** A table of so many kernels, whose texts are squeezed in C. */
function largeTable(kernels: number) {
  const releases = Array.from({ length: kernels }, (_, i) => {
    const series = ['-generic', '+deb13-1000-cloud-amd64', '.el9_4.x86_64', '-0-s7'][i % 4];
    return `6.${i % 12}.${Math.floor(i / 48)}-${1000 + i}${i % 7 === 0 ? `.${i}` : ''}${series}`;
  });
  return inSeries(tableOf(releases, 3));
}

test('a table that was changed by hand is refused, or reads as another', () => {
  const text = generateTable(largeTable(1600), 'c', { name: 'dense' });
  expect(text).toContain('table:squeezed');
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.includes('table:squeezed')) + 2;
  const counts = lines[at]!;
  for (const damaged of [
    '"1 2 3",',
    '"1 2 3 999999999",',
    counts.replace(/\d+"/, '99999999"'),
    counts.replace(/\d+/, '0'),
  ]) {
    const other = [...lines.slice(0, at), `\t${damaged.trim()}`, ...lines.slice(at + 1)].join('\n');
    expect(() => readCommittedTable(other), damaged).toThrow(expect.objectContaining({ code: 'bad-offsets-table' }));
  }
  let refused = 0;
  for (let i = 0; i < 60; i++) {
    const place = text.indexOf('",', text.indexOf(counts) + counts.length) - 1 - below(900);
    const other = text.slice(0, place) + pick(['0', '-', '_', 'z', '*']) + text.slice(place + 1);
    try {
      readCommittedTable(other);
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-offsets-table' });
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(30);
});

test('a large table is read back, and the C program prints it', () => {
  const table = largeTable(1600);
  const text = generateTable(table, 'c', { name: 'dense' });
  const expected = [...dumpLines(table)];
  const committed = readCommittedTable(text);
  expect(
    [...committed].flatMap(([kernel, cells]) => [...cells].map(([name, cell]) => `${kernel}\t${name}\t${cell}`)),
  ).toEqual(expected);
  if (spawnSync('gcc', ['--version']).status !== 0) return void console.warn('skipped: gcc is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'btfq-squeeze-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'dense.h'), text);
  const flags = ['-D_GNU_SOURCE', '-O1', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-DDENSE_MAIN'];
  execFileSync('gcc', ['-std=c99', ...flags, '-x', 'c', 'dense.h', '-o', 'dense'], { cwd: folder });
  execFileSync(join(folder, 'dense'), ['test']);
  const printed = execFileSync(join(folder, 'dense'), { encoding: 'utf8', maxBuffer: 1 << 26 });
  expect(printed === `${expected.join('\n')}\n`).toBe(true);
});
