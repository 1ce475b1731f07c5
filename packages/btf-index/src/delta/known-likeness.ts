// What hashing has found out of two BTFs, from either one's side: it holds in both directions.

import { sameBytes } from '../bytes.ts';
import type { Alike } from '../prepare/earlier.ts';
import { joinedMoves } from './string-map.ts';
import type { PreparedKernel } from '../prepare/prepare.ts';

/** How a kernel compares with another, where one of the two was hashed by the differences from the other. */
export function knownLikeness(
  base: Pick<PreparedKernel, 'sha256' | 'alike'>,
  target: Pick<PreparedKernel, 'sha256' | 'alike'>,
): Alike | undefined {
  const { alike } = target;
  if (alike !== undefined && sameBytes(alike.sha256, base.sha256)) return alike;
  const other = base.alike;
  return other !== undefined && sameBytes(other.sha256, target.sha256) ? turned(other, base.sha256) : undefined;
}

/** How a kernel compares with a third one, by how it compares with a second one, and this with the third. */
export function joined(first: Alike, second: Alike): Alike {
  return {
    sha256: second.sha256,
    strings: joinedMoves(second.strings, first.strings),
    pairs: joinedPairs(first.pairs, second.pairs),
  };
}

/** What is the same word by word as what is the same itself is the same. */
function joinedPairs(first: Int32Array, second: Int32Array): Int32Array {
  const pairs: number[] = [];
  for (let a = 0, b = 0; a < first.length && b < second.length; ) {
    const [number, middle, length] = [first[a]!, first[a + 1]!, first[a + 2]!];
    const [from, pair, others] = [second[b]!, second[b + 1]!, second[b + 2]!];
    const end = middle + Math.abs(length);
    const stop = from + Math.abs(others);
    const begin = Math.max(middle, from);
    const both = Math.min(end, stop) - begin;
    if (both > 0) pairs.push(number + begin - middle, pair + begin - from, length > 0 && others > 0 ? both : -both);
    if (end <= stop) a += 3;
    if (stop <= end) b += 3;
  }
  return Int32Array.from(pairs);
}

/** The same as seen from the other one. Runs are in ascending order on both sides. */
function turned({ strings: { from, end, shift }, pairs }: Alike, sha256: Uint8Array): Alike {
  const other = pairs.slice();
  for (let r = 0; r < other.length; r += 3) {
    other[r] = pairs[r + 1]!;
    other[r + 1] = pairs[r]!;
  }
  const moved = (places: readonly number[]) => places.map((at, r) => at + shift[r]!);
  return {
    sha256,
    strings: { from: moved(from), end: moved(end), shift: shift.map((by) => -by) },
    pairs: other,
  };
}
