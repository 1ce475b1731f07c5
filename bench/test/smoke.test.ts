// The suite in its short form: that every case works and says what it must, not how fast anything is.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { compare, markdown, type Results } from '../src/report.ts';
import { type Row, verdictOf } from '../src/result.ts';
import { exponent, spread } from '../src/statistics.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const BUILT = fileURLToPath(new URL('../../apps/cli/dist/bin/btfq.cjs', import.meta.url));

test('every case runs and gives finite figures', { timeout: 300_000 }, async ({ skip }) => {
  if (!existsSync(BUILT)) skip('the command line is not built: pnpm build');
  const folder = mkdtempSync(join(tmpdir(), 'btfq-smoke-'));
  try {
    const out = join(folder, 'smoke');
    await promisify(execFile)(process.execPath, ['--conditions=@btfq/source', MAIN, '--smoke', '--out', out], {
      timeout: 240_000,
    });
    const results = JSON.parse(readFileSync(`${out}.json`, 'utf8')) as Results;
    expect(results.smoke).toBe(true);
    const names = results.rows.map((row) => row.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of [
      'open-find',
      'gen-min-core-btf',
      'dump-c',
      'dump-raw',
      'many-kernels',
      'relocate-all',
      'ingest-rate',
      'index-bytes',
      'field-query',
      'bundle',
      'server-rate',
    ]) {
      expect(names).toContain(name);
    }
    for (const row of results.rows) {
      // processor time of a server is counted in hundredths of a second, in which a small question costs nothing
      if (row.unit === 'ms CPU') expect(row.ours.median, row.name).toBeGreaterThanOrEqual(0);
      else expect(row.ours.median, row.name).toBeGreaterThan(0);
      expect(Number.isFinite(row.ours.median), row.name).toBe(true);
      expect(row.referenceNote, row.name).not.toBe('');
    }
    expect(readFileSync(`${out}.md`, 'utf8')).toContain('| what | btfq |');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the arithmetic', () => {
  const row = (ours: number, reference: number | undefined, target: Row['target']): Row => ({
    name: 'x',
    what: 'x',
    unit: 'ms',
    ours: spread([ours]),
    reference: reference === undefined ? undefined : spread([reference]),
    referenceNote: 'y',
    target,
  });

  test('median and spread', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3, rounds: 3 });
    expect(spread([4, 1, 2, 3]).median).toBe(2.5);
    expect(() => spread([])).toThrow(RangeError);
  });

  test.each([
    [1, 0],
    [7, 1],
    [3, 2],
  ])('exponent of %d * x^%d', (factor, power) => {
    expect(exponent([10, 100, 1000].map((x) => [x, factor * x ** power] as const))).toBeCloseTo(power, 6);
  });

  test.each([
    [1, 2, 'aim'],
    [3, 2, 'met'],
    [5, 2, 'missed'],
    [1, undefined, undefined],
  ])('ours %d over %s is %s', (ours, reference, verdict) => {
    expect(verdictOf(row(ours, reference, { of: 'ratio', better: 'less', atLeast: 2, aim: 1 }))).toBe(verdict);
  });

  test('more is better where the target says so', () => {
    const target = { of: 'value', better: 'more', atLeast: 10, aim: 30 } as const;
    expect([5, 10, 30].map((value) => verdictOf(row(value, undefined, target)))).toEqual(['missed', 'met', 'aim']);
  });

  test('a comparison shows our change beside the machine’s', () => {
    const machine = { cpu: '', cores: 1, memoryBytes: 1, system: '', node: '', commit: 'abc', dirty: false, tools: {} };
    const before: Results = { machine, smoke: false, rows: [row(4, 2, undefined)] };
    const now: Results = { machine, smoke: false, rows: [row(2, 3, undefined)] };
    expect(compare(now, before)).toContain('| x | 4 | 2 ms | 0.5x | 1.5x |');
    expect(markdown(now)).toContain('| x | 2 ms |');
  });
});
