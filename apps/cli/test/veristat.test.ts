// Filters, sort orders and comparisons of btfq veristat, by the rules of the kernel's veristat.
import { expect, test } from 'vitest';
import { compareMeasurements } from '../src/verifier/comparison.ts';
import { type ColumnId, parseEmit, parseSort } from '../src/verifier/columns.ts';
import { type Filterable, parseFilters } from '../src/verifier/filters.ts';
import { parseCsv } from '../src/verifier/render-veristat.ts';

const of = (file: string, program: string, numbers: Partial<Record<ColumnId, number>> = {}): Filterable => ({
  file,
  program,
  value: ({ id }) => numbers[id],
});

test.each<[filters: string[], passes: string[]]>([
  [[], ['a.o/one', 'a.o/two', 'b.o/one']],
  [['a*'], ['a.o/one', 'a.o/two']],
  [['one'], ['a.o/one', 'b.o/one']],
  [['a.o/one'], ['a.o/one']],
  [['/t?o'], ['a.o/two']],
  [['b.o/'], ['b.o/one']],
  [['!one'], ['a.o/two']],
  [
    ['a*', 'b*'],
    ['a.o/one', 'a.o/two', 'b.o/one'],
  ],
  [['insns>10'], ['a.o/two', 'b.o/one']],
  [['insns>=10'], ['a.o/one', 'a.o/two', 'b.o/one']],
  // A name and a number must both fit; of two numbers one.
  [['a*', 'insns>10'], ['a.o/two']],
  [
    ['insns=10', 'insns=30'],
    ['a.o/one', 'b.o/one'],
  ],
  [['!insns<>20', 'verdict=success'], ['a.o/two']],
  [['verdict=f'], ['b.o/one']],
])('%j lets %j through', (filters, passes) => {
  const all = [
    of('a.o', 'one', { total_insns: 10, verdict: 1 }),
    of('a.o', 'two', { total_insns: 20, verdict: 1 }),
    of('b.o', 'one', { total_insns: 30, verdict: 0 }),
  ];
  expect(all.filter(parseFilters(filters)).map(({ file, program }) => `${file}/${program}`)).toEqual(passes);
});

test.each(['nothing>1', 'insns>many', 'file>1', '/'])('%j is refused', (filter) => {
  expect(() => parseFilters([filter])).toThrow();
});

test('sort orders have marks before or without them', () => {
  const short = (spec: string) => parseSort(spec).map(({ id, variant, ascending }) => [id, variant, ascending]);
  expect(short('insns,file')).toEqual([
    ['total_insns', 'b', false],
    ['file_name', 'b', true],
  ]);
  expect(short('insns^, prog v,|states_diff|_')).toEqual([
    ['total_insns', 'b', true],
    ['prog_name', 'b', false],
    ['total_states', 'diff', false],
  ]);
  expect(() => parseSort('insns*')).toThrow();
});

const OLD = parseCsv(
  'file_name,prog_name,verdict,total_insns\na.o,p,success,100\na.o,q,success,0\na.o,gone,failure,7\n',
  'old',
);
const NEW = parseCsv(
  'file_name,prog_name,verdict,total_insns\na.o,p,success,90\na.o,q,failure,5\na.o,new,success,3\n',
  'new',
);
const compare = (spec: string, filters: string[], sort: string, format: 'table' | 'csv') =>
  compareMeasurements(OLD, NEW, {
    columns: parseEmit(spec),
    filter: parseFilters(filters),
    sort: sort === '' ? [] : parseSort(sort),
    format,
  });

test('a comparison has both values and what lies between them', () => {
  const { lines, differs } = compare('verdict,insns', [], '', 'csv');
  expect(differs).toBe(true);
  expect(lines).toEqual([
    'file_name,prog_name,verdict_base,verdict_comp,verdict_diff,total_insns_base,total_insns_comp,total_insns_diff',
    'a.o,gone,failure,N/A,N/A,7,N/A,N/A',
    'a.o,new,N/A,success,N/A,N/A,3,N/A',
    'a.o,p,success,success,MATCH,100,90,-10 (-10.00%)',
    'a.o,q,success,failure,MISMATCH,0,5,+5 (+100.00%)',
  ]);
});

test('a comparison is filtered and sorted by its differences', () => {
  const programs = (filters: string[], sort: string) =>
    compare('insns', filters, sort, 'csv')
      .lines.slice(1)
      .map((line) => line.split(',')[1]);
  expect(programs(['insns_diff>0'], '')).toEqual(['q']);
  expect(programs(['|insns_pct|>=10'], '')).toEqual(['p', 'q']);
  expect(programs(['verdict_diff=mismatch'], '')).toEqual(['q']);
  expect(programs(['insns_a>1'], 'insns_a')).toEqual(['p', 'gone']);
  expect(programs([], 'insns_diff')).toEqual(['q', 'p', 'gone', 'new']);
});

test('a table is aligned', () => {
  expect(compare('insns', ['p'], '', 'table').lines).toEqual([
    'File  Program  Insns (A)  Insns (B)   Insns (DIFF)',
    '----  -------  ---------  ---------  -------------',
    'a.o   p              100         90  -10 (-10.00%)',
  ]);
});
