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

/**
 * The order of two releases: numbers by value, `-rc` before none, everything else by its text with numbers in it by value, so
 * that `6.1.0-9` comes before `6.1.0-50` and `6.12.9` before `6.12.10`.
 */
export function compareReleases(a: string, b: string): number {
  const left = parseRelease(a);
  const right = parseRelease(b);
  if (!left || !right) return left ? -1 : right ? 1 : compareWords(a, b);
  return (
    left.major - right.major ||
    left.minor - right.minor ||
    left.patch - right.patch ||
    Number(isCandidate(right.rest)) - Number(isCandidate(left.rest)) ||
    compareWords(left.rest, right.rest)
  );
}

function isCandidate(rest: string): boolean {
  return /^[-~]rc\d/.test(rest);
}

function compareWords(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const x = left[at]!;
    const y = right[at]!;
    const numbers = /^\d/.test(x) && /^\d/.test(y);
    const order = numbers ? Number(x) - Number(y) : 0;
    if (order !== 0) return order;
    if (x !== y) return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
