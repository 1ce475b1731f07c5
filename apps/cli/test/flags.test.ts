import { expect, test } from 'vitest';
import { findCommand } from '../src/find-command.ts';
import { type FlagDefs, parseFlags } from '../src/flags.ts';
import { editDistance, nearest } from '../src/nearest.ts';
import { COMMANDS } from '../src/table.ts';

const DEFS = {
  'base-btf': { value: 'FILE', short: 'B', help: '' },
  pretty: { short: 'p', help: '' },
  jobs: { value: 'N', kind: 'number', default: 2, help: '' },
  where: { value: 'F', kind: 'list', help: '' },
  format: { value: 'F', choices: ['dir', 'bcc'], default: 'dir', help: '' },
  output: { value: 'F', short: 'o', alias: ['out'], help: '' },
} as const satisfies FlagDefs;

const parse = (line: string) => parseFlags(line.split(' ').filter(Boolean), DEFS, 'btfq x');

test('options stand anywhere, short ones may be joined', () => {
  expect(parse('file x -jp -B base format c')).toEqual({
    args: ['file', 'x', 'format', 'c'],
    baseBtf: 'base',
    format: 'dir',
    help: false,
    jobs: 2,
    json: true,
    output: undefined,
    pretty: true,
    where: [],
  });
});

test.each([
  ['--base-btf=b --jobs 4', { baseBtf: 'b', jobs: 4 }],
  ['--base b', { baseBtf: 'b' }],
  ['--pre', { pretty: true }],
  ['--out f', { output: 'f' }],
  ['-of', { output: 'f' }],
  ['--where a=1 --where b=2', { where: ['a=1', 'b=2'] }],
  ['-- -x --pretty', { args: ['-x', '--pretty'], pretty: false }],
  ['-', { args: ['-'] }],
])('%s', (line, expected) => {
  expect(parse(line)).toMatchObject(expected);
});

test.each(['--nope', '-x', '--jobs', '--jobs two', '--jobs -1', '--jobs 1.5', '--format tar', '--pretty=yes', '-B'])(
  '%s is wrong usage',
  (line) => {
    expect(() => parse(line)).toThrow(expect.objectContaining({ code: 'usage' }));
  },
);

test('a wrong flag names the near one', () => {
  expect(() => parse('--prety')).toThrow(expect.objectContaining({ hint: 'Did you mean --pretty?' }));
  expect(() => parse('--format bc')).toThrow(expect.objectContaining({ hint: 'Did you mean --format bcc?' }));
});

test('the command is found behind options', () => {
  expect(findCommand(['--json', 'help', 'x'], COMMANDS)).toEqual({ name: 'help', rest: ['--json', 'x'] });
  expect(findCommand(['--db', 'x.db', 'help'], COMMANDS)).toEqual({ name: 'help', rest: ['--db', 'x.db'] });
  expect(findCommand(['--help'], COMMANDS)).toBeUndefined();
  expect(() => findCommand(['hlep'], COMMANDS)).toThrow(expect.objectContaining({ hint: 'Did you mean `btfq help`?' }));
});

test.each([
  ['', '', 0],
  ['a', '', 1],
  ['kernels', 'kernles', 1],
  ['state', '__state', 2],
  ['abc', 'xyz', 3],
])('distance of %j and %j is %d', (a, b, distance) => {
  expect(editDistance(a, b, 5)).toBe(distance);
  expect(editDistance(b, a, 5)).toBe(distance);
});

test('near words come nearest first', () => {
  expect(nearest('feild', ['kernels', 'field', 'query'])).toEqual(['field']);
  expect(nearest('zzz', ['kernels', 'field'])).toEqual([]);
});

test('flags are spelt alike: words joined by hyphens', async () => {
  for (const [name, row] of Object.entries(COMMANDS)) {
    const { command } = await row.load();
    for (const flag of Object.keys(command.flags))
      expect(`${name} --${flag}`).toMatch(/ --[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  }
});
