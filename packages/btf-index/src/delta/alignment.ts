// Matches the items of two lists by 64-bit hashes in two lanes. Lists of neighbouring kernels mostly consist of long runs of
// the same items, so the next item of a run is tried before a table is asked.

import { takeInt32 } from '../bytes.ts';

export interface HashedList {
  readonly lo: Int32Array;
  readonly hi: Int32Array;
}

/** How far ahead an item is looked for before all of the list is; and how often what was assumed may prove wrong. */
const NEAR = 64;
const MOST_ROUNDS = 8;
/** With more items out of their runs than this, a table of the whole list is cheaper. */
const MOST_ASSUMED = 3000;

/** For each item of `target` the number of an equal item of `base`, or -1. Equal items are taken in order. */
export function align(base: HashedList, target: HashedList): Int32Array {
  const match = takeInt32(target.lo.length);
  const answers = new Answers();
  let from = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (!alignAssuming(base, target, answers, match, from)) break;
    from = answers.check(base);
    if (from < 0) return match;
  }
  return alignByTable(base, target, match);
}

/**
 * Aligns the items from number `start` on by what is known of items out of their runs, and assumes of the others that they come
 * soon, or where the run before went on, or are new: a table of all takes longer than all the rest. False where too much would have to be assumed.
 */
function alignAssuming(
  base: HashedList,
  target: HashedList,
  answers: Answers,
  match: Int32Array,
  start: number,
): boolean {
  const { lo: baseLo, hi: baseHi } = base;
  const { lo: targetLo, hi: targetHi } = target;
  const baseCount = baseLo.length;
  let last = start - 1;
  while (last >= 0 && match[last]! < 0) last--;
  let next = last < 0 ? 0 : match[last]! + 1;
  let other = next; // where the run before would have gone on
  for (let i = start; i < match.length; i++) {
    const lo = targetLo[i]!;
    const hi = targetHi[i]!;
    if (next < baseCount && baseLo[next] === lo && baseHi[next] === hi) {
      match[i] = next++;
      continue;
    }
    let found = answers.known(lo, hi);
    if (found === undefined) {
      found = near(baseLo, baseHi, next, lo, hi);
      if (found < 0) found = near(baseLo, baseHi, other, lo, hi);
      if (!answers.assume(lo, hi, found, i)) return false;
    }
    match[i] = found;
    if (found < 0) continue;
    if (found < next || found > next + NEAR) other = next;
    next = found + 1;
  }
  return true;
}

function near(los: Int32Array, his: Int32Array, from: number, lo: number, hi: number): number {
  const end = Math.min(los.length, from + NEAR);
  for (let at = from; at < end; at++) if (los[at] === lo && his[at] === hi) return at;
  return -1;
}

/** Where items are in the base: assumed first, then looked up all at once in one pass over it. */
class Answers {
  private readonly found = new Map<
    number,
    { readonly hi: number; readonly of: number; at: number; checked: boolean }
  >();
  private mixedUp = false;
  /** By some bits of the low lane: whether any item is asked for that has them. */
  private readonly asked = new Uint8Array(1 << 14);

  known(lo: number, hi: number): number | undefined {
    const answer = this.found.get(keyOf(lo, hi));
    if (answer !== undefined && answer.hi !== hi) this.mixedUp = true;
    return answer?.at;
  }

  /** `of`: the first item that is asked for. False where it is too much. */
  assume(lo: number, hi: number, at: number, of: number): boolean {
    this.found.set(keyOf(lo, hi), { hi, of, at, checked: false });
    this.asked[lo & 0x3fff] = 1;
    return this.found.size <= MOST_ASSUMED && !this.mixedUp;
  }

  /** Puts right what was assumed. The first item of which it was wrong, -1 where all was right. */
  check(base: HashedList): number {
    const { asked, found } = this;
    const { lo: los, hi: his } = base;
    const first = new Map<number, number>();
    for (let i = 0; i < los.length; i++) {
      const lo = los[i]!;
      if (asked[lo & 0x3fff] === 0) continue;
      const key = keyOf(lo, his[i]!);
      const answer = found.get(key);
      if (answer === undefined || answer.checked || first.has(key) || answer.hi !== his[i]) continue;
      first.set(key, i);
    }
    let wrong = this.mixedUp ? 0 : Number.POSITIVE_INFINITY;
    for (const [key, answer] of found) {
      if (answer.checked) continue;
      const at = first.get(key) ?? -1;
      if (at !== answer.at) wrong = Math.min(wrong, answer.of);
      answer.at = at;
      answer.checked = true;
    }
    return wrong === Number.POSITIVE_INFINITY ? -1 : wrong;
  }
}

/** 53 of the 64 bits. */
function keyOf(lo: number, hi: number): number {
  return (lo >>> 0) * 0x200000 + (hi & 0x1fffff);
}

function alignByTable(base: HashedList, target: HashedList, match: Int32Array): Int32Array {
  const baseCount = base.lo.length;
  let table: Int32Array | undefined;
  let next = 0;
  for (let i = 0; i < match.length; i++) {
    const lo = target.lo[i]!;
    const hi = target.hi[i]!;
    if (next < baseCount && base.lo[next] === lo && base.hi[next] === hi) {
      match[i] = next++;
      continue;
    }
    table ??= tableOf(base);
    const found = lookUp(table, base, lo, hi);
    match[i] = found;
    if (found >= 0) next = found + 1;
  }
  return match;
}

/** Open addressing over the low lane; the first of equal items wins. The next table takes the same memory. */
export function tableOf(list: HashedList): Int32Array {
  let slots = 16;
  while (slots < list.lo.length * 2) slots *= 2;
  if (tableMemory.length < slots) tableMemory = new Int32Array(slots);
  const table = tableMemory.subarray(0, slots).fill(-1);
  for (let i = 0; i < list.lo.length; i++) {
    let slot = list.lo[i]! & (slots - 1);
    for (let other = table[slot]!; other >= 0; other = table[slot]!) {
      if (list.lo[other] === list.lo[i] && list.hi[other] === list.hi[i]) break;
      slot = (slot + 1) & (slots - 1);
    }
    if (table[slot]! < 0) table[slot] = i;
  }
  return table;
}

let tableMemory = new Int32Array(0);

/** The number of the first item with this hash; -1 for none. */
export function lookUp(table: Int32Array, list: HashedList, lo: number, hi: number): number {
  const mask = table.length - 1;
  let slot = lo & mask;
  for (let i = table[slot]!; i >= 0; i = table[slot]!) {
    if (list.lo[i] === lo && list.hi[i] === hi) return i;
    slot = (slot + 1) & mask;
  }
  return -1;
}

/** Calls `visit` for each run of consecutive matches and each run of items without one (`base` -1), in order. */
export function forEachRun(match: Int32Array, visit: (base: number, from: number, length: number) => void): void {
  const count = match.length;
  for (let from = 0; from < count; ) {
    const base = match[from]!;
    let to = from + 1;
    if (base < 0) while (to < count && match[to]! < 0) to++;
    else while (to < count && match[to] === base + to - from) to++;
    visit(base, from, to - from);
    from = to;
  }
}
