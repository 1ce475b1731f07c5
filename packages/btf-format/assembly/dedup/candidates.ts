// The index of canonical types by their signature's hash, with candidates in the very order in which libbpf's hashmap.c
// gives them: where several would do, the first one wins, so the order shows in the result.
//
// libbpf prepends to a bucket, and each growth of its map turns every bucket around. Both are followed here with one list a
// slot, read and extended at either end; slots hold more hashes than libbpf's keys, which does not change the order within one hash.

import { entries, slotCount, slots } from './state';

/** No id: void is never a candidate. */
export const NONE: u32 = 0;

/** An entry by id: the one after it, the one before it, its hash. A slot: the first of its list and the last. */
let reversed: usize = 0; // 4 while lists are read from their last to their first
let size: u32 = 0;
/** Buckets that libbpf's map would have by now. */
let capacity: u32 = 0;

export function clearCandidates(): void {
  reversed = 0;
  size = 0;
  capacity = 0;
}

/** Adds a type that has none equal to it. */
export function addCandidate(hash: u32, id: u32): void {
  // hashmap_needs_to_grow: empty, or more than three quarters full
  if (capacity == 0 || <u32>((<u64>(size + 1) * 4) / 3) > capacity) {
    capacity = max<u32>(4, capacity * 2);
    reversed ^= 4;
  }
  size++;
  const entry = entries + ((<usize>id) << 4);
  const slot = slotOf(hash);
  const old = load<u32>(slot + reversed);
  store<u32>(entry + reversed, old);
  store<u32>(entry + (reversed ^ 4), NONE);
  store<u32>(entry, hash, 8);
  if (old == NONE) store<u32>(slot + (reversed ^ 4), id);
  else store<u32>(entries + ((<usize>old) << 4) + (reversed ^ 4), id);
  store<u32>(slot + reversed, id);
}

/** The first candidate of this hash, or NONE. */
export function firstCandidate(hash: u32): u32 {
  return skip(load<u32>(slotOf(hash) + reversed), hash);
}

/** The candidate after `id` of the same hash, or NONE. */
export function candidateAfter(id: u32): u32 {
  const entry = entries + ((<usize>id) << 4);
  return skip(load<u32>(entry + reversed), load<u32>(entry, 8));
}

function skip(id: u32, hash: u32): u32 {
  while (id != NONE) {
    const entry = entries + ((<usize>id) << 4);
    if (load<u32>(entry, 8) == hash) break;
    id = load<u32>(entry + reversed);
  }
  return id;
}

function slotOf(hash: u32): usize {
  const mixed = (hash ^ (hash >>> 15)) * 0x9e3779b1;
  return slots + ((<usize>((mixed ^ (mixed >>> 13)) & (slotCount - 1))) << 3);
}
