// The names of a published file in parts: see search/published-names.ts, which reads them.

import {
  byLength,
  encodeEntries,
  encodeGroups,
  type EntryGroup,
  type NameEntry,
  type NameFacts,
  WORD_MARK,
} from '../search/entries.ts';
import { kindsIn, localNames } from '../search/local-names.ts';
import type { GroupStart, NameDirectory } from '../search/published-names.ts';
import { encodeWordList } from '../search/word-list.ts';
import { placeKey, placeOfKey, placesOfWords, wordsOf } from '../search/words.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { BEST_LEVEL, pack } from './pack.ts';

/** Packed bytes of a part: a row of it lies within one page. */
const PART_BYTES = 7_900;
/** Beginnings that more names share have a list of those that come first. */
const MANY = 500;
/** Names of each kind in such a list, and in that of a word: as many as are asked for where nobody says how many. */
const TOP = 20;
/** Characters that parts use for themselves. */
const RESERVED = new RegExp(`[\\n${WORD_MARK}]`);

/** All of it, packed. */
export interface NameTables {
  readonly directory: Uint8Array;
  readonly modules: Uint8Array;
  readonly words: Uint8Array;
  /** Rows of `published_names`, by part, and of `published_places`, which are numbered on. */
  readonly names: readonly Uint8Array[];
  readonly places: readonly Uint8Array[];
}

export function nameTables(index: BtfIndex): NameTables {
  const { entries, modules } = allNames(index);
  const sorted = sortedParts(entries);
  const tops = topParts(entries, sorted.parts.length);
  const places = groupParts(
    groupsOf(entries, ({ text }) => placesOfWords(text).map(placeKey)),
    (key) => placeOfKey(key).word,
  );
  const byWord = groupsOf(entries, ({ text }) => wordsOf(text));
  const firstOfWords = byWord.map(({ key, entries: own }) => ({ key, entries: firstOfKinds(own) }));
  const words = groupParts(firstOfWords, (key) => key);
  const names = [...sorted.parts, ...tops.parts, ...words.parts];
  const directory: NameDirectory = {
    firsts: sorted.firsts,
    tops: tops.lists,
    top: TOP,
    words: { first: sorted.parts.length + tops.parts.length, starts: words.starts },
    places: { first: names.length, starts: places.starts },
    others: [...new Set(entries.flatMap(({ lower }) => [...lower.replace(/[a-z]/g, '')]))].sort().join(''),
  };
  const counts = byWord.map(({ key, entries: own }) => ({
    ...{ word: key, count: own.length },
    shortest: (own[0] as Named).text.length,
  }));
  return {
    directory: pack(Buffer.from(JSON.stringify(directory)), BEST_LEVEL),
    modules: pack(Buffer.from(JSON.stringify(modules))),
    words: pack(encodeWordList(counts), BEST_LEVEL),
    ...{ names, places: places.parts },
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

/** The names of each key, by length; keys in their order. */
function groupsOf(
  entries: readonly Named[],
  keysOf: (entry: Named) => Iterable<string>,
): { key: string; entries: Named[] }[] {
  const groups = new Map<string, Named[]>();
  for (const entry of entries) {
    for (const key of keysOf(entry)) {
      const own = groups.get(key);
      if (own) own.push(entry);
      else groups.set(key, [entry]);
    }
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([key, own]) => ({ key, entries: own.sort((a, b) => byLength(a.text, b.text)) }));
}

/** Groups one after the other; one may go on in the next part. */
function groupParts(
  groups: readonly EntryGroup[],
  wordOf: (key: string) => string,
): { starts: GroupStart[]; parts: Uint8Array[] } {
  const all = groups.flatMap(({ key, entries }) => entries.map((entry) => ({ key, entry })));
  const starts: GroupStart[] = [];
  const made: Uint8Array[] = [];
  for (const { from, data } of parts(all, (some) => encodeGroups(grouped(some), wordOf))) {
    const { key, entry } = all[from] as (typeof all)[number];
    starts.push([key, entry.text.length]);
    made.push(data);
  }
  return { starts, parts: made };
}

function grouped(list: readonly { readonly key: string; readonly entry: NameEntry }[]): EntryGroup[] {
  const groups: { key: string; entries: NameEntry[] }[] = [];
  for (const { key, entry } of list) {
    if (groups.at(-1)?.key !== key) groups.push({ key, entries: [] });
    groups.at(-1)?.entries.push(entry);
  }
  return groups;
}
