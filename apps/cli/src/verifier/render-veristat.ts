// Tables and CSV of btfq veristat, laid out as veristat does.
import { InputError } from '../errors.ts';
import { ALL_COLUMNS, COLUMNS, type ColumnId, columnOf, type VeristatRow } from './columns.ts';

const SEPARATOR = '  ';

/** Columns of text, aligned, with a line below their headings. */
export function layOut(
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

/** Values of a program by column, as text. */
export type Measured = Partial<Record<ColumnId, string>>;

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
