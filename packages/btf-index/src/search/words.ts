// The words of names: runs of letters, in lower case. What has a text inside, and what is like a text, is looked for among the
// names that have certain words: there are far fewer words than names.

import { editDistance, nearEnough } from '../query/did-you-mean.ts';

/** The words of an index's names. */
export interface Vocabulary {
  /** In how many names a word is; 0 where in none. */
  count(word: string): number;
  /** In any order. */
  words(): Iterable<string>;
}

/** A word takes no more part in looking for what is like a text than so many. */
const MOST_WORDS = 4;

/** The words of a name, each once. */
export function wordsOf(name: string): Set<string> {
  return new Set(name.toLowerCase().match(/[a-z]+/g));
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
 * A name that is like a text has one of these words: the two rarest that it has of the text's own; where the text has none,
 * those that are most like its longest, or that this is made of.
 */
export function likelyWords(text: string, vocabulary: Vocabulary): string[] {
  const rarest = (words: Iterable<string>) =>
    [...new Set(words)].sort((a, b) => vocabulary.count(a) - vocabulary.count(b) || (a < b ? -1 : 1));
  const own = wordsOf(text);
  const known = rarest([...own].filter((word) => vocabulary.count(word) > 0));
  if (known.length > 0) return known.slice(0, 2);
  const longest = [...own].reduce((best, word) => (word.length > best.length ? word : best), '');
  if (longest === '') return [];
  return [...nearest(longest, vocabulary), ...rarest(halves(longest, vocabulary)).slice(0, MOST_WORDS)];
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

/** Where two words were written as one: the rarer one of each such pair. */
function halves(word: string, vocabulary: Vocabulary): string[] {
  const found: string[] = [];
  for (let at = 2; at <= word.length - 2; at++) {
    const [a, b] = [word.slice(0, at), word.slice(at)];
    const [first, second] = [vocabulary.count(a), vocabulary.count(b)];
    if (first > 0 && second > 0) found.push(first < second ? a : b);
  }
  return found;
}
