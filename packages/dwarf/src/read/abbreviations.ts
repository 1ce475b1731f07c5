// Abbreviation tables: which tag, children and attributes an entry of a code has. A kernel has 300,000 declarations and
// 1,500 different ones: each is compiled once (shapes.ts), and a table is the list of its codes' shapes.

import { DwarfError } from '../errors.ts';
import { Form } from './constants.ts';
import type { SectionData } from './section-data.ts';
import { compileShape, type Shape, type UnitFormat } from './shapes.ts';

/** Codes are dense in what compilers write; a table with a code beyond this is refused. */
const MAX_CODE = 1 << 20;
const MAX_ATTRIBUTES = 1024;
/** Codes in all tables that are kept: what dwz rewrote comes back to the same tables many times. */
const KEPT_CODES = 1 << 18;

/** The shapes of one table by code. */
export type AbbreviationTable = readonly (Shape | undefined)[];

/** All abbreviation tables of a file, read when asked for, each shape compiled once. */
export class Abbreviations {
  readonly #bytes: Uint8Array;
  readonly #section: string;
  readonly #shapes = new Map<string, Shape>();
  readonly #shapesByHash = new Map<number, Shape[]>();
  /** Tables by offset and format. */
  readonly #tables = new Map<string, AbbreviationTable>();
  #keptCodes = 0;

  constructor(section: SectionData | undefined) {
    this.#bytes = section?.whole() ?? new Uint8Array(0);
    this.#section = section?.name ?? '.debug_abbrev';
  }

  /** The table at `offset` as a unit of that format reads it. Throws `bad-abbreviation`, `bad-form`. */
  table(offset: number, format: UnitFormat): AbbreviationTable {
    const key = `${offset} ${format.key}`;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const table = this.#read(offset, format);
    this.#keptCodes += table.length;
    if (this.#keptCodes > KEPT_CODES) {
      this.#tables.clear();
      this.#keptCodes = table.length;
    }
    this.#tables.set(key, table);
    return table;
  }

  /** Whether any declaration of the section has a form by which a unit refers to another unit. */
  refersAcrossUnits(): boolean {
    const bytes = this.#bytes;
    const cursor = { at: 0 };
    while (cursor.at < bytes.length) {
      const code = this.#uleb(cursor);
      if (code === 0) continue;
      this.#uleb(cursor);
      cursor.at++;
      for (;;) {
        const attribute = this.#uleb(cursor);
        const form = this.#uleb(cursor);
        if (form === Form.ImplicitConst) this.#sleb(cursor);
        if (attribute === 0 && form === 0) break;
        if (
          form === Form.RefAddr ||
          form === Form.RefSig8 ||
          form === Form.GnuRefAlt ||
          form === Form.RefSup4 ||
          form === Form.RefSup8
        )
          return true;
      }
    }
    return false;
  }

  #read(offset: number, format: UnitFormat): AbbreviationTable {
    const bytes = this.#bytes;
    const table: (Shape | undefined)[] = [];
    const cursor = { at: offset };
    if (!(offset < bytes.length)) throw this.#bad('an abbreviation table outside of its section', offset);
    for (;;) {
      const code = this.#uleb(cursor);
      if (code === 0) return table;
      if (code > MAX_CODE) throw this.#bad(`code ${code}`, cursor.at, `at most ${MAX_CODE}`);
      while (table.length <= code) table.push(undefined);
      table[code] = this.#shape(cursor, format);
    }
  }

  /** The shape of the declaration at the cursor: found by its bytes, so that most are never decoded. */
  #shape(cursor: { at: number }, format: UnitFormat): Shape {
    const bytes = this.#bytes;
    const start = cursor.at;
    const tag = this.#uleb(cursor);
    const children = bytes[cursor.at++];
    let hash = format.number;
    let implicit = false;
    let count = 0;
    let at = cursor.at;
    for (;;) {
      // attributes and forms are one byte each, but for the extensions
      const attribute = bytes[at]!;
      const form = bytes[at + 1]!;
      if (attribute < 0x80 && form < 0x80 && form !== Form.ImplicitConst) {
        at += 2;
        if ((attribute | form) === 0) break;
        count++;
        continue;
      }
      cursor.at = at;
      if (at >= bytes.length || count > MAX_ATTRIBUTES) {
        throw this.#bad(`${count} attributes`, start, `at most ${MAX_ATTRIBUTES}, and an end`);
      }
      this.#uleb(cursor);
      if (this.#uleb(cursor) === Form.ImplicitConst) {
        implicit = true;
        this.#sleb(cursor);
      }
      at = cursor.at;
      count++;
    }
    cursor.at = at;
    if (count > MAX_ATTRIBUTES) throw this.#bad(`${count} attributes`, start, `at most ${MAX_ATTRIBUTES}`);
    for (let i = start; i < at; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    let list = this.#shapesByHash.get(hash);
    if (list !== undefined) {
      for (const shape of list) {
        if (shape.format === format.number && sameBytes(shape.source, bytes, start, at)) return shape;
      }
    }
    const source = new Uint8Array(bytes.subarray(start, cursor.at));
    const attributes: { attribute: number; form: number; value: number }[] = [];
    const inner = { at: start };
    this.#uleb(inner);
    inner.at++;
    for (let i = 0; i < count; i++) {
      const attribute = this.#uleb(inner);
      const form = this.#uleb(inner);
      attributes.push({ attribute, form, value: form === Form.ImplicitConst ? this.#sleb(inner) : 0 });
    }
    const shape = this.#compiled(tag, children === 1, attributes, format, source, implicit);
    if (list === undefined) this.#shapesByHash.set(hash, (list = []));
    list.push(shape);
    return shape;
  }

  /** Declarations that differ only in constants that nobody asks for share one shape's program. */
  #compiled(
    tag: number,
    hasChildren: boolean,
    attributes: readonly { attribute: number; form: number; value: number }[],
    format: UnitFormat,
    source: Uint8Array,
    implicit: boolean,
  ): Shape {
    const shape = compileShape(tag, hasChildren, attributes, format, source);
    if (!implicit) return shape;
    const key = `${format.number} ${tag} ${hasChildren} ${shape.mask} ${shape.program.join()};${shape.skip.join()}`;
    const known = this.#shapes.get(key);
    if (known === undefined) {
      this.#shapes.set(key, shape);
      return shape;
    }
    return { ...shape, program: known.program, skip: known.skip };
  }

  #uleb(cursor: { at: number }): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#bytes[cursor.at++];
      if (byte === undefined) throw this.#bad('an abbreviation table without an end', cursor.at);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  #sleb(cursor: { at: number }): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#bytes[cursor.at++];
      if (byte === undefined) throw this.#bad('an abbreviation table without an end', cursor.at);
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return (byte & 0x40) !== 0 ? value - scale : value;
    }
  }

  #bad(message: string, offset: number, expected?: string): DwarfError {
    return new DwarfError('bad-abbreviation', message, { section: this.#section, offset, expected });
  }
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

/** An entry's code that its unit's table does not have. */
export function badCode(code: number, section: SectionData, at: number): DwarfError {
  return new DwarfError('bad-abbreviation', `an entry with code ${code}, which its table does not have`, {
    section: section.name,
    offset: section.start + at,
  });
}
