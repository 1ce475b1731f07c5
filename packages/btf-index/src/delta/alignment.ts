// Matches the items of two lists by 64-bit hashes in two lanes. Lists of neighbouring kernels mostly consist of long runs of
// the same items, so the next item of a run is tried before a table is asked.

export interface HashedList {
  readonly lo: Int32Array;
  readonly hi: Int32Array;
}

/** How far ahead an item is looked for before all of the list is; and how often what was assumed may prove wrong. */
const NEAR = 64;
const MOST_ROUNDS = 8;
/** With more items out of their runs than this, a table of the whole list is cheaper. */
const MOST_ASSUMED = 3000;

/**
 * Which items of a list are items of another, its base: runs of consecutive ones and of items without an equal one, each as long as it can be,
 * in the order of the list.
 */
export class Runs {
  /** Three numbers a run: where it begins in the base (-1: new items) and in the list, and its length. */
  readonly list: number[] = [];
  /** How many items it covers. */
  count = 0;

  /** Items that come next. */
  add(base: number, length: number): void {
    const { list } = this;
    const last = list.length - 3;
    const before = last < 0 ? -2 : list[last]!;
    if (base < 0 ? before === -1 : before >= 0 && before + list[last + 2]! === base)
      list[last + 2] = list[last + 2]! + length;
    else list.push(base, this.count, length);
    this.count += length;
  }

  /** Forgets the items from number `at` on. */
  cut(at: number): void {
    const { list } = this;
    while (list.length > 0 && list.at(-2)! >= at) list.length -= 3;
    if (list.length > 0) list[list.length - 1] = at - list.at(-2)!;
    this.count = at;
  }

  /** Where the last run that is in the base goes on there. */
  get next(): number {
    const { list } = this;
    for (let r = list.length - 3; r >= 0; r -= 3) if (list[r]! >= 0) return list[r]! + list[r + 2]!;
    return 0;
  }

  /** The number in the base of an item; -1 for a new one. */
  of(item: number): number {
    const { list } = this;
    let low = 0;
    let high = list.length / 3 - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list[middle * 3 + 1]! <= item) low = middle;
      else high = middle - 1;
    }
    const base = list[low * 3];
    return base === undefined || base < 0 ? -1 : base + item - list[low * 3 + 1]!;
  }

  /** Calls `visit` for each run. */
  each(visit: (base: number, from: number, length: number) => void): void {
    const { list } = this;
    for (let r = 0; r < list.length; r += 3) visit(list[r]!, list[r + 1]!, list[r + 2]!);
  }

  equals(other: Runs): boolean {
    return this.list.length === other.list.length && this.list.every((number, i) => number === other.list[i]);
  }
}

const NOTHING_KNOWN: readonly number[] = [];

/**
 * Finds each item of `target` in `base`. A run goes on while it can; of equal items the first is taken. `known` are runs (as in
 * `Runs.list`, ascending) of items that are equal for certain: they change nothing in what comes out, and are not compared again.
 */
export function align(base: HashedList, target: HashedList, known: readonly number[] = NOTHING_KNOWN): Runs {
  const runs = new Runs();
  const answers = new Answers();
  asked.fill(0);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (!alignAssuming(base, target, answers, runs, known)) break;
    const wrong = answers.check(base);
    if (wrong < 0) return runs;
    runs.cut(wrong);
  }
  return alignByTable(base, target);
}

/**
 * Aligns the items behind those of `runs` by what is known of items out of their runs, and assumes of the others that they come
 * soon, or where the run before went on, or are new: a table of all takes longer than all the rest. False where too much would have to be assumed.
 */
function alignAssuming(
  base: HashedList,
  target: HashedList,
  answers: Answers,
  runs: Runs,
  known: readonly number[],
): boolean {
  const { lo: baseLo, hi: baseHi } = base;
  const { lo: targetLo, hi: targetHi } = target;
  const baseCount = baseLo.length;
  const count = targetLo.length;
  let next = runs.next;
  let other = next; // where the run before would have gone on
  let k = 0;
  for (let i = runs.count; i < count; ) {
    while (k < known.length && known[k + 1]! + known[k + 2]! <= i) k += 3;
    const first = k < known.length ? known[k + 1]! : count;
    const supposed = first <= i ? known[k]! + i - first : -1;
    if (supposed >= 0 && supposed === next) {
      const length = first + known[k + 2]! - i;
      runs.add(next, length);
      next += length;
      i += length;
      continue;
    }
    let end = i;
    const most = Math.min(first > i ? first : i + 1, i + baseCount - next);
    while (end < most && baseLo[next + end - i] === targetLo[end] && baseHi[next + end - i] === targetHi[end]) end++;
    if (end > i) {
      runs.add(next, end - i);
      next += end - i;
      i = end;
      continue;
    }
    const lo = targetLo[i]!;
    const hi = targetHi[i]!;
    let found = answers.known(lo, hi);
    if (found === undefined) {
      found = supposed;
      if (found < 0) found = near(baseLo, baseHi, next, lo, hi);
      if (found < 0) found = near(baseLo, baseHi, other, lo, hi);
      if (!answers.assume(lo, hi, found, i)) return false;
    }
    runs.add(found, 1);
    i++;
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

  known(lo: number, hi: number): number | undefined {
    const answer = this.found.get(keyOf(lo, hi));
    if (answer !== undefined && answer.hi !== hi) this.mixedUp = true;
    return answer?.at;
  }

  /** `of`: the first item that is asked for. False where it is too much. */
  assume(lo: number, hi: number, at: number, of: number): boolean {
    this.found.set(keyOf(lo, hi), { hi, of, at, checked: false });
    asked[lo & ASKED] = 1;
    return this.found.size <= MOST_ASSUMED && !this.mixedUp;
  }

  /** Puts right what was assumed. The first item of which it was wrong, -1 where all was right. */
  check(base: HashedList): number {
    const { found } = this;
    const { lo: los, hi: his } = base;
    const first = new Map<number, number>();
    for (let i = 0; i < los.length; i++) {
      const lo = los[i]!;
      if (asked[lo & ASKED] === 0) continue;
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

const ASKED = (1 << 17) - 1;
/** By some bits of the low lane: whether any item is asked for that has them. */
const asked = new Uint8Array(ASKED + 1);

/** 53 of the 64 bits. */
function keyOf(lo: number, hi: number): number {
  return (lo >>> 0) * 0x200000 + (hi & 0x1fffff);
}

function alignByTable(base: HashedList, target: HashedList): Runs {
  const runs = new Runs();
  const baseCount = base.lo.length;
  const count = target.lo.length;
  let table: Int32Array | undefined;
  let next = 0;
  for (let i = 0; i < count; ) {
    const begin = i;
    while (i < count && next < baseCount && base.lo[next] === target.lo[i] && base.hi[next] === target.hi[i]) {
      i++;
      next++;
    }
    if (i > begin) runs.add(next - (i - begin), i - begin);
    if (i === count) break;
    table ??= tableOf(base);
    const found = lookUp(table, base, target.lo[i]!, target.hi[i]!);
    runs.add(found, 1);
    i++;
    if (found >= 0) next = found + 1;
  }
  return runs;
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
