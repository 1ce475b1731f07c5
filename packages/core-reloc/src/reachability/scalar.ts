// What is known of a number in a register: the bits that are certain and the least and greatest value, unsigned and
// signed. kernel/bpf/tnum.c and reg_bounds_sync in kernel/bpf/verifier.c.

/** A 64-bit number, in part known. All fields but the signed bounds are unsigned. */
export interface Scalar {
  readonly kind: 'scalar';
  /** The bits that are known to be set; those of `mask` are not known. */
  readonly value: bigint;
  readonly mask: bigint;
  readonly least: bigint;
  readonly most: bigint;
  readonly signedLeast: bigint;
  readonly signedMost: bigint;
  /** The kernel knows it, and we do not: what follows from a branch on it is only possible. */
  readonly doubtful?: boolean;
}

export const MAX_U64 = 0xffff_ffff_ffff_ffffn;
const MAX_S64 = 0x7fff_ffff_ffff_ffffn;
const MIN_S64 = -0x8000_0000_0000_0000n;

/** Any value at all; also what stands for a pointer of which nothing is known. */
export const UNKNOWN: Scalar = {
  kind: 'scalar',
  value: 0n,
  mask: MAX_U64,
  least: 0n,
  most: MAX_U64,
  signedLeast: MIN_S64,
  signedMost: MAX_S64,
};

const small: Scalar[] = [];

/** A number that is known; taken modulo 2^64. */
export function constant(number: bigint): Scalar {
  const value = BigInt.asUintN(64, number);
  if (value < 64n) return (small[Number(value)] ??= exactly(value));
  return exactly(value);
}

function exactly(value: bigint): Scalar {
  const signed = BigInt.asIntN(64, value);
  return { kind: 'scalar', value, mask: 0n, least: value, most: value, signedLeast: signed, signedMost: signed };
}

/** The number where it is known. */
export function known(scalar: Scalar): bigint | undefined {
  return scalar.mask === 0n ? scalar.value : undefined;
}

/** Any number of that many bits, unsigned. */
export function ofBits(bits: number): Scalar {
  return bits >= 64 ? UNKNOWN : (between(0n, (1n << BigInt(bits)) - 1n) as Scalar);
}

/** Any unsigned number in a range; undefined where the range is empty. */
export function between(least: bigint, most: bigint): Scalar | undefined {
  return settle({ ...UNKNOWN, least, most });
}

/** Bits that are known and bits that are not. */
export function ofBitPattern(value: bigint, mask: bigint): Scalar {
  return settle({ ...UNKNOWN, value, mask }) as Scalar;
}

/**
 * Tells each of the three forms what the others know; undefined where they contradict each other, which means that the
 * way here is never taken.
 */
export function settle(known: Scalar): Scalar | undefined {
  let { value, mask, least, most, signedLeast, signedMost } = known;
  const max = (a: bigint, b: bigint) => (a > b ? a : b);
  const min = (a: bigint, b: bigint) => (a < b ? a : b);
  // bits to bounds
  least = max(least, value);
  most = min(most, value | mask);
  // unsigned and signed agree where the sign is known
  if (most <= MAX_S64 || least > MAX_S64) {
    signedLeast = max(signedLeast, BigInt.asIntN(64, least));
    signedMost = min(signedMost, BigInt.asIntN(64, most));
  }
  if (signedLeast >= 0n || signedMost < 0n) {
    least = max(least, BigInt.asUintN(64, signedLeast));
    most = min(most, BigInt.asUintN(64, signedMost));
  }
  if (least > most || signedLeast > signedMost) return undefined;
  // bounds to bits: the leading bits that both bounds share
  const differing = least ^ most;
  const loose = differing === 0n ? 0n : (1n << BigInt(differing.toString(2).length)) - 1n;
  const shared = least & ~loose;
  if (((value ^ shared) & ~mask & ~loose) !== 0n) return undefined;
  const both = mask & loose;
  value = (value | (shared & mask)) & ~both & MAX_U64;
  mask = both;
  if (mask === 0n) {
    if (value < least || value > most) return undefined;
    const signed = BigInt.asIntN(64, value);
    return signed < signedLeast || signed > signedMost ? undefined : constant(value);
  }
  return { kind: 'scalar', value, mask, least, most, signedLeast, signedMost };
}

/** Whether everything that `inner` may be, `outer` may be too. */
export function containsScalar(outer: Scalar, inner: Scalar): boolean {
  if (outer === inner || outer === UNKNOWN) return true;
  if (inner.doubtful !== true && outer.doubtful === true) return false;
  return (
    outer.least <= inner.least &&
    outer.most >= inner.most &&
    outer.signedLeast <= inner.signedLeast &&
    outer.signedMost >= inner.signedMost &&
    (inner.mask & ~outer.mask) === 0n &&
    ((inner.value ^ outer.value) & ~outer.mask) === 0n
  );
}

/** The low 32 bits, the high ones zero. */
export function low32(scalar: Scalar): Scalar {
  if (scalar.most <= 0xffff_ffffn) return scalar;
  if (scalar === UNKNOWN) return UNKNOWN32;
  return ofBitPattern(scalar.value & 0xffff_ffffn, scalar.mask & 0xffff_ffffn);
}

const UNKNOWN32 = ofBits(32);

/** The low `bits` as a signed number. */
export function signExtended(scalar: Scalar, bits: number): Scalar {
  const number = known(scalar);
  if (number !== undefined) return constant(BigInt.asIntN(bits, number));
  const half = 1n << BigInt(bits - 1);
  if (scalar.most < half) return scalar;
  return settle({ ...UNKNOWN, signedLeast: -half, signedMost: half - 1n }) as Scalar;
}
