// Finding declarations by a part of their name. All names are one text in memory: a scan of it takes a millisecond or two.
// A published file has them in parts of a sorted list, with what a hit says of them (name-parts.ts): names that begin so are in
// one or two of these, and the others are read only where those are too few.

import type { DeclarationKind, MatchRank, TypeHit } from '../answer-types.ts';
import { KIND_CODE, kindWord } from './declarations.ts';
import { editDistance, nearEnough, nearWords } from './did-you-mean.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type NameEntry, type NameFacts, nameParts } from '../store/name-parts.ts';
import { rowsOf } from '../store/row-cache.ts';
import { placesOf, rangesOfPlaces } from './places.ts';

/** What to find. */
export interface SearchOptions {
  /** Default: all. */
  readonly kinds?: readonly DeclarationKind[] | undefined;
  /** Default: 20. */
  readonly limit?: number | undefined;
}

/** The names of declarations, each with the kinds that it is declared as. */
interface Names {
  readonly texts: readonly string[];
  /** Lower case, each name between newlines. */
  readonly joined: string;
  /** Where each name begins in `joined`. */
  readonly starts: Uint32Array;
  /** One bit a kind, by KIND_CODE. */
  readonly kinds: Uint32Array;
  readonly ids: Uint32Array;
  /** What a hit says, where it was worked out before. */
  readonly facts: readonly (readonly NameFacts[])[] | undefined;
}

const NAMES = Symbol('names');

function namesOf(index: BtfIndex): Names {
  return index.cached(NAMES, () => {
    const published = nameParts(index);
    if (published !== undefined) return namesOfParts(published.all());
    const rows = index
      .statement(
        `SELECT n.id, n.text, d.kind FROM (SELECT DISTINCT name, kind FROM declaration WHERE kind IN (4,5,6,8,12,14)) d
           JOIN name n ON n.id = d.name ORDER BY n.id`,
      )
      .all() as [number, string, number][];
    const ids: number[] = [];
    const texts: string[] = [];
    const kinds: number[] = [];
    for (const [id, text, kind] of rows) {
      if (ids.at(-1) === id) kinds[kinds.length - 1] = (kinds.at(-1) as number) | (1 << kind);
      else {
        ids.push(id);
        texts.push(text);
        kinds.push(1 << kind);
      }
    }
    return joinedNames(texts, kinds, ids, undefined);
  });
}

function joinedNames(
  texts: readonly string[],
  kinds: readonly number[],
  ids: readonly number[],
  facts: Names['facts'],
): Names {
  const starts = new Uint32Array(texts.length);
  let at = 1;
  texts.forEach((text, i) => {
    starts[i] = at;
    at += text.length + 1;
  });
  const joined = `\n${texts.map((text) => text.toLowerCase()).join('\n')}\n`;
  return { texts, joined, starts, kinds: Uint32Array.from(kinds), ids: Uint32Array.from(ids), facts };
}

function namesOfParts(entries: readonly NameEntry[]): Names {
  return joinedNames(
    entries.map(({ text }) => text),
    entries.map(({ facts }) => facts.reduce((bits, [kind]) => bits | (1 << kind), 0)),
    [],
    entries.map(({ facts }) => facts),
  );
}

/** The names that begin so, of a published file, where they are enough for an answer. */
function beginningNames(index: BtfIndex, text: string, bits: number, limit: number): Names | undefined {
  const published = nameParts(index);
  if (published === undefined) return undefined;
  const names = namesOfParts(published.beginning(text.toLowerCase()));
  return matching(names, text, bits).length >= limit ? names : undefined;
}

/** All names with what a hit says of them: for publishing. */
export function nameEntries(index: BtfIndex): NameEntry[] {
  const names = namesOf(index);
  return names.texts.map((text, at) => {
    if (names.facts !== undefined) return { text, facts: names.facts[at] ?? [] };
    const facts: NameFacts[] = [];
    for (let kind = 0; kind < 32; kind++) {
      if (kindWord(kind) === undefined || ((names.kinds[at] as number) & (1 << kind)) === 0) continue;
      facts.push(factsOf(index, names.ids[at] as number, kind));
    }
    return { text, facts };
  });
}

/**
 * Declarations whose name is `text`, begins with it, has it inside, or is like it, in this order and shorter names first;
 * upper and lower case are the same but for the first.
 */
export function search(index: BtfIndex, text: string, options: SearchOptions = {}): TypeHit[] {
  const limit = options.limit ?? 20;
  const bits = (options.kinds ?? (Object.keys(KIND_CODE) as DeclarationKind[])).reduce(
    (sum, kind) => sum | (1 << KIND_CODE[kind]),
    0,
  );
  const wanted = text.trim();
  if (wanted === '' || limit <= 0) return [];
  const names = beginningNames(index, wanted, bits, limit) ?? namesOf(index);
  const found = matching(names, wanted, bits);
  if (found.length < limit) found.push(...like(names, wanted, bits, new Set(found.map(({ at }) => at))));
  const order = (a: Match, b: Match) => {
    const [x, y] = [names.texts[a.at] as string, names.texts[b.at] as string];
    return a.rank - b.rank || a.distance - b.distance || x.length - y.length || (x < y ? -1 : 1);
  };
  const hits: TypeHit[] = [];
  for (const match of found.sort(order).slice(0, limit)) {
    for (let kind = 0; kind < 32; kind++) {
      const word = kindWord(kind);
      if (word !== undefined && (names.kinds[match.at] as number) & bits & (1 << kind)) {
        hits.push(hit(index, names, match, kind, word));
      }
    }
  }
  return hits.slice(0, limit);
}

interface Match {
  readonly at: number;
  /** Into RANKS. */
  readonly rank: number;
  readonly distance: number;
}
const RANKS: readonly MatchRank[] = ['exact', 'prefix', 'substring', 'fuzzy'];

function hit(index: BtfIndex, names: Names, match: Match, kind: number, word: DeclarationKind): TypeHit {
  const known = names.facts?.[match.at]?.find(([of]) => of === kind);
  const [, variants, kernels, modules] = known ?? factsOf(index, names.ids[match.at] as number, kind);
  return {
    kind: word,
    name: names.texts[match.at] as string,
    match: RANKS[match.rank] as MatchRank,
    kernels,
    variants,
    modules,
  };
}

function factsOf(index: BtfIndex, name: number, kind: number): NameFacts {
  const rows = rowsOf(index);
  const declared = rows.declared(kind, name);
  rows.loadSets(declared.map(({ set }) => set));
  const places = placesOf(
    rows,
    declared.map(({ set }) => set),
  );
  const modules = places.filter(({ module }) => module !== 0).map(({ module }) => module);
  rows.loadTexts(modules);
  const kernels = index.catalog().countIn(rangesOfPlaces(places));
  return [kind, declared.length, kernels, modules.map((module) => rows.text(module)).sort()];
}

/** Names that have the text in them. */
function matching(names: Names, text: string, bits: number): Match[] {
  const { joined, starts, texts, kinds } = names;
  const lower = text.toLowerCase();
  const found: Match[] = [];
  let at = 0;
  for (let hitAt = joined.indexOf(lower); hitAt >= 0; hitAt = joined.indexOf(lower, hitAt)) {
    at = lastStart(starts, hitAt);
    const name = texts[at] as string;
    hitAt = (starts[at] as number) + name.length; // on to the next name
    if (((kinds[at] as number) & bits) === 0) continue;
    const prefix = name.toLowerCase().startsWith(lower);
    found.push({ at, rank: name === text ? 0 : prefix ? 1 : 2, distance: 0 });
  }
  return found;
}

function lastStart(starts: Uint32Array, position: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= position) low = middle;
    else high = middle;
  }
  return low;
}

/** Names that differ from the text in few letters. */
function like(names: Names, text: string, bits: number, known: ReadonlySet<number>): Match[] {
  const lower = text.toLowerCase();
  const most = nearEnough(lower.length);
  const found: Match[] = [];
  const { joined, starts, texts, kinds } = names;
  for (let at = 0; at < texts.length; at++) {
    const { length } = texts[at] as string;
    if (Math.abs(length - lower.length) > most || ((kinds[at] as number) & bits) === 0 || known.has(at)) continue;
    const start = starts[at] as number;
    const distance = editDistance(lower, joined.slice(start, start + length), most);
    if (distance <= most) found.push({ at, rank: 3, distance });
  }
  return found;
}

/** Names of a kind that are like one, best first: for 'did you mean'. */
export function nearNames(index: BtfIndex, kind: DeclarationKind, name: string, limit = 3): string[] {
  const { texts, kinds } = namesOf(index);
  const bit = 1 << KIND_CODE[kind];
  const most = nearEnough(name.length);
  const candidates = texts.filter(
    (text, i) => ((kinds[i] as number) & bit) !== 0 && text !== name && Math.abs(text.length - name.length) <= most + 8,
  );
  return nearWords(name, candidates, limit);
}
