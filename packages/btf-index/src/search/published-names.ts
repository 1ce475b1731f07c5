// The names of a published file, in parts of a few kilobytes, each with what a hit says of it:
//
//   - all names, sorted: those that begin with a text are neighbours
//   - of each beginning that many names share, those that come first by length
//   - for each word, the names that have it, by length; a list of the words says where
//
// The first is read for a beginning, the list of words once, and then one or two parts for each further text.

import { textOfBytes } from '../bytes.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { publishedPart } from '../store/published-parts.ts';
import { byLength, decodeEntries, kindBits, type NameEntry } from './entries.ts';
import type { FoundName, NameSource } from './name-source.ts';
import { type WordList, decodeWordList } from './word-list.ts';
import { likelyWords, mayHold, runsOf } from './words.ts';

/** Where parts begin, and which beginnings have lists of their own. */
export interface NameDirectory {
  /** By part, the lower case of its first name. */
  readonly firsts: readonly string[];
  /** A beginning, the part with its first names, and which entries of that. */
  readonly tops: readonly (readonly [beginning: string, part: number, from: number, count: number])[];
  /** How many names of each kind, by length, such a list has at least where there are as many. */
  readonly top: number;
}

/** Lists in more parts than this are not worth it: all names are read instead. */
const MOST_PARTS = 48;
/** Parts that are read in one go where a text may be in all of them. */
const NEIGHBOURS = 6;
const MOST_BYTES = 1 << 24;
/** Stands for the word of a list in its names. */
export const WORD_MARK = '\u0001';

const NAMES = Symbol('published names');

/** Undefined where the file was not published as it is. */
export function publishedNames(index: BtfIndex): NameSource | undefined {
  return index.cached(NAMES, () => {
    const directory = publishedPart(index, 'name-directory');
    return directory && new PublishedNames(index, JSON.parse(textOfBytes(directory)) as NameDirectory);
  });
}

class PublishedNames implements NameSource {
  private readonly index: BtfIndex;
  private readonly directory: NameDirectory;
  private readonly parts = new Map<string, readonly NameEntry[]>();
  private wordList: WordList | undefined;
  private moduleList: readonly string[] | undefined;

  constructor(index: BtfIndex, directory: NameDirectory) {
    this.index = index;
    this.directory = directory;
  }

  matching(lower: string, bits: number, limit: number): FoundName[] {
    const passes = (entry: NameEntry) => (kindBits(entry) & bits) !== 0;
    const begin = this.beginning(lower, limit).filter(passes);
    if (begin.length >= limit) return begin.map((entry) => this.found(entry));
    const inside = this.containing(lower, limit - begin.length, (entry) => {
      const text = entry.text.toLowerCase();
      return passes(entry) && text.includes(lower) && !text.startsWith(lower);
    });
    return [...begin, ...inside].map((entry) => this.found(entry));
  }

  likely(lower: string, bits: number, from: number, to: number): FoundName[] {
    const list = this.words();
    const found = new Map<string, NameEntry>();
    for (const word of likelyWords(lower, list)) {
      const { start, end } = list.rangeOf(word);
      for (let part = list.partOf(start); part <= list.partOf(end - 1); part++) {
        if (list.lengthsApart(word, part, from, to)) continue;
        for (const entry of this.ofWord(word, part)) {
          const { length } = entry.text;
          if (length >= from && length <= to && (kindBits(entry) & bits) !== 0) found.set(entry.text, entry);
        }
      }
    }
    return [...found.values()].map((entry) => this.found(entry));
  }

  /** Names that begin so: all of them, or at least the `limit` of each kind that come first. */
  private beginning(lower: string, limit: number): readonly NameEntry[] {
    const { firsts, tops, top } = this.directory;
    const list = limit <= top ? tops.find(([beginning]) => beginning === lower) : undefined;
    if (list !== undefined) return this.part('published_names', list[1]).slice(list[2], list[2] + list[3]);
    const found: NameEntry[] = [];
    const before = firsts.findLastIndex((first) => first < lower);
    for (let at = Math.max(before, 0); at < firsts.length; at++) {
      const first = firsts[at] as string;
      if (first > lower && !first.startsWith(lower)) break;
      found.push(...this.part('published_names', at).filter(({ text }) => text.toLowerCase().startsWith(lower)));
    }
    return found;
  }

  /** Of the names that pass and have the text inside, the `limit` that come first by length, and maybe more. */
  private containing(lower: string, limit: number, passes: (entry: NameEntry) => boolean): NameEntry[] {
    const runs = runsOf(lower);
    if (runs.length === 0) return this.all().filter(passes);
    const list = this.words();
    const choices = runs.map((run) => list.matching((word) => mayHold(run, word)));
    const size = (words: readonly string[]) => words.reduce((sum, word) => sum + list.count(word), 0);
    const words = choices.reduce((best, one) => (size(one) < size(best) ? one : best));
    const parts = words.map((word) => list.partOf(list.rangeOf(word).start));
    if (new Set(parts).size > MOST_PARTS) return this.all().filter(passes);
    if (words.length > 0) this.readNeighbours(parts, list.partOf(list.rangeOf(words.at(-1) as string).end - 1));
    const found = new Map<string, NameEntry>();
    // each list goes on from its shortest name; the one that may have a shorter name than all others is read next
    const open = words.map((word) => {
      const { start, end } = list.rangeOf(word);
      return { word, part: list.partOf(start), last: list.partOf(end - 1), least: list.shortest(word) };
    });
    const lengths: number[] = [];
    while (open.length > 0) {
      const next = open.reduce((best, one) => (one.least < best.least ? one : best));
      if (lengths.length >= limit && (lengths[limit - 1] as number) < next.least) break;
      for (const entry of this.ofWord(next.word, next.part)) {
        next.least = entry.text.length;
        if (found.has(entry.text) || !passes(entry)) continue;
        found.set(entry.text, entry);
        lengths.push(entry.text.length);
      }
      lengths.sort((a, b) => a - b);
      if (next.part++ === next.last) open.splice(open.indexOf(next), 1);
    }
    return [...found.values()].sort((a, b) => byLength(a.text, b.text));
  }

  private all(): NameEntry[] {
    return this.directory.firsts.flatMap((_, at) => this.part('published_names', at));
  }

  /** The names of a word that a part of the lists has. */
  private ofWord(word: string, part: number): NameEntry[] {
    const list = this.words();
    const { start, end } = list.rangeOf(word);
    const first = list.firstOf(part);
    return this.part('published_words', part)
      .slice(Math.max(0, start - first), end - first)
      .map((entry) => ({ ...entry, text: entry.text.replace(WORD_MARK, word) }));
  }

  /** Parts that lie together are read in their order: one request leads to the next. */
  private readNeighbours(parts: readonly number[], last: number): void {
    const first = parts[0] as number;
    if (first === last || last - first >= NEIGHBOURS) return;
    const rows = this.index
      .statement('SELECT part, data FROM published_words WHERE part BETWEEN ? AND ? ORDER BY part')
      .all(first, last) as [number, Uint8Array][];
    for (const [part, data] of rows) this.keep(`published_words ${part}`, data);
  }

  private keep(key: string, data: Uint8Array): readonly NameEntry[] {
    const entries = decodeEntries(this.index.codec.unzstd(data, MOST_BYTES));
    this.parts.set(key, entries);
    return entries;
  }

  private words(): WordList {
    return (this.wordList ??= decodeWordList(publishedPart(this.index, 'name-words') as Uint8Array));
  }

  private part(table: 'published_names' | 'published_words', at: number): readonly NameEntry[] {
    const key = `${table} ${at}`;
    let entries = this.parts.get(key);
    if (entries === undefined) {
      const [data] = this.index.statement(`SELECT data FROM ${table} WHERE part = ?`).get(at) as [Uint8Array];
      entries = this.keep(key, data);
    }
    return entries;
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
