// Rows that are inserted many at a time: a kernel without relatives brings hundreds of thousands, and each statement costs about as
// much as the row that it inserts.

import type { BtfIndex } from '../store/btf-index.ts';
import type { SqlValue } from '../store/driver.ts';

/** Rows of one statement: first as many as the largest of these, then the rest. */
const ROWS = [64, 8, 1] as const;

export class BulkInsert {
  private readonly index: BtfIndex;
  /** By the number of rows. */
  private readonly sql: ReadonlyMap<number, string>;
  private readonly width: number;
  private values: SqlValue[] = [];

  /** `into`: the table and its columns, as SQL. */
  constructor(index: BtfIndex, into: string, width: number, how: 'INSERT' | 'INSERT OR IGNORE' = 'INSERT') {
    this.index = index;
    const row = `(${'?, '.repeat(width - 1)}?)`;
    const values = (rows: number) => Array.from({ length: rows }, () => row).join(', ');
    this.sql = new Map(ROWS.map((rows) => [rows, `${how} INTO ${into} VALUES ${values(rows)}`]));
    this.width = width;
  }

  /** A row to come; it is in the table after `flush`, or before. */
  add(...row: readonly SqlValue[]): void {
    this.values.push(...row);
    if (this.values.length >= this.width * ROWS[0]) this.flush();
  }

  flush(): void {
    const { values, width } = this;
    let at = 0;
    for (const rows of ROWS) {
      while (values.length - at >= rows * width) {
        this.index.statement(this.sql.get(rows)!).run(...values.slice(at, at + rows * width));
        at += rows * width;
      }
    }
    this.values = [];
  }
}

/** Rows of one statement of `BulkColumn`. */
const COLUMN_ROWS = 4096;

/** Rows of an id and a text or a blob, whose ids follow each other: SQLite reads them out of one text, in half of the time. */
export class BulkColumn {
  private readonly index: BtfIndex;
  private readonly sql: string;
  private first = 0;
  private values: string[] = [];

  /** `into`: the table and its two columns, as SQL. Blobs are given in hexadecimal. */
  constructor(index: BtfIndex, into: string, kind: 'text' | 'blob') {
    this.index = index;
    this.sql = `INSERT INTO ${into} SELECT key + ?, ${kind === 'text' ? 'value' : 'unhex(value)'} FROM json_each(?)`;
  }

  /** A row to come, with the id after the last one's; it is in the table after `flush`, or before. */
  add(id: number, value: string): void {
    if (this.values.length === 0) this.first = id;
    this.values.push(value);
    if (this.values.length >= COLUMN_ROWS) this.flush();
  }

  flush(): void {
    if (this.values.length > 0) this.index.statement(this.sql).run(this.first, JSON.stringify(this.values));
    this.values = [];
  }
}
