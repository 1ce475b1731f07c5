// Kernel releases (`uname -r`): what a word must look like to be one, their numbers, their order.

/** The numbers of a release. */
export interface Release {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** What follows the numbers: `-50-cloud-amd64`, `+deb12-amd64`, `-rc7`. */
  readonly rest: string;
}

/** The numbers of a release; undefined if the word is none. A missing third number is 0, as in `7.3-s390x`. */
export function parseRelease(release: string): Release | undefined {
  const match = /^(\d{1,3})\.(\d{1,5})(?:\.(\d{1,5}))?((?:[-+.~_][\w.+~:-]*)?)$/.exec(release);
  if (!match) return undefined;
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: Number(match[3] ?? 0),
    rest: match[4] ?? '',
  };
}

/** `major.minor.patch` of a release, without zeros that it does not have; the release itself if it has no numbers. */
export function kernelVersion(release: string): string {
  return /^\d+\.\d+(\.\d+)?/.exec(release)?.[0] ?? release;
}

/** A release, taken apart for comparing. */
interface ReleaseKey {
  readonly numbers: Release | undefined;
  readonly candidate: boolean;
  /** What follows the numbers (of a word that is no release: all), by numbers and what is between, and the values of numbers. */
  readonly words: readonly string[];
  readonly values: readonly number[];
}

/**
 * The order of two releases: numbers by value, `-rc` before none, everything else by its text with numbers in it by value, so
 * that `6.1.0-9` comes before `6.1.0-50` and `6.12.9` before `6.12.10`.
 */
export function compareReleases(a: string, b: string): number {
  return compareKeys(keyOf(a), keyOf(b));
}

/** `compareReleases` for sorting many: each release is taken apart once. */
export function releaseComparer(): (a: string, b: string) => number {
  const known = new Map<string, ReleaseKey>();
  const knownKeyOf = (release: string): ReleaseKey => {
    let key = known.get(release);
    if (key === undefined) known.set(release, (key = keyOf(release)));
    return key;
  };
  return (a, b) => (a === b ? 0 : compareKeys(knownKeyOf(a), knownKeyOf(b)));
}

function keyOf(release: string): ReleaseKey {
  const numbers = parseRelease(release);
  const rest = numbers?.rest ?? release;
  const words = rest.match(/\d+|\D+/g) ?? [];
  const values = words.map((word) => (/^\d/.test(word) ? Number(word) : Number.NaN));
  return { numbers, candidate: /^[-~]rc\d/.test(rest), words, values };
}

function compareKeys(a: ReleaseKey, b: ReleaseKey): number {
  const [left, right] = [a.numbers, b.numbers];
  if (!left || !right) return left ? -1 : right ? 1 : compareWords(a, b);
  return (
    left.major - right.major ||
    left.minor - right.minor ||
    left.patch - right.patch ||
    Number(b.candidate) - Number(a.candidate) ||
    compareWords(a, b)
  );
}

function compareWords(a: ReleaseKey, b: ReleaseKey): number {
  for (let at = 0; at < Math.min(a.words.length, b.words.length); at++) {
    const order = a.values[at]! - b.values[at]!; // not a number where either is none
    if (order < 0 || order > 0) return order;
    const [x, y] = [a.words[at]!, b.words[at]!];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.words.length - b.words.length;
}
