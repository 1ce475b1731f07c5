// From an entry's offset to its row. Rows stand in the order of their offsets, so that a table that says where the rows of
// every few bytes begin leaves a step or two; functions, parameters and what is asked for less are searched.

import type { Ints } from '../ints.ts';
import { A, F, P, type Records, T, V } from './records.ts';

/** A place of the table stands for eight bytes; for more where all units are looked up together. */
const SMALLEST_SHIFT = 3;
const LARGEST_TABLE = 1 << 22;

/** Finds rows by the offset of their entry. */
export class OffsetMap {
  readonly #records: Records;
  /** For each piece of the offsets the first type's row at or behind its beginning. */
  #table = new Int32Array(0);
  #shift = SMALLEST_SHIFT;
  #origin = 0;
  #places = 0;

  constructor(records: Records) {
    this.#records = records;
  }

  /** Fills the table for entries at `[origin, origin + size)`. */
  index(origin: number, size: number): void {
    this.#origin = origin;
    this.#shift = SMALLEST_SHIFT;
    while (size >>> this.#shift >= LARGEST_TABLE) this.#shift++;
    const places = (size >>> this.#shift) + 1;
    this.#places = places;
    if (this.#table.length < places) this.#table = new Int32Array(places + (places >> 1));
    const table = this.#table;
    const shift = this.#shift;
    const { data, length } = this.#records.types;
    let place = 0;
    for (let at = T.Stride, row = 1; at < length; at += T.Stride, row++) {
      const own = (data[at + T.Offset]! - origin) >>> shift;
      while (place <= own && place < places) table[place++] = row;
    }
    const end = length / T.Stride;
    while (place < places) table[place++] = end;
  }

  /** The row of the type at `offset`, or 0. */
  type(offset: number): number {
    const place = (offset - this.#origin) >>> this.#shift;
    if (place >= this.#places) return 0;
    const { data, length } = this.#records.types;
    let at = this.#table[place]! * T.Stride;
    while (at < length && data[at + T.Offset]! < offset) at += T.Stride;
    return at < length && data[at + T.Offset] === offset ? at / T.Stride : 0;
  }

  function(offset: number): number {
    return search(this.#records.functions, F.Stride, F.Offset, offset);
  }

  param(offset: number): number {
    return search(this.#records.params, P.Stride, P.Offset, offset);
  }

  variable(offset: number): number {
    return search(this.#records.variables, V.Stride, V.Offset, offset);
  }

  annotation(offset: number): number {
    return search(this.#records.annotations, A.Stride, A.Offset, offset);
  }
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
