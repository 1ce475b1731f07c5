// Which types need not be compared word by word again for a delta, since hashing has compared them with the very same base. What
// was found there holds here where both mean the same by every type and every string.

import { BtfKind } from '@btfq/btf-format';
import type { Alike } from '../prepare/earlier.ts';
import type { Runs } from './alignment.ts';
import type { DeltaSide } from './delta-side.ts';
import { eachReferring, signedRecords } from './delta-types.ts';

/** Types that are their pairs, copied exactly. */
export interface ExactPairs {
  /** As `Alike.pairs`: those of a positive length. */
  readonly pairs: Int32Array;
  /** The numbers of those that are not exact after all, ascending. */
  readonly not: readonly number[];
}

/** Kinds that others refer to by their name alone, where they have one. */
const NAMED: ReadonlySet<number> = new Set([
  BtfKind.Struct,
  BtfKind.Union,
  BtfKind.Fwd,
  BtfKind.Enum,
  BtfKind.Enum64,
  BtfKind.Typedef,
]);

/** undefined where the alignments of strings differ, or nothing is known. `idMap`: by the base's ids, those of the target. */
export function exactByPairs(
  base: DeltaSide,
  target: DeltaSide,
  alike: Alike | undefined,
  strings: Runs,
  idMap: Uint32Array,
): ExactPairs | undefined {
  // a name that is the tail of a string is lost in a copy, and hashing does not mind it
  if (alike === undefined || base.namesBegin !== true) return undefined;
  if (!sameStrings(base, alike, strings, target.strings.starts)) return undefined;
  const { pairs } = alike;
  const moved: number[] = []; // ids of the base that are not what hashing took them for
  for (let r = 0; r < pairs.length; r += 3) {
    const number = pairs[r]! + 1;
    const pair = pairs[r + 1]! + 1;
    const length = Math.abs(pairs[r + 2]!);
    for (let i = 0; i < length; i++) {
      if (idMap[pair + i] === number + i || isOnlyItself(base, target, pair + i - 1, number + i - 1)) continue;
      moved.push(pair + i);
    }
  }
  const not: number[] = [];
  if (moved.length > 0) {
    let r = 0;
    eachReferring(signedRecords(base.btf), moved, (from) => {
      while (r < pairs.length && pairs[r + 1]! + Math.abs(pairs[r + 2]!) <= from) r += 3;
      if (r < pairs.length && pairs[r + 1]! <= from) not.push(pairs[r]! + from - pairs[r + 1]!);
    });
  }
  return { pairs, not };
}

/**
 * Whether a type and its pair have no name that others mean, and differ: nothing that is the same on both sides refers to them then, for
 * a reference to a type without a name is a reference to its content.
 */
function isOnlyItself(base: DeltaSide, target: DeltaSide, from: number, to: number): boolean {
  const { words, starts } = target.btf;
  const at = starts[to]!;
  const kind = (words[at + 1]! >>> 24) & 0x7f;
  if (kind === BtfKind.Func || kind === BtfKind.Var || (words[at] !== 0 && NAMED.has(kind))) return false;
  return base.types.lo[from] !== target.types.lo[to] || base.types.hi[from] !== target.types.hi[to];
}

/** Whether every string that hashing found again is found at the same place by the alignment. */
function sameStrings(base: DeltaSide, { strings }: Alike, runs: Runs, targetStarts: Uint32Array): boolean {
  const { starts } = base.strings;
  const { from, end, shift } = strings;
  let r = 0;
  let same = true;
  let covered = 0; // of the run of hashing: up to where it was found
  runs.each((first, to, length) => {
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
