// The words of names: runs of letters, in lower case. What has a text inside, and what is like a text, is looked for among the
// names that have certain words: there are far fewer words than names.

import { editDistance, nearEnough } from '../query/did-you-mean.ts';

/** Counts up to this are exact. */
const EXACT = 24;

/** A count or a little more: larger ones are one of four steps to their double. */
export function roughCount(count: number): number {
  if (count <= EXACT) return count;
  const step = 2 ** (Math.floor(Math.log2(count)) - 2);
  return Math.ceil(count / step) * step;
}

/** The words of an index's names. */
export interface Vocabulary {
  /** In how many names a word is, as `roughCount` rounds it; 0 where in none. */
  count(word: string): number;
  /** In any order. */
  words(): Iterable<string>;
}

/** No more words than this take part in looking for what is like a text. */
const MOST_WORDS = 4;

/** What follows the last word of a name. */
export const END = '$';

/** The words of a name in lower case, in order. */
export function runs(lower: string): string[] {
  return lower.match(/[a-z]+/g) ?? [];
}

/** The words of a name, each once. */
export function wordsOf(name: string): Set<string> {
  return new Set(runs(name.toLowerCase()));
}

/** A word, and the first letter of the word that follows it in a name; END where none does. */
export interface WordPlace {
  readonly word: string;
  readonly next: string;
}

/** The places of a name's words, each once. */
export function placesOfWords(name: string): WordPlace[] {
  const words = runs(name.toLowerCase());
  const places = new Map<string, WordPlace>();
  for (const [i, word] of words.entries()) {
    const next = words[i + 1]?.[0] ?? END;
    places.set(next + word, { word, next });
  }
  return [...places.values()];
}

/** Sorts places so that those of words with the same ending and the same next letter are neighbours. */
export function placeKey({ word, next }: WordPlace): string {
  return next + reversed(word);
}

export function placeOfKey(key: string): WordPlace {
  return { next: key[0] as string, word: reversed(key.slice(1)) };
}

function reversed(word: string): string {
  return [...word].reverse().join('');
}

/** Words that names with a text inside have: a run of the text's letters, and how it lies in a word. */
export interface Run {
  readonly letters: string;
  /** Whether the word may go on before it, or behind it. */
  readonly openBefore: boolean;
  readonly openBehind: boolean;
}

/** The runs of letters of a text in lower case. */
export function runsOf(text: string): Run[] {
  return [...text.matchAll(/[a-z]+/g)].map(({ 0: letters, index }) => ({
    letters,
    openBefore: index === 0,
    openBehind: index + letters.length === text.length,
  }));
}

export function mayHold({ letters, openBefore, openBehind }: Run, word: string): boolean {
  if (openBefore) return openBehind ? word.includes(letters) : word.endsWith(letters);
  return openBehind ? word.startsWith(letters) : word === letters;
}

/**
 * Names that are like a text have one of these words in such a place: the two rarest that there are of the text's own; where
 * none is, those that are most like its longest, or that this is made of. Where the text's next word is not one of them either,
 * the place's next letter may be that word's second, for its first may be the wrong one.
 */
export function likelyPlaces(text: string, vocabulary: Vocabulary): WordPlace[] {
  const own = runs(text);
  const rarest = (places: readonly WordPlace[]) =>
    [...places].sort((a, b) => vocabulary.count(a.word) - vocabulary.count(b.word) || (a.word < b.word ? -1 : 1));
  const known = own.flatMap((word, at) => (vocabulary.count(word) > 0 ? [{ word, at }] : []));
  if (known.length > 0) {
    const words = rarest(known.map(({ word, at }) => ({ word, next: String(at) }))).slice(0, 2);
    return words.flatMap(({ word, next }) =>
      nextLetters(own, Number(next), vocabulary).map((one) => ({ word, next: one })),
    );
  }
  const at = own.reduce((best, word, i) => (word.length > (own[best] as string).length ? i : best), 0);
  const longest = own[at];
  if (longest === undefined) return [];
  const letters = nextLetters(own, at, vocabulary);
  return [
    ...nearest(longest, vocabulary).flatMap((word) => letters.map((next) => ({ word, next }))),
    ...rarest(halves(longest, vocabulary, letters[0] as string)).slice(0, MOST_WORDS),
  ];
}

function nextLetters(own: readonly string[], at: number, vocabulary: Vocabulary): string[] {
  const next = own[at + 1];
  if (next === undefined) return [END];
  const letters = vocabulary.count(next) > 0 ? next.slice(0, 1) : next.slice(0, 2);
  return [...new Set(letters)];
}

/** The words of the least distance, the most frequent of them. */
function nearest(word: string, vocabulary: Vocabulary): string[] {
  let least = nearEnough(word.length);
  let found: string[] = [];
  for (const other of vocabulary.words()) {
    const distance = editDistance(word, other, least);
    if (distance > least) continue;
    if (distance < least) found = [];
    least = distance;
    found.push(other);
  }
  return found.sort((a, b) => vocabulary.count(b) - vocabulary.count(a) || (a < b ? -1 : 1)).slice(0, MOST_WORDS);
}

/** Where two words were written as one: the place of the rarer one of each such pair. */
function halves(word: string, vocabulary: Vocabulary, next: string): WordPlace[] {
  const found: WordPlace[] = [];
  for (let at = 2; at <= word.length - 2; at++) {
    const [a, b] = [word.slice(0, at), word.slice(at)];
    const [first, second] = [vocabulary.count(a), vocabulary.count(b)];
    if (first > 0 && second > 0) found.push(first < second ? { word: a, next: b[0] as string } : { word: b, next });
  }
  return found;
}
