// Random but repeatable: the same seed gives the same sequence on every machine, so that a failing mutation can be
// named by its seed alone.

/** A repeatable source of random numbers. */
export interface Random {
  /** A number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
  /** 32 random bits, unsigned. */
  bits(): number;
}

/** mulberry32: 32 bits of state, passes what tests need, ten lines. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => Math.floor((bits() / 2 ** 32) * limit);
  return { bits, below, pick: (items) => items[below(items.length)]! };
}

/** Values that break readers more often than random ones do: limits, signs, counts just past the end. */
const TELLING = [
  0, 1, 2, 3, 4, 7, 8, 0x7f, 0xff, 0x7fff, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];

/**
 * A damaged copy of `bytes`: one to four of a flipped bit, a byte or 32-bit word overwritten (aligned more often than not,
 * with a telling or a random value, in either byte order), a run repeated elsewhere, a piece cut out, the end cut off.
 * `from` and `to` bound where the damage starts, to aim at a header or a section.
 */
export function mutate(bytes: Uint8Array, random: Random, from = 0, to = bytes.length): Uint8Array {
  let result = new Uint8Array(bytes); // slice() of Node's Buffer would give the same memory
  for (let count = 1 + random.below(4); count > 0 && result.length > 0; count--) {
    const limit = Math.max(from + 1, Math.min(to, result.length));
    const at = Math.min(from + random.below(limit - from), result.length - 1);
    const action = random.below(16);
    if (action < 4) {
      result[at]! ^= 1 << random.below(8);
    } else if (action < 6) {
      result[at] = random.below(256);
    } else if (action < 13) {
      const aligned = action < 11 ? at & ~3 : at;
      const value = random.below(4) === 0 ? random.bits() : random.pick(TELLING);
      if (aligned + 4 <= result.length) new DataView(result.buffer).setUint32(aligned, value, random.below(4) !== 0);
    } else if (action === 13) {
      const length = random.below(64);
      result.copyWithin(random.below(result.length), at, at + length);
    } else if (action === 14) {
      const length = 1 + random.below(64);
      const shorter = new Uint8Array(Math.max(0, result.length - Math.min(length, result.length - at)));
      shorter.set(result.subarray(0, at));
      shorter.set(result.subarray(Math.min(at + length, result.length)), at);
      result = shorter;
    } else {
      result = result.slice(0, at);
    }
  }
  return result;
}

/**
 * `count` damaged copies of `bytes`, the same ones for the same seed.
 *
 * @example
 * for (const damaged of mutations(bytes, { seed: 1, count: 1000 })) expectTypedErrorOrValue(() => parse(damaged));
 */
export function* mutations(bytes: Uint8Array, { seed, count }: { seed: number; count: number }): Generator<Uint8Array> {
  const random = seededRandom(seed);
  for (let round = 0; round < count; round++) yield mutate(bytes, random);
}
