// What hashing has found out of two BTFs, from either one's side: it holds in both directions.

import { sameBytes } from '../bytes.ts';
import type { Alike } from '../prepare/earlier.ts';
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
