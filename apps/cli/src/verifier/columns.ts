// The columns of btfq veristat: names, headings and order as in the kernel's veristat (tools/testing/selftests/bpf/veristat.c).
import { UsageError } from '../errors.ts';

/** One program on one kernel. */
export interface VeristatRow {
  readonly file_name: string;
  readonly prog_name: string;
  readonly kernel: string;
  readonly verdict: 'success' | 'failure' | 'not known';
  readonly total_insns: number;
  readonly total_states: number;
  readonly peak_states: number;
  readonly max_states_per_insn: number;
  readonly max_mark_read_len: number;
  /** Bytes of all functions together. */
  readonly stack_depth: number;
  readonly prog_type: string;
}

export type ColumnId = keyof VeristatRow;

interface Column {
  readonly heading: string;
  readonly aliases: readonly string[];
  readonly isText: boolean;
}

const text = (heading: string, ...aliases: string[]): Column => ({ heading, aliases, isText: true });
const number = (heading: string, ...aliases: string[]): Column => ({ heading, aliases, isText: false });

export const COLUMNS: Readonly<Record<ColumnId, Column>> = {
  file_name: text('File', 'filename', 'file'),
  prog_name: text('Program', 'progname', 'prog'),
  kernel: text('Kernel'),
  verdict: text('Verdict'),
  total_insns: number('Insns', 'insns'),
  total_states: number('States', 'states'),
  peak_states: number('Peak states'),
  max_states_per_insn: number('Max states per insn'),
  max_mark_read_len: number('Max mark read length', 'mark_read'),
  stack_depth: number('Stack depth', 'stack'),
  prog_type: text('Program type'),
};

const IDS = Object.keys(COLUMNS) as ColumnId[];
/** What is shown unless --emit says otherwise; the kernel only where there are several. */
export const DEFAULT_COLUMNS: readonly ColumnId[] = [
  'file_name',
  'prog_name',
  'kernel',
  'verdict',
  'total_insns',
  'total_states',
  'peak_states',
  'stack_depth',
];
export const ALL_COLUMNS: readonly ColumnId[] = IDS;

export function columnOf(word: string): ColumnId {
  const found = IDS.find((id) => id === word || COLUMNS[id].aliases.includes(word));
  if (found === undefined) throw new UsageError(`'${word}' is no column: there are ${IDS.join(', ')}`);
  return found;
}

/** `insns,states`. */
export function parseEmit(spec: string): ColumnId[] {
  return spec.split(',').map((word) => columnOf(word.trim()));
}

export interface SortKey {
  readonly id: ColumnId;
  readonly ascending: boolean;
}

/** `insns>,file^`: `^` or `<` ascending, `v` or `>` descending; without one text ascends and numbers descend. */
export function parseSort(spec: string): SortKey[] {
  return spec.split(',').map((part) => {
    const word = part.trim();
    const mark = /[<^>]$|(?<=[a-z_])v$/.exec(word)?.[0];
    const isWhole = IDS.some((id) => id === word || COLUMNS[id].aliases.includes(word));
    if (mark === undefined || isWhole) {
      const id = columnOf(word);
      return { id, ascending: COLUMNS[id].isText };
    }
    return { id: columnOf(word.slice(0, -1)), ascending: mark === '^' || mark === '<' };
  });
}

export function sortRows(rows: readonly VeristatRow[], keys: readonly SortKey[]): VeristatRow[] {
  const all: readonly SortKey[] = [
    ...keys,
    { id: 'file_name', ascending: true },
    { id: 'prog_name', ascending: true },
    { id: 'kernel', ascending: true },
  ];
  return rows.toSorted((a, b) => {
    for (const { id, ascending } of all) {
      const [x, y] = [a[id], b[id]];
      if (x !== y) return x < y === ascending ? -1 : 1;
    }
    return 0;
  });
}

export type RowFilter = (row: VeristatRow) => boolean;

/** A glob as veristat has them: `*` and `?`. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`);
}

const COMPARISON = /^([a-z_]+)\s*(==|=|!=|<>|<=|>=|<|>)\s*(.+)$/;

function compareRow(row: VeristatRow, id: ColumnId, op: string, value: string): boolean {
  const own = row[id];
  const other = typeof own === 'number' ? Number(value) : value;
  if (op === '=' || op === '==') return own === other;
  if (op === '!=' || op === '<>') return own !== other;
  if (op === '<=') return own <= other;
  if (op === '>=') return own >= other;
  return op === '<' ? own < other : own > other;
}

/** `file/prog` globs, `!` before what is left out, or a comparison such as `insns>1000`. What is allowed is any of several. */
export function parseFilters(specs: readonly string[]): RowFilter {
  const allow: RowFilter[] = [];
  const deny: RowFilter[] = [];
  for (const spec of specs.flatMap((each) => each.split(','))) {
    const negates = spec.startsWith('!');
    const body = negates ? spec.slice(1) : spec;
    const comparison = COMPARISON.exec(body);
    let matches: RowFilter;
    if (comparison !== null) {
      const [, word, op, value] = comparison as unknown as [string, string, string, string];
      const id = columnOf(word);
      matches = (row) => compareRow(row, id, op, value.trim());
    } else {
      const [file = '*', program] = body.split('/');
      const [first, second] = [glob(file), glob(program ?? '*')];
      matches = (row) =>
        (first.test(row.file_name) && second.test(row.prog_name)) ||
        (program === undefined && first.test(row.prog_name));
    }
    (negates ? deny : allow).push(matches);
  }
  return (row) => !deny.some((each) => each(row)) && (allow.length === 0 || allow.some((each) => each(row)));
}
