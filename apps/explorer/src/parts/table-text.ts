// A table as CSV and as JSON.

/** A column by its title, and its text in a row. */
export interface TextColumn<Row> {
  readonly title: string;
  readonly text: (row: Row) => string | number;
}

/** RFC 4180, or with tabs for pasting into sheets. A text that a sheet would take for a formula gets a quote before it. */
export function csvOf<Row>(rows: readonly Row[], columns: readonly TextColumn<Row>[], separator = ','): string {
  const cell = (value: string | number): string => {
    const text = typeof value === 'string' && /^[=+@\t\r]/.test(value) ? `'${value}` : String(value);
    return /["\n\r\t,]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [
    columns.map(({ title }) => cell(title)),
    ...rows.map((row) => columns.map(({ text }) => cell(text(row)))),
  ];
  return lines.map((line) => line.join(separator)).join('\r\n') + '\r\n';
}

/** One object a row, by the titles of the columns. */
export function jsonOf<Row>(rows: readonly Row[], columns: readonly TextColumn<Row>[]): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map(({ title, text }) => [title, text(row)])));
  return `${JSON.stringify(objects, null, 2)}\n`;
}
