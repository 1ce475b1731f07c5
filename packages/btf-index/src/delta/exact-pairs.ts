// Which types need not be compared word by word again for a delta, since hashing has compared them with the very same base. What
// was found there holds here where both mean the same by every type and every string.

import type { Alike } from '../prepare/earlier.ts';
import { forEachRun } from './alignment.ts';
import type { DeltaSide } from './delta-side.ts';
import { eachReferring, signedRecords } from './delta-types.ts';

/** By number: 1 where a type is its pair, copied exactly. undefined where the two alignments differ, or nothing is known. */
export function exactByPairs(
  base: DeltaSide,
  alike: Alike | undefined,
  typeMatch: Int32Array,
  stringMatch: Int32Array,
  stringStarts: Uint32Array,
  idMap: Uint32Array,
): Uint8Array | undefined {
  // a name that is the tail of a string is lost in a copy, and hashing does not mind it
  if (alike === undefined || base.namesBegin !== true) return undefined;
  if (!sameStrings(base, alike, stringMatch, stringStarts)) return undefined;
  const exact = new Uint8Array(typeMatch.length);
  const { pairs } = alike;
  const moved = new Uint8Array(base.btf.starts.length); // by the base's ids: 1 where they are not what hashing took them for
  let anyMoved = false;
  for (let r = 0; r < pairs.length; r += 3) {
    const number = pairs[r]!;
    const pair = pairs[r + 1]!;
    const length = pairs[r + 2]!;
    for (let i = 0; i < Math.abs(length); i++) {
      if (idMap[pair + i + 1] !== number + i + 1) {
        moved[pair + i + 1] = 1;
        anyMoved = true;
      }
      if (length > 0 && typeMatch[number + i] === pair + i) exact[number + i] = 1;
    }
  }
  if (!anyMoved) return exact;
  const records = signedRecords(base.btf);
  for (let r = 0; r < pairs.length; r += 3) {
    const [number, pair, length] = [pairs[r]!, pairs[r + 1]!, pairs[r + 2]!];
    eachReferring(records, pair, length, moved, (i) => {
      exact[number + i - pair] = 0;
    });
  }
  return exact;
}

/** Whether every string that hashing found again is found at the same place by the alignment. */
function sameStrings(base: DeltaSide, { strings }: Alike, match: Int32Array, targetStarts: Uint32Array): boolean {
  const { starts } = base.strings;
  const { from, end, shift } = strings;
  let r = 0;
  let same = true;
  let covered = 0; // of the run of hashing: up to where it was found
  forEachRun(match, (first, to, length) => {
    if (first < 0) return;
    const begin = starts[first]!;
    const stop = starts[first + length]!;
    const distance = targetStarts[to]! - begin;
    while (same && r < from.length) {
      const at = Math.max(from[r]!, covered);
      if (at >= stop) break; // behind this run
      if (at < begin || shift[r] !== distance) {
        same = false;
        break;
      }
      covered = Math.min(end[r]!, stop);
      if (covered < end[r]!) break;
      r++;
    }
  });
  return same && r === from.length;
}
