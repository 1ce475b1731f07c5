// Seeded mutations: the same damaged inputs on every run and every machine.

/** A small seeded generator (mulberry32): numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Words that readers are likely to trip over. */
const NASTY = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

/**
 * `count` damaged copies of `bytes`: flipped bits, random bytes, telling words, cut-off ends, and pieces that were moved.
 *
 * @example
 * for (const damaged of mutations(bytes, { seed: 1, count: 1000 })) expectTypedErrorOrValue(() => parse(damaged));
 */
export function* mutations(
  bytes: Uint8Array,
  { seed, count, maxEdits = 4 }: { seed: number; count: number; maxEdits?: number },
): Generator<Uint8Array> {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let round = 0; round < count; round++) {
    let copy = Uint8Array.from(bytes);
    for (let edits = 1 + below(maxEdits); edits > 0 && copy.length > 0; edits--) {
      const at = below(copy.length);
      const how = below(8);
      if (how < 3) copy[at] = (copy[at] as number) ^ (1 << below(8));
      else if (how < 5) copy[at] = below(256);
      else if (how < 6) writeWord(copy, at, NASTY[below(NASTY.length)] as number, below(2) === 0);
      else if (how < 7) copy = copy.slice(0, at);
      else copy.copyWithin(at, below(copy.length), copy.length);
    }
    yield copy;
  }
}

function writeWord(bytes: Uint8Array, at: number, value: number, littleEndian: boolean): void {
  for (let byte = 0; byte < 4 && at + byte < bytes.length; byte++) {
    bytes[at + byte] = (value >>> (8 * (littleEndian ? byte : 3 - byte))) & 0xff;
  }
}
