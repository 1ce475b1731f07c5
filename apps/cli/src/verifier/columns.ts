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
  if (found === undefined) throw new UsageError(`'${word}' is not a column: there are ${IDS.join(', ')}`);
  return found;
}

/** `insns,states`. */
export function parseEmit(spec: string): ColumnId[] {
  return spec.split(',').map((word) => columnOf(word.trim()));
}

/** Of two measurements of a program: the first, the second, their difference, the difference in per cent. */
export type Variant = 'a' | 'b' | 'diff' | 'pct';

/** `insns_diff`, `|insns_pct|`: a column, of a comparison one of its values, and whether its sign counts. */
export interface Measure {
  readonly id: ColumnId;
  readonly variant: Variant;
  readonly isAbsolute: boolean;
}

/** undefined where the text names no column. */
export function findMeasure(text: string): Measure | undefined {
  const isAbsolute = text.length > 2 && text.startsWith('|') && text.endsWith('|');
  const word = (isAbsolute ? text.slice(1, -1) : text).trim();
  for (const id of IDS) {
    for (const name of [id, ...COLUMNS[id].aliases]) {
      // Without a suffix the second measurement is meant.
      if (word === name) return { id, variant: 'b', isAbsolute };
      const variant = VARIANTS.find((each) => word === `${name}_${each}`);
      if (variant !== undefined) return { id, variant, isAbsolute };
    }
  }
  return undefined;
}

const VARIANTS: readonly Variant[] = ['a', 'b', 'diff', 'pct'];

export function measureOf(text: string): Measure {
  const found = findMeasure(text);
  if (found === undefined) throw new UsageError(`'${text}' is not a column: there are ${IDS.join(', ')}`);
  return found;
}

/** A column to sort by. */
export interface SortKey extends Measure {
  readonly ascending: boolean;
}

/** `insns>,file^`: `^` or `<` ascending; `v`, `V`, `.`, `!`, `_` or `>` descending; without one text ascends and numbers descend. */
export function parseSort(spec: string): SortKey[] {
  return spec.split(',').map((part) => {
    const word = part.trim();
    const whole = findMeasure(word);
    if (whole !== undefined) return { ...whole, ascending: COLUMNS[whole.id].isText };
    const mark = word.slice(-1);
    if (!'^<vV.!_>'.includes(mark)) measureOf(word);
    return { ...measureOf(word.slice(0, -1).trim()), ascending: mark === '^' || mark === '<' };
  });
}

export function sortRows(rows: readonly VeristatRow[], keys: readonly SortKey[]): VeristatRow[] {
  const all: readonly Pick<SortKey, 'id' | 'ascending'>[] = [
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
