// btfq veristat --compare: two measurements of the same programs beside each other, as the kernel's veristat does it.
import { COLUMNS, type ColumnId, type Measure, type SortKey } from './columns.ts';
import type { Filterable } from './filters.ts';
import { layOut, type Measured } from './render-veristat.ts';

const KEYS: readonly ColumnId[] = ['file_name', 'prog_name', 'kernel'];

/** One program: what the one file has of it, and the other. */
interface Pair {
  readonly a: Measured | undefined;
  readonly b: Measured | undefined;
}

export interface ComparisonOptions {
  readonly columns: readonly ColumnId[];
  readonly filter: (of: Filterable) => boolean;
  readonly sort: readonly SortKey[];
  readonly format: 'table' | 'csv';
}

/** The lines, and whether a verdict differs in what they show. */
export function compareMeasurements(
  old: ReadonlyMap<string, Measured>,
  now: ReadonlyMap<string, Measured>,
  { columns, filter, sort, format }: ComparisonOptions,
): { lines: string[]; differs: boolean } {
  const all = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  const pairs = all
    .map((key): Pair => ({ a: old.get(key), b: now.get(key) }))
    .filter((pair) => filter(filterable(pair)))
    .sort((x, y) => order(x, y, sort));
  const keys = KEYS.filter((id) => id !== 'kernel' || pairs.some((pair) => text(pair, 'kernel') !== ''));
  const shown = [...keys, ...columns.filter((id) => !KEYS.includes(id))];
  const isKey = (id: ColumnId) => KEYS.includes(id);
  const rows = pairs.map((pair) => shown.flatMap((id) => (isKey(id) ? [text(pair, id)] : cells(pair, id))));
  const differs = pairs.some(({ a, b }) => a?.verdict !== b?.verdict);
  if (format === 'csv') {
    const heads = shown.flatMap((id) => (isKey(id) ? [id] : ['base', 'comp', 'diff'].map((part) => `${id}_${part}`)));
    return { lines: [heads, ...rows].map((cellsOfRow) => cellsOfRow.join(',')), differs };
  }
  const heads = shown.flatMap((id) => {
    const { heading } = COLUMNS[id];
    return isKey(id) ? [heading] : ['A', 'B', 'DIFF'].map((part) => `${heading} (${part})`);
  });
  const isText = shown.flatMap((id) => (isKey(id) ? [true] : [0, 1, 2].map(() => COLUMNS[id].isText)));
  return { lines: layOut(heads, isText, rows), differs };
}

function text({ a, b }: Pair, id: ColumnId): string {
  return a?.[id] ?? b?.[id] ?? '';
}

function cells({ a, b }: Pair, id: ColumnId): string[] {
  const [x, y] = [a?.[id], b?.[id]];
  return [x ?? 'N/A', y ?? 'N/A', x === undefined || y === undefined ? 'N/A' : difference(x, y, COLUMNS[id].isText)];
}

function difference(a: string, b: string, isText: boolean): string {
  if (isText) return a === b ? 'MATCH' : 'MISMATCH';
  const diff = Number(b) - Number(a);
  const percent = percentage(Number(a), Number(b));
  const sign = (value: number) => (value < 0 ? '' : '+');
  return `${sign(diff)}${diff} (${sign(percent)}${percent.toFixed(2)}%)`;
}

/** From nothing it is 100 per cent. */
function percentage(from: number, to: number): number {
  if (from !== 0) return ((to - from) * 100) / from;
  return to === from ? 0 : to < from ? -100 : 100;
}

/** A verdict as a number: success is 1. undefined where one of the values is missing that it needs. */
function measuredValue({ a, b }: Pair, { id, variant }: Measure): number | undefined {
  const numberOf = (of: Measured | undefined) => {
    const value = of?.[id];
    return value === undefined ? undefined : id === 'verdict' ? Number(value === 'success') : Number(value);
  };
  const [x, y] = [numberOf(a), numberOf(b)];
  if (variant === 'a') return x;
  if (variant === 'b') return y;
  if (x === undefined || y === undefined) return undefined;
  if (variant === 'pct') return percentage(x, y);
  return id === 'verdict' ? Number(x === y) : y - x;
}

function filterable(pair: Pair): Filterable {
  return {
    file: text(pair, 'file_name'),
    program: text(pair, 'prog_name'),
    value: (measure) => measuredValue(pair, measure),
  };
}

/** What is missing comes first, as the smallest number. */
function order(x: Pair, y: Pair, keys: readonly SortKey[]): number {
  for (const key of keys) {
    const isText = KEYS.includes(key.id);
    const of = (pair: Pair) => {
      if (isText) return text(pair, key.id);
      const value = measuredValue(pair, key) ?? -Number.MAX_VALUE;
      return key.isAbsolute ? Math.abs(value) : value;
    };
    const [one, other] = [of(x), of(y)];
    if (one !== other) return one < other === key.ascending ? -1 : 1;
  }
  return 0;
}
