// Finding declarations by a part of their name. Which names there are to choose from is asked of a source (search/): all names
// in memory, or the parts of a published file that a text needs. The order of hits and what counts as like are decided here.

import { decoded } from '../store/sqlite-errors.ts';
import type { DeclarationKind, MatchRank, TypeHit } from '../answer-types.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { byLength } from '../search/entries.ts';
import { firstNames } from '../search/first-names.ts';
import { kindsIn } from '../search/local-names.ts';
import type { FoundName, NameSource } from '../search/name-source.ts';
import { publishedNames } from '../search/published-names.ts';
import { KIND_CODE, kindWord } from './declarations.ts';
import { editDistance, nearEnough, nearWords } from './did-you-mean.ts';

/** What to find. */
export interface SearchOptions {
  /** Default: all. */
  readonly kinds?: readonly DeclarationKind[] | undefined;
  /** Default: 20. */
  readonly limit?: number | undefined;
}

interface Match {
  readonly name: FoundName;
  /** Into RANKS. */
  readonly rank: number;
  readonly distance: number;
}
const RANKS: readonly MatchRank[] = ['exact', 'prefix', 'substring', 'fuzzy'];

/**
 * Declarations whose name is `text`, begins with it, has it inside, or is like it, in this order and shorter names first;
 * upper and lower case are the same but for the first. What is like it is looked for where no name begins with it: names that
 * differ in few letters, but not in the first three and in the last three as well, where it is longer than five.
 */
export function search(index: BtfIndex, text: string, options: SearchOptions = {}): TypeHit[] {
  return decoded(index.path, () => {
    const limit = options.limit ?? 20;
    const bits = bitsOf(options.kinds ?? (Object.keys(KIND_CODE) as DeclarationKind[]));
    const wanted = text.trim();
    if (wanted === '' || limit <= 0) return [];
    const source = namesOf(index);
    const lower = wanted.toLowerCase();
    const found: Match[] = source.matching(lower, bits, limit).map((name) => {
      const prefix = name.text.toLowerCase().startsWith(lower);
      return { name, rank: name.text === wanted ? 0 : prefix ? 1 : 2, distance: 0 };
    });
    if (found.length < limit && !found.some(({ rank }) => rank < 2)) {
      const known = new Set(found.map(({ name }) => name.text));
      for (const match of like(source, lower, bits)) if (!known.has(match.name.text)) found.push(match);
    }
    found.sort((a, b) => a.rank - b.rank || a.distance - b.distance || byLength(a.name.text, b.name.text));
    const hits: TypeHit[] = [];
    for (const { name, rank } of found) {
      for (const kind of kindsIn(name.kinds & bits)) {
        if (hits.length === limit) return hits;
        const { variants, kernels, modules } = name.facts(kind);
        const match = RANKS[rank] as MatchRank;
        hits.push({ kind: kindWord(kind) as DeclarationKind, name: name.text, match, kernels, variants, modules });
      }
    }
    return hits;
  });
}

function namesOf(index: BtfIndex): NameSource {
  return publishedNames(index) ?? firstNames(index);
}

function bitsOf(kinds: readonly DeclarationKind[]): number {
  return kinds.reduce((sum, kind) => sum | (1 << KIND_CODE[kind]), 0);
}

/** Names that differ from a text in few letters. */
function like(source: NameSource, lower: string, bits: number): Match[] {
  const most = nearEnough(lower.length);
  const found: Match[] = [];
  for (const name of source.likely(lower, bits, lower.length - most, lower.length + most)) {
    const distance = editDistance(lower, name.text.toLowerCase(), most);
    if (distance <= most) found.push({ name, rank: 3, distance });
  }
  return found;
}

/** How many names with a word inside are candidates for 'did you mean'. */
const INSIDE = 6;

/** Names of a kind that are like one, best first: for 'did you mean'. */
export function nearNames(index: BtfIndex, kind: DeclarationKind, name: string, limit = 3): string[] {
  const source = namesOf(index);
  const bits = bitsOf([kind]);
  const lower = name.trim().toLowerCase();
  if (lower === '') return [];
  const near = [...like(source, lower, bits).map((match) => match.name), ...source.matching(lower, bits, INSIDE)];
  return nearWords(
    name,
    near.map(({ text }) => text).filter((text) => text !== name),
    limit,
  );
}
