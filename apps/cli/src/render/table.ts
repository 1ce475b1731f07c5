// Tables: aligned columns; on a terminal they fit its width, in a pipe they are plain and nothing is cut.
import type { Io } from '../io.ts';
import { visibleWidth } from './style.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut at that end with an ellipsis when the terminal is narrow; columns without it never are. */
  readonly shrink?: boolean | 'start';
}

const GAP = '  ';
const LEAST = 8;

/** The lines of a table. `width` is the terminal's, or undefined to cut nothing. Cells may be coloured. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string[] {
  const lines = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) =>
    lines.reduce((most, line) => Math.max(most, visibleWidth(line[index] ?? '')), 0),
  );
  if (width !== undefined) shrinkToFit(columns, widths, width);
  return lines.map((line) =>
    columns
      .map((column, index) => {
        const cell = cut(line[index] ?? '', widths[index]!, column.shrink === 'start');
        const padding = ' '.repeat(Math.max(0, widths[index]! - visibleWidth(cell)));
        if (column.align === 'right') return padding + cell;
        return index === columns.length - 1 ? cell : cell + padding;
      })
      .join(GAP)
      .trimEnd(),
  );
}

/** Takes what is too much from the widest column that may shrink, one column at a time. */
function shrinkToFit(columns: readonly Column[], widths: number[], width: number): void {
  let excess = widths.reduce((sum, one) => sum + one, GAP.length * (columns.length - 1)) - width;
  while (excess > 0) {
    let widest = -1;
    columns.forEach((column, index) => {
      if (column.shrink && widths[index]! > LEAST && (widest < 0 || widths[index]! > widths[widest]!)) widest = index;
    });
    if (widest < 0) return;
    widths[widest]!--;
    excess--;
  }
}

function cut(cell: string, width: number, atStart: boolean): string {
  if (visibleWidth(cell) <= width) return cell;
  const colour = /^((?:\x1b\[[0-9;]*m)*)(.*?)((?:\x1b\[[0-9;]*m)*)$/s.exec(cell)!;
  const kept = Math.max(0, width - 1);
  const text = colour[2]!;
  return `${colour[1]}${atStart ? `…${text.slice(text.length - kept)}` : `${text.slice(0, kept)}…`}${colour[3]}`;
}

/** Prints a table with a highlighted first line. */
export function printTable(io: Io, columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const [head, ...body] = formatTable(columns, rows, io.terminal.columns);
  io.print(io.style.head(head!));
  for (const line of body) io.print(line);
}
