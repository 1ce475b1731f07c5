// Rows of names, types, sets and declarations, read when asked for and kept while the file stays as it is.

import type { BtfIndex } from './open.ts';
import { decodeToggles, type Ranges, rangesOf } from './forest.ts';
import { decodeTypeCode, type TypeCode } from './type-code.ts';
import { VarintReader } from './varints.ts';

/** A row of `declaration`. */
export interface DeclarationRow {
  readonly id: number;
  readonly name: number;
  readonly kind: number;
  readonly discriminator: number;
  readonly set: number;
  readonly body: Uint8Array;
}

/** How many declarations' bodies are kept. */
const KEPT_DECLARATIONS = 20_000;

const ROWS = Symbol('rows');

/** The rows of an index in its present state. */
export function rowsOf(index: BtfIndex): Rows {
  return index.cached(ROWS, () => new Rows(index));
}

export class Rows {
  private readonly index: BtfIndex;
  private readonly names = new Map<number, string>();
  private readonly types = new Map<number, TypeCode>();
  private readonly sets = new Map<number, Ranges>();
  private readonly declarations = new Map<string, readonly DeclarationRow[]>();
  private kept = 0;

  constructor(index: BtfIndex) {
    this.index = index;
  }

  /** The text of a name. */
  text(name: number): string {
    let text = this.names.get(name);
    if (text === undefined) {
      [text] = this.index.statement('SELECT text FROM name WHERE id = ?').get(name) as [string];
      this.names.set(name, text);
    }
    return text;
  }

  /** The row of a name; undefined where nothing in the index has it. */
  name(text: string): number | undefined {
    return (this.index.statement('SELECT id FROM name WHERE text = ?').get(text) as [number] | undefined)?.[0];
  }

  type(id: number): TypeCode {
    let code = this.types.get(id);
    if (code === undefined) {
      const [blob] = this.index.statement('SELECT code FROM type WHERE id = ?').get(id) as [Uint8Array];
      code = decodeTypeCode(new VarintReader(blob));
      this.types.set(id, code);
    }
    return code;
  }

  /** Where a set of declarations is, in positions of the catalog's forest. */
  ranges(set: number): Ranges {
    let ranges = this.sets.get(set);
    if (ranges === undefined) {
      const [blob] = this.index.statement('SELECT toggles FROM declaration_set WHERE id = ?').get(set) as [Uint8Array];
      ranges = rangesOf(this.index.catalog().forest, decodeToggles(blob));
      this.sets.set(set, ranges);
    }
    return ranges;
  }

  /** All declarations of a kind and name, in the order in which they came. */
  declared(kind: number, name: number): readonly DeclarationRow[] {
    const key = `${kind} ${name}`;
    let rows = this.declarations.get(key);
    if (rows === undefined) {
      rows = (
        this.index
          .statement(
            `SELECT id, name, kind, discriminator, declaration_set, body FROM declaration
               WHERE name = ? AND kind = ? ORDER BY id`,
          )
          .all(name, kind) as RawRow[]
      ).map(rowOf);
      if (this.kept > KEPT_DECLARATIONS) {
        this.declarations.clear();
        this.kept = 0;
      }
      this.kept += rows.length;
      this.declarations.set(key, rows);
    }
    return rows;
  }
}

export type RawRow = [number, number, number, number, number, Uint8Array];

export function rowOf(row: RawRow): DeclarationRow {
  return { id: row[0], name: row[1], kind: row[2], discriminator: row[3], set: row[4], body: row[5] };
}
