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
