// The list of a published file's words, each with how many names have it and about how long the shortest of them is.

import { bytesOfText, textOfBytes } from '../bytes.ts';
import { VarintReader, VarintWriter } from '../varints.ts';
import { roughCount, type Vocabulary } from './words.ts';

/** A word, how many names have it, and how long the shortest is. */
export interface WordCount {
  readonly word: string;
  readonly count: number;
  readonly shortest: number;
}

/** A name is not shorter than a word of it; how much longer the shortest name is, is stored roughly. */
const ROUGH = 4;
const MOST_ROUGH = 3;

/** Words in their order: of each the letters that the one before does not begin with. */
export function encodeWordList(words: readonly WordCount[]): Uint8Array {
  const out = new VarintWriter(words.length * 12 + 64);
  const shared = words.map(({ word }, i) => sharedLetters(words[i - 1]?.word ?? '', word));
  out.add(words.length);
  for (const { count } of words) out.add(roughCount(count));
  for (const { word, shortest } of words) out.add(Math.min(MOST_ROUGH, Math.floor((shortest - word.length) / ROUGH)));
  for (const count of shared) out.add(count);
  for (const [i, { word }] of words.entries()) out.add(word.length - (shared[i] as number));
  out.addBytes(bytesOfText(words.map(({ word }, i) => word.slice(shared[i])).join('')));
  return out.finish();
}

function sharedLetters(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}

/** Throws RangeError. */
export function decodeWordList(bytes: Uint8Array): WordList {
  return new WordList(bytes);
}

export class WordList implements Vocabulary {
  private readonly list: readonly string[];
  private readonly places = new Map<string, number>();
  private readonly counts: readonly number[];
  private readonly more: readonly number[];

  constructor(bytes: Uint8Array) {
    const input = new VarintReader(bytes);
    const column = (length: number) => {
      if (length > bytes.length) throw new RangeError('there are more words than bytes');
      return Array.from({ length }, () => input.next());
    };
    this.counts = column(input.next());
    this.more = column(this.counts.length);
    const shared = column(this.counts.length);
    const own = column(this.counts.length);
    const letters = textOfBytes(input.nextBytes(bytes.length - input.at));
    let at = 0;
    let before = '';
    this.list = shared.map((count, i) => {
      before = before.slice(0, count) + letters.slice(at, (at += own[i] as number));
      return before;
    });
    if (at !== letters.length) throw new RangeError('the words are not as many as they should be');
    this.list.forEach((word, i) => void this.places.set(word, i));
  }

  count(word: string): number {
    const place = this.places.get(word);
    return place === undefined ? 0 : (this.counts[place] as number);
  }

  words(): Iterable<string> {
    return this.list;
  }

  matching(passes: (word: string) => boolean): string[] {
    return this.list.filter(passes);
  }

  /** The length of a word's shortest name, or less. */
  shortest(word: string): number {
    return word.length + ROUGH * (this.more[this.places.get(word) as number] as number);
  }
}
