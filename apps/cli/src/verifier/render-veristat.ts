// Tables and CSV of btfq veristat, laid out as veristat does.
import { InputError } from '../errors.ts';
import { ALL_COLUMNS, COLUMNS, type ColumnId, columnOf, type VeristatRow } from './columns.ts';

const SEPARATOR = '  ';

function layOut(
  headings: readonly string[],
  isText: readonly boolean[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (isText[i] ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join(SEPARATOR)
      .trimEnd();
  return [line(headings), widths.map((width) => '-'.repeat(width)).join(SEPARATOR), ...rows.map(line)];
}

export function formatTable(rows: readonly VeristatRow[], columns: readonly ColumnId[]): string[] {
  return layOut(
    columns.map((id) => COLUMNS[id].heading),
    columns.map((id) => COLUMNS[id].isText),
    rows.map((row) => columns.map((id) => String(row[id]))),
  );
}

export function formatCsv(rows: readonly VeristatRow[], columns: readonly ColumnId[]): string[] {
  return [columns.join(','), ...rows.map((row) => columns.map((id) => String(row[id])).join(','))];
}

type Measured = Partial<Record<ColumnId, string>>;

/** Reads what formatCsv, or veristat, wrote; columns that are not known here are left out. */
export function parseCsv(text: string, path: string): Map<string, Measured> {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const names = head.split(',');
  if (!names.includes('prog_name') || !names.includes('file_name')) {
    throw new InputError('not-csv', `${path}: no CSV of veristat: its first line names no file_name and prog_name`, {
      path,
    });
  }
  const ids = names.map((name) => ((ALL_COLUMNS as readonly string[]).includes(name) ? columnOf(name) : undefined));
  const rows = new Map<string, Measured>();
  for (const line of lines) {
    const row: Measured = {};
    line.split(',').forEach((value, i) => {
      const id = ids[i];
      if (id !== undefined) row[id] = value;
    });
    rows.set([row.file_name, row.prog_name, row.kernel ?? ''].join(' '), row);
  }
  return rows;
}

function difference(a: string | undefined, b: string | undefined, isText: boolean): string {
  if (a === undefined || b === undefined) return 'N/A';
  if (isText) return a === b ? 'MATCH' : 'MISMATCH';
  const [from, to] = [Number(a), Number(b)];
  const diff = to - from;
  const percent = from === 0 ? (diff === 0 ? 0 : diff < 0 ? -100 : 100) : (diff / from) * 100;
  const sign = (value: number) => (value < 0 ? '' : '+');
  return `${sign(diff)}${diff} (${sign(diff)}${percent.toFixed(2)}%)`;
}

const KEYS: readonly ColumnId[] = ['file_name', 'prog_name', 'kernel'];

/** Two measurements beside each other: (A), (B), (DIFF) of each column. Gives whether a verdict differs. */
export function formatComparison(
  old: ReadonlyMap<string, Measured>,
  now: ReadonlyMap<string, Measured>,
  columns: readonly ColumnId[],
): { lines: string[]; differs: boolean } {
  const all = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  const rowOf = (key: string) => old.get(key) ?? now.get(key) ?? {};
  const keys = KEYS.filter((id) => id !== 'kernel' || all.some((key) => rowOf(key).kernel !== undefined));
  const measured = columns.filter((id) => !KEYS.includes(id));
  const headings = [
    ...keys.map((id) => COLUMNS[id].heading),
    ...measured.flatMap((id) => ['A', 'B', 'DIFF'].map((which) => `${COLUMNS[id].heading} (${which})`)),
  ];
  const isText = [...keys.map(() => true), ...measured.flatMap((id) => [0, 1, 2].map(() => COLUMNS[id].isText))];
  let differs = false;
  const rows = all.map((key) => {
    const [a, b] = [old.get(key), now.get(key)];
    if (a?.verdict !== b?.verdict) differs = true;
    const cells = measured.flatMap((id) => {
      const [x, y] = [a?.[id], b?.[id]];
      return [x ?? 'N/A', y ?? 'N/A', difference(x, y, COLUMNS[id].isText)];
    });
    return [...keys.map((id) => rowOf(key)[id] ?? ''), ...cells];
  });
  return { lines: layOut(headings, isText, rows), differs };
}
