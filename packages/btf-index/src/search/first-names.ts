// A process often asks one question and ends: it is not worth while to read all names for it, which are five times as many where
// modules are known. The first searches are answered from the sorted names of the database, or by going through their text
// (name-text.ts); who searches more often has all names in memory (local-names.ts). Both give the same.

import type { BtfIndex } from '../store/btf-index.ts';
import { foundName, localNames, NAMED_KINDS } from './local-names.ts';
import type { FoundName, NameSource } from './name-source.ts';
import { nameText } from './name-text.ts';

/** So many searches together cost what reading all names does. */
const FIRST_SEARCHES = 4;
/** Shorter texts are inside of too many names. */
const SHORTEST = 3;

const NAMES = Symbol('first names');

export function firstNames(index: BtfIndex): NameSource {
  return index.cached(NAMES, () => new FirstNames(index));
}

type Row = [id: number, text: string, kind: number];

class FirstNames implements NameSource {
  private readonly index: BtfIndex;
  private readonly inside = new Map<string, readonly FoundName[]>();
  private searches = 0;

  constructor(index: BtfIndex) {
    this.index = index;
  }

  matching(lower: string, bits: number, limit: number): FoundName[] {
    if (++this.searches > FIRST_SEARCHES || !isAscii(lower)) return this.fromMemory().matching(lower, bits, limit);
    const passes = ({ kinds }: FoundName) => (kinds & bits) !== 0;
    const begin = this.beginning(lower).filter(passes);
    if (begin.length >= limit) return begin;
    if (lower.length < SHORTEST) return this.fromMemory().matching(lower, bits, limit);
    const inside = this.containing(lower);
    return inside?.filter(passes) ?? this.fromMemory().matching(lower, bits, limit);
  }

  /** From now on everything is answered by them. */
  private fromMemory(): NameSource {
    this.searches = FIRST_SEARCHES + 1;
    return localNames(this.index);
  }

  likely(lower: string, bits: number, from: number, to: number): FoundName[] {
    const names = this.searches > FIRST_SEARCHES || !isAscii(lower) ? undefined : nameText(this.index);
    if (names === undefined) return this.fromMemory().likely(lower, bits, from, to);
    const found = names.like(lower, to - lower.length).filter(({ length }) => length >= from);
    return this.declared(found).filter(({ kinds }) => (kinds & bits) !== 0);
  }

  /** Names that begin so, in upper and lower case, by the index of names. */
  private beginning(lower: string): FoundName[] {
    const some = this.index.statement('SELECT 1 FROM name WHERE text >= ? AND text < ? LIMIT 1');
    let beginnings = [''];
    for (const letter of lower) {
      const both = new Set([letter, letter.toUpperCase()]);
      beginnings = beginnings
        .flatMap((beginning) => [...both].map((one) => beginning + one))
        .filter((beginning) => some.get(beginning, after(beginning)) !== undefined);
    }
    const rows = this.index.statement(
      `SELECT n.id, n.text, d.kind FROM name n CROSS JOIN declaration d ON d.name = n.id
         WHERE n.text >= ? AND n.text < ? AND d.kind IN (${NAMED_KINDS.join()})`,
    );
    return beginnings.flatMap((beginning) => this.namesOf(rows.all(beginning, after(beginning)) as Row[]));
  }

  private containing(lower: string): readonly FoundName[] | undefined {
    const known = this.inside.get(lower);
    if (known !== undefined) return known;
    const names = nameText(this.index)?.containing(lower);
    const found = names && this.declared(names);
    if (found) this.inside.set(lower, found);
    return found;
  }

  /** Of these names those of declarations. */
  private declared(texts: readonly string[]): FoundName[] {
    const rows = this.index
      .statement(
        `SELECT n.id, n.text, d.kind FROM json_each(?) j CROSS JOIN name n ON n.text = j.value
           CROSS JOIN declaration d ON d.name = n.id WHERE d.kind IN (${NAMED_KINDS.join()})`,
      )
      .all(JSON.stringify(texts)) as Row[];
    return this.namesOf(rows);
  }

  private namesOf(rows: readonly Row[]): FoundName[] {
    const kinds = new Map<number, { text: string; kinds: number }>();
    for (const [id, text, kind] of rows) {
      const known = kinds.get(id);
      if (known === undefined) kinds.set(id, { text, kinds: 1 << kind });
      else known.kinds |= 1 << kind;
    }
    return [...kinds].map(([id, name]) => foundName(this.index, id, name.text, name.kinds));
  }
}

/** SQLite and JavaScript mean the same by upper and lower case. */
function isAscii(lower: string): boolean {
  return /^[\x20-\x7e]*$/.test(lower);
}

/** What comes next behind all texts that begin so. */
function after(beginning: string): string {
  return beginning.slice(0, -1) + String.fromCharCode(beginning.charCodeAt(beginning.length - 1) + 1);
}
