// From an entry's offset to its row: a table with a place for each byte of a unit, or, for all units together, a search in
// the rows, which stand in the order of their offsets.

import type { Ints } from '../ints.ts';
import { A, F, P, type Records, T, V } from './records.ts';

/** Units up to this size have a table. */
const MAX_TABLE = 1 << 24;

/** The two low bits of an entry of the table; the others are the row. */
const RowKind = { Type: 0, Function: 1, Param: 2 } as const;

/** Finds rows by the offset of their entry. */
export class OffsetMap {
  readonly #records: Records;
  #table = new Int32Array(0);
  #origin = 0;
  #size = 0;

  constructor(records: Records) {
    this.#records = records;
  }

  /** Fills the table for a unit at `[origin, origin + size)`; without it, rows are searched. */
  index(origin: number, size: number): void {
    this.#origin = origin;
    this.#size = size <= MAX_TABLE ? size : 0;
    if (this.#size === 0) return;
    if (this.#table.length < size) this.#table = new Int32Array(Math.max(size + (size >> 1), 1 << 14));
    const table = this.#table;
    const { types, functions, params } = this.#records;
    fill(table, types, T.Stride, T.Offset, RowKind.Type, origin);
    fill(table, functions, F.Stride, F.Offset, RowKind.Function, origin);
    fill(table, params, P.Stride, P.Offset, RowKind.Param, origin);
  }

  /** Empties the table again. */
  clear(): void {
    if (this.#size === 0) return;
    const table = this.#table;
    const { types, functions, params } = this.#records;
    empty(table, types, T.Stride, T.Offset, this.#origin);
    empty(table, functions, F.Stride, F.Offset, this.#origin);
    empty(table, params, P.Stride, P.Offset, this.#origin);
    this.#size = 0;
  }

  /** The row of the type at `offset`, or 0. */
  type(offset: number): number {
    if (this.#size > 0) return this.#lookUp(offset, RowKind.Type);
    return search(this.#records.types, T.Stride, T.Offset, offset);
  }

  function(offset: number): number {
    if (this.#size > 0) return this.#lookUp(offset, RowKind.Function);
    return search(this.#records.functions, F.Stride, F.Offset, offset);
  }

  param(offset: number): number {
    if (this.#size > 0) return this.#lookUp(offset, RowKind.Param);
    return search(this.#records.params, P.Stride, P.Offset, offset);
  }

  variable(offset: number): number {
    return search(this.#records.variables, V.Stride, V.Offset, offset);
  }

  annotation(offset: number): number {
    return search(this.#records.annotations, A.Stride, A.Offset, offset);
  }

  #lookUp(offset: number, kind: number): number {
    const index = offset - this.#origin;
    if (!(index > 0 && index < this.#size)) return 0;
    const entry = this.#table[index]!;
    return (entry & 3) === kind ? entry >>> 2 : 0;
  }
}

function fill(table: Int32Array, rows: Ints, stride: number, offset: number, kind: number, origin: number): void {
  const { data, length } = rows;
  for (let at = stride, row = 1; at < length; at += stride, row++)
    table[data[at + offset]! - origin] = (row << 2) | kind;
}

function empty(table: Int32Array, rows: Ints, stride: number, offset: number, origin: number): void {
  const { data, length } = rows;
  for (let at = stride; at < length; at += stride) table[data[at + offset]! - origin] = 0;
}

/** Binary search: rows are added in the order of their offsets. */
function search(rows: Ints, stride: number, field: number, offset: number): number {
  const { data } = rows;
  let low = 1;
  let high = rows.length / stride - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = data[middle * stride + field]!;
    if (found === offset) return middle;
    if (found < offset) low = middle + 1;
    else high = middle - 1;
  }
  return 0;
}
