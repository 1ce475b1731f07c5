// Matches the items of two lists by 64-bit hashes in two lanes. Lists of neighbouring kernels mostly consist of long runs of
// the same items, so the next item of a run is tried before a table is asked.

export interface HashedList {
  readonly lo: Int32Array;
  readonly hi: Int32Array;
}

/** For each item of `target` the number of an equal item of `base`, or -1. Equal items are taken in order. */
export function align(base: HashedList, target: HashedList): Int32Array {
  const baseCount = base.lo.length;
  const count = target.lo.length;
  const match = new Int32Array(count);
  let table: Int32Array | undefined;
  let next = 0;
  for (let i = 0; i < count; i++) {
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
function tableOf(list: HashedList): Int32Array {
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

function lookUp(table: Int32Array, list: HashedList, lo: number, hi: number): number {
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
