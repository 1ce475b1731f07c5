// All names in memory, as one text: a scan of it takes a millisecond or two.

import type { BtfIndex } from '../store/btf-index.ts';
import { kindWord } from '../query/declarations.ts';
import { placesOf, rangesOfPlaces } from '../query/places.ts';
import { numbersOf, textsOf } from '../store/columns.ts';
import { type Rows, rowsOf } from '../store/row-cache.ts';
import { alike } from './like.ts';
import type { FoundFacts, FoundName, NameSource } from './name-source.ts';
import { nameText } from './name-text.ts';

/** Kinds of declarations that a search finds. */
export const NAMED_KINDS = [4, 5, 6, 8, 12, 14] as const;

/** Kinds are below this. */
const KINDS = 32;

const NAMES = Symbol('names');

export function localNames(index: BtfIndex): LocalNames {
  return index.cached(NAMES, () => new LocalNames(index));
}

export class LocalNames implements NameSource {
  private readonly index: BtfIndex;
  readonly texts: readonly string[];
  /** Lower case, each name between newlines. */
  private readonly joined: string;
  /** Where each name begins in `joined`. */
  private readonly starts: Uint32Array;
  /** One bit a kind, by KIND_CODE. */
  private readonly kinds: Uint32Array;
  private readonly ids: Uint32Array;

  constructor(index: BtfIndex) {
    this.index = index;
    const column = (sql: string) => (index.statement(sql).get() as [string])[0];
    const ofAll = nameText(index)?.all() ?? textsOf(column('SELECT json_group_array(text) FROM name NOT INDEXED'));
    const allIds = numbersOf(column('SELECT json_group_array(id) FROM name NOT INDEXED'));
    const bits = new Uint32Array(allIds.reduce((most, id) => Math.max(most, id), 0) + 1);
    const declared = column(
      `SELECT json_group_array(name * ${KINDS} + kind)
         FROM (SELECT DISTINCT name, kind FROM declaration WHERE kind IN (${NAMED_KINDS.join()}))`,
    );
    for (const both of numbersOf(declared)) {
      const id = Math.floor(both / KINDS);
      bits[id] = bits[id]! | (1 << (both % KINDS));
    }
    const ids: number[] = [];
    const texts: string[] = [];
    const kinds: number[] = [];
    for (let i = 0; i < allIds.length; i++) {
      const id = allIds[i]!;
      if (bits[id] === 0) continue;
      ids.push(id);
      texts.push(ofAll[i]!);
      kinds.push(bits[id]!);
    }
    const starts = new Uint32Array(texts.length);
    let at = 1;
    texts.forEach((text, i) => {
      starts[i] = at;
      at += text.length + 1;
    });
    this.texts = texts;
    this.joined = lowerCase(`\n${texts.join('\n')}\n`, texts);
    this.starts = starts;
    this.kinds = Uint32Array.from(kinds);
    this.ids = Uint32Array.from(ids);
  }

  /** The name at a place of `texts`. */
  at(place: number): FoundName {
    const { index, ids, kinds, texts } = this;
    return foundName(index, ids[place]!, texts[place]!, kinds[place]!);
  }

  matching(lower: string, bits: number, limit: number): FoundName[] {
    const found = this.containing(lower, bits);
    const begin = found.filter(({ text }) => text.toLowerCase().startsWith(lower));
    return begin.length >= limit ? begin : found;
  }

  private containing(lower: string, bits: number): FoundName[] {
    const { joined, starts, texts, kinds } = this;
    const found: FoundName[] = [];
    for (let hitAt = joined.indexOf(lower); hitAt >= 0; hitAt = joined.indexOf(lower, hitAt)) {
      const place = lastStart(starts, hitAt);
      hitAt = starts[place]! + texts[place]!.length; // on to the next name
      if ((kinds[place]! & bits) !== 0) found.push(this.at(place));
    }
    return found;
  }

  likely(lower: string, bits: number, from: number, to: number): FoundName[] {
    const { joined, starts, texts, kinds } = this;
    const found: FoundName[] = [];
    for (let place = 0; place < texts.length; place++) {
      const { length } = texts[place]!;
      if (length < from || length > to || (kinds[place]! & bits) === 0) continue;
      const start = starts[place]!;
      if (alike(joined.slice(start, start + length), lower)) found.push(this.at(place));
    }
    return found;
  }
}

/** Texts between newlines in lower case, in which few letters take more room. */
function lowerCase(joined: string, texts: readonly string[]): string {
  const lower = joined.toLowerCase();
  return lower.length === joined.length ? lower : `\n${texts.map((text) => text.toLowerCase()).join('\n')}\n`;
}

export function foundName(index: BtfIndex, id: number, text: string, kinds: number): FoundName {
  return { text, kinds, facts: (kind) => factsOf(index, id, kind) };
}

function factsOf(index: BtfIndex, name: number, kind: number): FoundFacts {
  const rows = rowsOf(index);
  const sets = rows.setsDeclared(kind, name);
  rows.loadSets(sets);
  return factsOfSets(index, rows, sets);
}

/** What a hit says of declarations, by the set of each. */
export function factsOfSets(index: BtfIndex, rows: Rows, sets: readonly number[]): FoundFacts {
  const places = placesOf(rows, sets);
  const modules = places.filter(({ module }) => module !== 0).map(({ module }) => module);
  rows.loadTexts(modules);
  const kernels = index.catalog().countIn(rangesOfPlaces(places));
  return { variants: sets.length, kernels, modules: modules.map((module) => rows.text(module)).sort() };
}

function lastStart(starts: Uint32Array, position: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= position) low = middle;
    else high = middle;
  }
  return low;
}

/** The kinds of `kinds` that names are declared as, by their code. */
export function* kindsIn(kinds: number): Generator<number> {
  for (let kind = 0; kind < 32; kind++) if (kindWord(kind) !== undefined && (kinds & (1 << kind)) !== 0) yield kind;
}
