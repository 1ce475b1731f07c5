// The stack of a walk over two graphs side by side: records whose types are compared one by one, for most comparisons end
// with the first that differs.

import { differs, room, scratch } from './state';

/** Where the pair that `nextPair` found stands. */
export let candidateWord: usize = 0;
export let canonicalWord: usize = 0;

/**
 * Of one frame, in words: where the next type is on either side, how far the one after is, how many are left, and the
 * ids of the records that they stand in.
 */
const FRAME: usize = 24;
let top: usize = 0;
let limit: usize = 0;

export function clearWalk(): void {
  top = scratch;
}

/** Before the first walk. */
export function newWalk(): void {
  limit = scratch;
}

/** Enters two records by their ids: `count` pairs from these words on, `stride` bytes apart. */
export function push(candId: u32, canonId: u32, candidate: usize, canonical: usize, stride: i32, count: u32): void {
  if (top + FRAME > limit) {
    limit += 65536;
    room(<u64>(limit - scratch));
  }
  store<usize>(top, candidate);
  store<usize>(top, canonical, 4);
  store<i32>(top, stride, 8);
  store<u32>(top, count, 12);
  store<u32>(top, candId, 16);
  store<u32>(top, canonId, 20);
  top += FRAME;
}

/** Notes for each record that the walk is in, by the candidate's id, the canonical one that it is compared with. */
export function noteWalk(): void {
  for (let at = scratch; at < top; at += FRAME)
    store<u32>(differs + ((<usize>load<u32>(at, 16)) << 2), load<u32>(at, 20));
}

/** Moves to the next pair; false where none is left. */
export function nextPair(): bool {
  while (top > scratch) {
    const frame = top - FRAME;
    const left = load<u32>(frame, 12);
    if (left != 0) {
      candidateWord = load<usize>(frame);
      canonicalWord = load<usize>(frame, 4);
      const stride = load<i32>(frame, 8);
      store<usize>(frame, candidateWord + stride);
      store<usize>(frame, canonicalWord + stride, 4);
      store<u32>(frame, left - 1, 12);
      return true;
    }
    top = frame;
  }
  return false;
}
