// Filters of btfq veristat, as the kernel's veristat reads them (append_filter, should_process_file_prog, should_output_stats).
import { UsageError } from '../errors.ts';
import { COLUMNS, type Measure, measureOf } from './columns.ts';

/** What a filter can ask of a program: its names, and numbers; undefined for one that is not there. */
export interface Filterable {
  readonly file: string;
  readonly program: string;
  readonly value: (measure: Measure) => number | undefined;
}

interface Filters {
  readonly allow: ((of: Filterable) => boolean)[];
  readonly deny: ((of: Filterable) => boolean)[];
}

/** Longer ones before those that they begin with. */
const OPERATORS = ['==', '!=', '<>', '<=', '<', '>=', '>', '='] as const;
type Operator = (typeof OPERATORS)[number];

/** `success` and the like stand for numbers: of a verdict, or whether two are equal. */
const WORDS: Readonly<Record<string, number>> = {
  ...{ true: 1, t: 1, success: 1, succ: 1, s: 1, match: 1, m: 1 },
  ...{ false: 0, f: 0, failure: 0, fail: 0, mismatch: 0, mis: 0 },
};

/** What the filters let through: of the globs of names one must fit, and of the comparisons one; none with `!` may. */
export function parseFilters(specs: readonly string[]): (of: Filterable) => boolean {
  const names: Filters = { allow: [], deny: [] };
  const numbers: Filters = { allow: [], deny: [] };
  for (const spec of specs) {
    const negates = spec.startsWith('!');
    const body = negates ? spec.slice(1) : spec;
    const comparison = parseComparison(body);
    const kind = comparison === undefined ? names : numbers;
    kind[negates ? 'deny' : 'allow'].push(comparison ?? parseNames(body));
  }
  const passes = ({ allow, deny }: Filters, of: Filterable) =>
    !deny.some((each) => each(of)) && (allow.length === 0 || allow.some((each) => each(of)));
  return (of) => passes(names, of) && passes(numbers, of);
}

function parseComparison(text: string): ((of: Filterable) => boolean) | undefined {
  const operator = OPERATORS.find((each) => text.includes(each));
  if (operator === undefined) return undefined;
  const at = text.indexOf(operator);
  const measure = measureOf(text.slice(0, at).trim());
  if (COLUMNS[measure.id].isText && measure.id !== 'verdict') {
    throw new UsageError(`'${text}': ${measure.id} is not a number`);
  }
  const word = text.slice(at + operator.length).trim();
  const expected = WORDS[word.toLowerCase()] ?? (/^-?\d+$/.test(word) ? Number(word) : undefined);
  if (expected === undefined) throw new UsageError(`'${word}' of '${text}' is not a number`);
  return (of) => {
    const value = of.value(measure);
    if (value === undefined) return false;
    return compare(measure.isAbsolute ? Math.abs(value) : value, operator, expected);
  };
}

function compare(value: number, operator: Operator, expected: number): boolean {
  switch (operator) {
    case '=':
    case '==':
      return value === expected;
    case '!=':
    case '<>':
      return value !== expected;
    case '<':
      return value < expected;
    case '<=':
      return value <= expected;
    case '>':
      return value > expected;
    case '>=':
      return value >= expected;
  }
}

/** `GLOB` for the file or the program, `FILE/PROGRAM` for both, of which one may be left out. */
function parseNames(text: string): (of: Filterable) => boolean {
  const [file = '', program] = text.split('/', 2);
  if (file === '' && !program) throw new UsageError(`'${text}' filters nothing`);
  const first = file === '' ? undefined : glob(file);
  if (program === undefined) return (of) => first!.test(of.file) || first!.test(of.program);
  const second = program === '' ? undefined : glob(program);
  return (of) => (first?.test(of.file) ?? true) && (second?.test(of.program) ?? true);
}

/** `*` and `?`. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`);
}
