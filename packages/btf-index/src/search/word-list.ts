// The list of a published file's words: each with how many names have it and how long the shortest is. The names of all words
// follow each other, in the order of the words and by length; they are numbered, and parts of them begin at certain numbers.

import { bytesOfText, textOfBytes } from '../bytes.ts';
import { VarintReader, VarintWriter } from '../varints.ts';
import type { Vocabulary } from './words.ts';

/** A word, and how long its names are, ascending. */
export interface WordLengths {
  readonly word: string;
  readonly lengths: readonly number[];
}

/** A part of the lists: the number of its first name, and how long that is. */
export interface WordPart {
  readonly first: number;
  readonly length: number;
}

/** A name is not shorter than a word of it. Of the many words that only one name has, how much longer it is is told roughly. */
const ROUGH = 8;
const MOST_ROUGH = 3;

function moreThan(word: string, lengths: readonly number[]): number {
  const more = (lengths[0] as number) - word.length;
  return lengths.length > 1 ? more : Math.min(MOST_ROUGH, Math.floor(more / ROUGH));
}

/** Words in their order. */
export function encodeWordList(words: readonly WordLengths[], parts: readonly WordPart[]): Uint8Array {
  const out = new VarintWriter(words.length * 12 + 64);
  out.add(words.length);
  for (const { lengths } of words) out.add(lengths.length);
  for (const { word, lengths } of words) out.add(moreThan(word, lengths));
  out.add(parts.length);
  for (const [i, { first }] of parts.entries()) out.add(first - (parts[i - 1]?.first ?? 0));
  for (const { length } of parts) out.add(length);
  out.addBytes(bytesOfText(words.map(({ word }) => word).join('\n')));
  return out.finish();
}

/** Throws RangeError. */
export function decodeWordList(bytes: Uint8Array): WordList {
  return new WordList(bytes);
}

export class WordList implements Vocabulary {
  private readonly list: readonly string[];
  private readonly places = new Map<string, number>();
  /** By word: the number of its first name; one more entry for the end. */
  private readonly starts: Uint32Array;
  private readonly leasts: readonly number[];
  private readonly parts: readonly WordPart[];

  constructor(bytes: Uint8Array) {
    const input = new VarintReader(bytes);
    const column = (length: number) => {
      if (length > bytes.length) throw new RangeError('there are more words than bytes');
      return Array.from({ length }, () => input.next());
    };
    const counts = column(input.next());
    const more = column(counts.length);
    const firsts = column(input.next());
    const lengths = column(firsts.length);
    this.list = counts.length === 0 ? [] : textOfBytes(input.nextBytes(bytes.length - input.at)).split('\n');
    if (this.list.length !== counts.length) throw new RangeError('the words are not as many as they should be');
    this.starts = new Uint32Array(counts.length + 1);
    counts.forEach((count, i) => {
      this.starts[i + 1] = (this.starts[i] as number) + count;
    });
    this.list.forEach((word, i) => void this.places.set(word, i));
    this.leasts = more.map((length, i) => (this.list[i] as string).length + length * (counts[i] === 1 ? ROUGH : 1));
    let first = 0;
    this.parts = firsts.map((difference, i) => ({ first: (first += difference), length: lengths[i] as number }));
  }

  count(word: string): number {
    const { start, end } = this.rangeOf(word);
    return end - start;
  }

  words(): Iterable<string> {
    return this.list;
  }

  matching(passes: (word: string) => boolean): string[] {
    return this.list.filter(passes);
  }

  /** The numbers of a word's names. */
  rangeOf(word: string): { readonly start: number; readonly end: number } {
    const place = this.places.get(word);
    if (place === undefined) return { start: 0, end: 0 };
    return { start: this.starts[place] as number, end: this.starts[place + 1] as number };
  }

  /** The length of a word's shortest name, or less. */
  shortest(word: string): number {
    return this.leasts[this.places.get(word) as number] as number;
  }

  /** The part that has the name of a number. */
  partOf(number: number): number {
    return this.parts.findLastIndex(({ first }) => first <= number);
  }

  /** The number of a part's first name. */
  firstOf(part: number): number {
    return (this.parts[part] as WordPart).first;
  }

  /** Whether a part has no name of this word of these lengths, as far as the list tells. */
  lengthsApart(word: string, part: number, from: number, to: number): boolean {
    const { start, end } = this.rangeOf(word);
    const [own, next] = [this.parts[part] as WordPart, this.parts[part + 1]];
    const least = own.first > start ? own.length : this.shortest(word);
    return least > to || (next !== undefined && next.first < end && next.length < from);
  }
}
