// The names of a published file, in parts of a few kilobytes, each name with what a hit says of it:
//
//   - all names, sorted: those that begin with a text are neighbours
//   - of each beginning that many names share, those that come first by length
//   - by place (the next word's first letter, and a word read backwards): all names that have a word with this ending before
//     a word that begins so, by length; a text of several words is inside of none but those of one such range
//   - by word, the names that come first by length
//
// The first two answer most of what someone types; the third is one or two parts for all that follows the second word's first
// letter. A single word that may be inside of others needs the list of all words, and then the fourth.

import { textOfBytes } from '../bytes.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { publishedPart } from '../store/published-parts.ts';
import { byLength, decodeEntries, decodeGroups, type EntryGroup, kindBits, type NameEntry } from './entries.ts';
import type { FoundName, NameSource } from './name-source.ts';
import { decodeWordList, type WordList } from './word-list.ts';
import { END, likelyPlaces, mayHold, placeKey, placeOfKey, type Run, runsOf } from './words.ts';

/** The first of a part: a key, and the length of its first name. */
export type GroupStart = readonly [key: string, length: number];

/** Where parts begin, and which beginnings have lists of their own. Parts of all lists are numbered through, in this order. */
export interface NameDirectory {
  /** By part, the lower case of its first name. */
  readonly firsts: readonly string[];
  /** A beginning, the part with its first names, and which entries of that. */
  readonly tops: readonly (readonly [beginning: string, part: number, from: number, count: number])[];
  /** How many names of each kind, by length, a list of those that come first has at least where there are as many. */
  readonly top: number;
  readonly words: { readonly first: number; readonly starts: readonly GroupStart[] };
  /** In a table of its own. */
  readonly places: { readonly first: number; readonly starts: readonly GroupStart[] };
  /** What characters names have besides letters. */
  readonly others: string;
}

/** Names of more parts than this are not worth it: all names are read instead. */
const MOST_PARTS = 32;
const MOST_BYTES = 1 << 24;

const NAMES = Symbol('published names');

/** Undefined where the file was not published as it is, or by an older version. */
export function publishedNames(index: BtfIndex): NameSource | undefined {
  return index.cached(NAMES, () => {
    const directory = publishedPart(index, 'names');
    return directory && new PublishedNames(index, JSON.parse(textOfBytes(directory)) as NameDirectory);
  });
}

class PublishedNames implements NameSource {
  private readonly index: BtfIndex;
  private readonly directory: NameDirectory;
  private readonly data = new Map<number, unknown>();
  private wordList: WordList | undefined;
  private moduleList: readonly string[] | undefined;

  constructor(index: BtfIndex, directory: NameDirectory) {
    this.index = index;
    this.directory = directory;
  }

  matching(lower: string, bits: number, limit: number): FoundName[] {
    const passes = (entry: NameEntry) => (kindBits(entry) & bits) !== 0;
    if (!this.mayOccur(lower)) return [];
    const begin = this.beginning(lower, limit).filter(passes);
    if (begin.length >= limit) return begin.map((entry) => this.found(entry));
    const inside = this.containing(lower, {
      ...{ bits, limit, missing: limit - begin.length },
      passes: (entry) => {
        const text = entry.text.toLowerCase();
        return passes(entry) && text.includes(lower) && !text.startsWith(lower);
      },
    });
    return [...begin, ...inside].map((entry) => this.found(entry));
  }

  likely(lower: string, bits: number, from: number, to: number): FoundName[] {
    const found = new Map<string, NameEntry>();
    for (const place of likelyPlaces(lower, this.words())) {
      const key = placeKey(place);
      for (const part of this.placeParts({ key, exact: true }, from, to)) {
        for (const group of this.placeGroups(part)) {
          if (group.key !== key) continue;
          for (const entry of group.entries) {
            const { length } = entry.text;
            if (length >= from && length <= to && (kindBits(entry) & bits) !== 0) found.set(entry.text, entry);
          }
        }
      }
    }
    return [...found.values()].map((entry) => this.found(entry));
  }

  /** Whether names have all characters of a text. */
  private mayOccur(lower: string): boolean {
    return [...lower].every((one) => (one >= 'a' && one <= 'z') || this.directory.others.includes(one));
  }

  /** Names that begin so: all of them, or at least the `limit` of each kind that come first. */
  private beginning(lower: string, limit: number): readonly NameEntry[] {
    const { firsts, tops, top } = this.directory;
    const list = limit <= top ? tops.find(([beginning]) => beginning === lower) : undefined;
    if (list !== undefined) return this.names(list[1]).slice(list[2], list[2] + list[3]);
    const found: NameEntry[] = [];
    const before = firsts.findLastIndex((first) => first < lower);
    for (let at = Math.max(before, 0); at < firsts.length; at++) {
      const first = firsts[at] as string;
      if (first > lower && !first.startsWith(lower)) break;
      found.push(...this.names(at).filter(({ text }) => text.toLowerCase().startsWith(lower)));
    }
    return found;
  }

  /** Of the names that pass and have the text inside, those that are missing, and maybe more. */
  private containing(lower: string, wanted: Wanted): readonly NameEntry[] {
    const { passes } = wanted;
    const runs = runsOf(lower);
    const [only] = runs;
    if (only === undefined) return this.all().filter(passes);
    const inWords = runs.length === 1 ? this.ofWords(only, wanted) : undefined;
    if (inWords === undefined && only.openBehind && runs.length === 1) return this.all().filter(passes);
    if (inWords !== undefined) return inWords;
    const ranges = placeRanges(runs).map((some) => new Set(some.flatMap((range) => this.placeParts(range))));
    const parts = ranges.reduce((least, one) => (one.size < least.size ? one : least));
    if (parts.size > Math.min(MOST_PARTS, this.directory.firsts.length)) return this.all().filter(passes);
    const found = new Map<string, NameEntry>();
    for (const part of parts) {
      for (const { entries } of this.placeGroups(part)) {
        for (const entry of entries) if (passes(entry)) found.set(entry.text, entry);
      }
    }
    return [...found.values()].sort((a, b) => byLength(a.text, b.text));
  }

  /** Of the names of the words that may hold a run, as `containing`; undefined where the lists by word do not tell. */
  private ofWords(run: Run, wanted: Wanted): readonly NameEntry[] | undefined {
    const { bits, limit, missing, passes } = wanted;
    const { top } = this.directory;
    const list = this.words();
    const found = new Map<string, NameEntry>();
    const lengths: number[] = [];
    const open = list.matching((word) => mayHold(run, word)).map((word) => ({ word, least: list.shortest(word) }));
    open.sort((a, b) => a.least - b.least);
    const parts = new Set<number>();
    for (const { word, least } of open) {
      if (lengths.length >= missing && (lengths[missing - 1] as number) < least) break;
      for (const part of this.wordParts(word)) parts.add(part);
      if (parts.size > MOST_PARTS) return undefined;
      const own = this.ofWord(word);
      const passing = own.filter(passes);
      if (own.length < list.count(word)) {
        // there may be more of a kind of which the list has as many as it may
        const passed = countKinds(passing);
        for (const [kind, count] of countKinds(own)) {
          const isCut = (bits & (1 << kind)) !== 0 && count >= top;
          if (isCut && (limit > top || (passed.get(kind) ?? 0) < missing)) return undefined;
        }
      }
      for (const entry of passing) {
        if (found.has(entry.text)) continue;
        found.set(entry.text, entry);
        lengths.push(entry.text.length);
      }
      lengths.sort((a, b) => a - b);
    }
    return [...found.values()].sort((a, b) => byLength(a.text, b.text));
  }

  private all(): NameEntry[] {
    return this.directory.firsts.flatMap((_, at) => this.names(at));
  }

  /** Parts that have names of some places, of lengths in a range. */
  private placeParts({ key, exact }: PlaceRange, from = 0, to = Number.MAX_SAFE_INTEGER): number[] {
    const { first, starts } = this.directory.places;
    const before = ([start, length]: GroupStart) => start < key || (start === key && length < from);
    const behind = ([start, length]: GroupStart) =>
      exact ? start > key || (start === key && length > to) : start > key && !start.startsWith(key);
    const parts: number[] = [];
    for (let at = Math.max(0, starts.findLastIndex(before)); at < starts.length; at++) {
      if (behind(starts[at] as GroupStart)) break;
      parts.push(first + at);
    }
    return parts;
  }

  private placeGroups(part: number): readonly EntryGroup[] {
    return this.part(part, (bytes) => decodeGroups(bytes, (key) => placeOfKey(key).word));
  }

  private wordParts(word: string): number[] {
    const { first, starts } = this.directory.words;
    const parts: number[] = [];
    for (
      let at = Math.max(
        0,
        starts.findLastIndex(([key]) => key < word),
      );
      at < starts.length;
      at++
    ) {
      if ((starts[at] as GroupStart)[0] > word) break;
      parts.push(first + at);
    }
    return parts;
  }

  /** The names of a word that come first. */
  private ofWord(word: string): NameEntry[] {
    const groups = this.wordParts(word).flatMap((part) =>
      this.part(part, (bytes) => decodeGroups(bytes, (key) => key)),
    );
    return groups.filter(({ key }) => key === word).flatMap(({ entries }) => entries);
  }

  private words(): WordList {
    return (this.wordList ??= decodeWordList(publishedPart(this.index, 'words') as Uint8Array));
  }

  private names(at: number): readonly NameEntry[] {
    return this.part(at, decodeEntries);
  }

  private part<T>(at: number, decode: (bytes: Uint8Array) => T): T {
    let part = this.data.get(at) as T | undefined;
    if (part === undefined) {
      const table = at < this.directory.places.first ? 'published_names' : 'published_places';
      const [data] = this.index.statement(`SELECT data FROM ${table} WHERE part = ?`).get(at) as [Uint8Array];
      part = decode(this.index.codec.unzstd(data, MOST_BYTES));
      this.data.set(at, part);
    }
    return part;
  }

  private found(entry: NameEntry): FoundName {
    return {
      text: entry.text,
      kinds: kindBits(entry),
      facts: (kind) => {
        const { variants, kernels, modules } = entry.facts.find((facts) => facts.kind === kind) ?? NOTHING;
        return { variants, kernels, modules: modules.map((module) => this.modules()[module] as string) };
      },
    };
  }

  private modules(): readonly string[] {
    const blob = () => textOfBytes(publishedPart(this.index, 'name-modules') as Uint8Array);
    return (this.moduleList ??= JSON.parse(blob()) as string[]);
  }
}

const NOTHING = { variants: 0, kernels: 0, modules: [] };

/** What is looked for inside of names. */
interface Wanted {
  readonly bits: number;
  /** How many are asked for, and how many of them are still missing. */
  readonly limit: number;
  readonly missing: number;
  readonly passes: (entry: NameEntry) => boolean;
}

function countKinds(entries: readonly NameEntry[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { kind } of entries.flatMap(({ facts }) => facts)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** A place, or all places of words that end like that. */
interface PlaceRange {
  readonly key: string;
  readonly exact: boolean;
}

/** Each of these lists of places has all names that have these runs of a text inside. */
function placeRanges(runs: readonly Run[]): PlaceRange[][] {
  const range = ({ letters, openBefore }: Run, next: string): PlaceRange => ({
    key: placeKey({ word: letters, next }),
    exact: !openBefore,
  });
  const [first, ...others] = runs;
  if (first === undefined) return [];
  // what follows the only run is not known
  if (others.length === 0) return [[...LETTERS, END].map((next) => range(first, next))];
  return others.map(({ letters }, i) => [range(runs[i] as Run, letters[0] as string)]);
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
