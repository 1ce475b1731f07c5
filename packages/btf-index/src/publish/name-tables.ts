// The names of a published file in parts: see search/published-names.ts, which reads them.

import { byLength, encodeEntries, type NameEntry, type NameFacts } from '../search/entries.ts';
import { kindsIn, localNames } from '../search/local-names.ts';
import { type NameDirectory, WORD_MARK } from '../search/published-names.ts';
import { encodeWordList, type WordPart } from '../search/word-list.ts';
import { wordsOf } from '../search/words.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { BEST_LEVEL, pack } from './pack.ts';

/** Packed bytes of a part: a row of it lies within one page. */
const PART_BYTES = 7_900;
/** Beginnings that more names share have a list of those that come first. */
const MANY = 1_200;
/** Names of each kind in such a list: as many as are asked for where nobody says how many. */
const TOP = 24;
/** Characters that parts use for themselves. */
const RESERVED = new RegExp(`[\\n${WORD_MARK}]`);

/** All of it, packed. */
export interface NameTables {
  readonly directory: Uint8Array;
  readonly modules: Uint8Array;
  readonly words: Uint8Array;
  /** Rows of `published_names` and of `published_words`, by part. */
  readonly names: readonly Uint8Array[];
  readonly ofWords: readonly Uint8Array[];
}

export function nameTables(index: BtfIndex): NameTables {
  const { entries, modules } = allNames(index);
  const sorted = sortedParts(entries);
  const tops = topParts(entries, sorted.parts.length);
  const directory: NameDirectory = { firsts: sorted.firsts, tops: tops.lists, top: TOP };
  const words = wordParts(entries);
  return {
    directory: pack(Buffer.from(JSON.stringify(directory))),
    modules: pack(Buffer.from(JSON.stringify(modules))),
    words: words.list,
    names: [...sorted.parts, ...tops.parts],
    ofWords: words.parts,
  };
}

interface Named extends NameEntry {
  readonly lower: string;
}

/** Every name with what a hit says of it, sorted. */
function allNames(index: BtfIndex): { entries: Named[]; modules: string[] } {
  const local = localNames(index);
  const modules = new Map<string, number>();
  const found = local.texts.flatMap((text, place) => {
    if (RESERVED.test(text)) return [];
    const name = local.at(place);
    const facts = [...kindsIn(name.kinds)].map((kind) => ({ kind, ...name.facts(kind) }));
    for (const module of facts.flatMap((one) => one.modules)) modules.set(module, 0);
    return [{ text, lower: text.toLowerCase(), facts }];
  });
  const names = [...modules.keys()].sort();
  names.forEach((module, i) => void modules.set(module, i));
  const entries = found.map(({ text, lower, facts }): Named => {
    const numbered = facts.map((one): NameFacts => {
      return { ...one, modules: one.modules.map((module) => modules.get(module) as number).sort((a, b) => a - b) };
    });
    return { text, lower, facts: numbered };
  });
  entries.sort((a, b) => (a.lower < b.lower ? -1 : a.lower > b.lower ? 1 : a.text < b.text ? -1 : 1));
  return { entries, modules: names };
}

/** Cuts a list where what is packed so far fills a part; as one part packs, the next is expected to. */
function* parts<T>(
  list: T[],
  encode: (some: T[]) => Uint8Array,
): Generator<{ from: number; to: number; data: Uint8Array }> {
  let count = 800;
  for (let from = 0; from < list.length; ) {
    let to = Math.min(list.length, from + count);
    let data = pack(encode(list.slice(from, to)));
    for (let tries = 0; data.length > PART_BYTES && to - from > 1 && tries < 8; tries++) {
      to = from + Math.max(1, Math.floor(((to - from) * PART_BYTES * 0.97) / data.length));
      data = pack(encode(list.slice(from, to)));
    }
    yield { from, to, data };
    count = Math.max(1, Math.floor(((to - from) * PART_BYTES) / data.length));
    from = to;
  }
}

function sortedParts(entries: Named[]): { firsts: string[]; parts: Uint8Array[] } {
  const firsts: string[] = [];
  const made: Uint8Array[] = [];
  for (const { from, data } of parts(entries, (some) => encodeEntries(some))) {
    firsts.push((entries[from] as Named).lower);
    made.push(data);
  }
  return { firsts, parts: made };
}

/** For each beginning of many names: of each kind, those that come first by length. */
function topParts(
  entries: readonly Named[],
  firstPart: number,
): { lists: NameDirectory['tops'][number][]; parts: Uint8Array[] } {
  const groups: { beginning: string; entries: Named[] }[] = [];
  const visit = (from: number, to: number, depth: number): void => {
    for (let at = from; at < to; ) {
      const beginning = (entries[at] as Named).lower.slice(0, depth);
      let end = at + 1;
      while (end < to && (entries[end] as Named).lower.slice(0, depth) === beginning) end++;
      if (end - at > MANY && beginning.length === depth) {
        groups.push({ beginning, entries: firstOfKinds(entries.slice(at, end)) });
        visit(at, end, depth + 1);
      }
      at = end;
    }
  };
  visit(0, entries.length, 1);
  const lists: NameDirectory['tops'][number][] = [];
  const made: Uint8Array[] = [];
  for (const { from, to, data } of parts(groups, (some) => encodeEntries(some.flatMap((group) => group.entries)))) {
    let at = 0;
    for (const { beginning, entries: own } of groups.slice(from, to)) {
      lists.push([beginning, firstPart + made.length, at, own.length]);
      at += own.length;
    }
    made.push(data);
  }
  return { lists, parts: made };
}

function firstOfKinds(entries: readonly Named[]): Named[] {
  const left = new Map<number, number>();
  return [...entries]
    .sort((a, b) => byLength(a.text, b.text))
    .filter(({ facts }) => {
      const wanted = facts.filter(({ kind }) => (left.get(kind) ?? TOP) > 0);
      for (const { kind } of wanted) left.set(kind, (left.get(kind) ?? TOP) - 1);
      return wanted.length > 0;
    });
}

/** The names of each word, by length; the list of the words says where. */
function wordParts(entries: readonly Named[]): { list: Uint8Array; parts: Uint8Array[] } {
  const byWord = new Map<string, Named[]>();
  for (const entry of entries) {
    for (const word of wordsOf(entry.text)) {
      const own = byWord.get(word);
      if (own) own.push(entry);
      else byWord.set(word, [entry]);
    }
  }
  const words = [...byWord].sort(([a], [b]) => (a < b ? -1 : 1));
  const all = words.flatMap(([word, own]) => {
    own.sort((a, b) => byLength(a.text, b.text));
    return own.map((entry) => ({ word, entry }));
  });
  const made: Uint8Array[] = [];
  const starts: WordPart[] = [];
  const encode = (some: typeof all) =>
    encodeEntries(
      some.map(({ entry }) => entry),
      (entry, i) => marked(entry.text, some[i]?.word as string),
    );
  for (const { from, data } of parts(all, encode)) {
    starts.push({ first: from, length: (all[from] as (typeof all)[number]).entry.text.length });
    made.push(data);
  }
  const lengths = words.map(([word, own]) => ({ word, lengths: own.map(({ text }) => text.length) }));
  return { list: pack(encodeWordList(lengths, starts), BEST_LEVEL), parts: made };
}

/** A name without the word that its list is of, where that stands in it as it is written in the list. */
function marked(text: string, word: string): string {
  const at = text.indexOf(word);
  return at < 0 ? text : `${text.slice(0, at)}${WORD_MARK}${text.slice(at + word.length)}`;
}
