import { expect, test } from 'vitest';
import { byteSize, decHex, duration, grouped, plural } from '../src/render/numbers.ts';
import { drawProgress, formatProgress } from '../src/render/progress.ts';
import { COLOURED, visibleWidth, wantsColour } from '../src/render/style.ts';
import { formatTable } from '../src/render/table.ts';
import { wrap } from '../src/render/wrap.ts';

const COLUMNS = [
  { title: 'kernel', shrink: true },
  { title: 'offset', align: 'right' },
] as const;

test('a table is aligned, and cut only for a terminal', () => {
  const rows = [
    ['debian/12/x86_64/6.1.0-50-cloud-amd64', '2464'],
    ['short', '1'],
  ];
  expect(formatTable(COLUMNS, rows, undefined)).toEqual([
    'kernel                                 offset',
    'debian/12/x86_64/6.1.0-50-cloud-amd64    2464',
    'short                                       1',
  ]);
  expect(formatTable(COLUMNS, rows, 24)).toEqual([
    'kernel            offset',
    'debian/12/x86_6…    2464',
    'short                  1',
  ]);
});

test('what a name ends in is kept where that tells names apart', () => {
  const columns = [{ title: 'kernel', shrink: 'start' }, { title: 'offset' }] as const;
  expect(formatTable(columns, [['debian/12/x86_64/6.1.0-50', '1']], 22)[1]).toBe('…6_64/6.1.0-50  1');
});

test('colours take no columns and survive a cut', () => {
  const [, line] = formatTable(COLUMNS, [[COLOURED.name('a-very-long-kernel-name'), '1']], 20);
  expect(visibleWidth(line!)).toBe(20);
  expect(line).toContain('\x1b[36ma-very-long…\x1b[39m');
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ TERM: 'dumb' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, false],
])('%j, terminal %s: colours %s', (env, terminal, expected) => {
  expect(wantsColour(env, terminal)).toBe(expected);
});

test('paragraphs are wrapped, indented lines are not', () => {
  expect(wrap('one two\nthree four\n\n  kept as  it is\n', 9)).toBe('one two\nthree\nfour\n\n  kept as  it is');
  expect(wrap('averylongword b', 5)).toBe('averylongword\nb');
});

test('numbers', () => {
  expect([0, 999, 1000, 1234567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect(decHex(496)).toBe('496 (0x1f0)');
  expect([plural(1, 'kernel'), plural(2, 'kernel'), plural(2, 'entry', 'entries')]).toEqual([
    '1 kernel',
    '2 kernels',
    '2 entries',
  ]);
  expect([0, 999, 1000, 4_700_000, 120_000_000].map(byteSize)).toEqual(['0 B', '999 B', '1.0 kB', '4.7 MB', '120 MB']);
  expect([800, 42_000, 185_000, 7_260_000].map(duration)).toEqual(['0.8 s', '42 s', '3 min 5 s', '2 h 1 min']);
});

test('a progress line says share, rate and what is left', () => {
  expect(formatProgress('ingest', 3, 12, 1500, 200, 'a.btf')).toBe(
    'ingest ██████░░░░░░░░░░░░░░░░░░ 3/12  2.0/s  4.5 s left  a.btf',
  );
  expect(formatProgress('ingest', 3, 12, 1500, 20)).toHaveLength(20);
  expect(formatProgress('ingest', 0, 0, 0, 80)).toContain('0/0');
});

test('a progress bar is drawn at intervals and cleared', () => {
  let now = 0;
  let text = '';
  const bar = drawProgress('x', 10, { write: (piece) => (text += piece), columns: 80, now: () => now });
  bar.update(1);
  bar.update(2);
  now = 200;
  bar.update(3);
  bar.note('skipped');
  bar.finish();
  expect(text.match(/\d\/10/g)).toEqual(['1/10', '3/10', '3/10']);
  expect(text).toContain('skipped\n');
  expect(text.endsWith('\r\x1b[2K')).toBe(true);
});
