// Arithmetic on numbers that are known in part: adjust_scalar_min_max_vals of kernel/bpf/verifier.c, tnum.c.

import { constant, known, low32, MAX_U64, ofBitPattern, type Scalar, settle, signExtended, UNKNOWN } from './scalar.ts';

/** BPF_OP(code) of ALU and ALU64. */
export const AluOp = {
  Add: 0x00,
  Sub: 0x10,
  Mul: 0x20,
  Div: 0x30,
  Or: 0x40,
  And: 0x50,
  Lsh: 0x60,
  Rsh: 0x70,
  Neg: 0x80,
  Mod: 0x90,
  Xor: 0xa0,
  Mov: 0xb0,
  Arsh: 0xc0,
  End: 0xd0,
} as const;

/** The result of `left op right`. `bits`: 64, or 32, where operands are truncated and the result is zero-extended. */
export function compute(op: number, left: Scalar, right: Scalar, bits: 32 | 64): Scalar {
  const a = bits === 32 ? low32(left) : left;
  const b = bits === 32 ? low32(right) : right;
  const x = known(a);
  const y = known(b);
  if (x !== undefined && y !== undefined) {
    const exact = computeExactly(op, x, y, bits);
    return exact === undefined ? UNKNOWN : constant(exact);
  }
  const result = computeInPart(op, a, b, bits);
  return bits === 32 ? low32(result) : result;
}

function computeExactly(op: number, x: bigint, y: bigint, bits: 32 | 64): bigint | undefined {
  const shift = y & BigInt(bits - 1);
  const wrap = (value: bigint) => BigInt.asUintN(bits, value);
  switch (op) {
    case AluOp.Add:
      return wrap(x + y);
    case AluOp.Sub:
      return wrap(x - y);
    case AluOp.Mul:
      return wrap(x * y);
    case AluOp.Div:
      return y === 0n ? 0n : x / y;
    case AluOp.Mod:
      return y === 0n ? x : x % y;
    case AluOp.Or:
      return x | y;
    case AluOp.And:
      return x & y;
    case AluOp.Xor:
      return x ^ y;
    case AluOp.Lsh:
      return wrap(x << shift);
    case AluOp.Rsh:
      return x >> shift;
    case AluOp.Arsh:
      return wrap(BigInt.asIntN(bits, x) >> shift);
    case AluOp.Neg:
      return wrap(-x);
    default:
      return undefined;
  }
}

function computeInPart(op: number, a: Scalar, b: Scalar, bits: 32 | 64): Scalar {
  switch (op) {
    case AluOp.And:
      return both(a, b);
    case AluOp.Or:
      return either(a, b);
    case AluOp.Xor: {
      const mask = a.mask | b.mask;
      return ofBitPattern((a.value ^ b.value) & ~mask, mask);
    }
    case AluOp.Add:
      return sum(a, b);
    case AluOp.Sub:
      return difference(a, b);
    case AluOp.Lsh:
    case AluOp.Rsh:
    case AluOp.Arsh:
      return shifted(op, a, b, bits);
    default:
      return UNKNOWN;
  }
}

function both(a: Scalar, b: Scalar): Scalar {
  const value = a.value & b.value;
  const possible = (a.value | a.mask) & (b.value | b.mask);
  return ofBitPattern(value, possible & ~value);
}

function either(a: Scalar, b: Scalar): Scalar {
  const value = a.value | b.value;
  return ofBitPattern(value, (a.mask | b.mask) & ~value);
}

function sum(a: Scalar, b: Scalar): Scalar {
  const most = a.most + b.most;
  const value = BigInt.asUintN(64, a.value + b.value);
  const carries = BigInt.asUintN(64, a.value + a.mask + b.value + b.mask) ^ value;
  const mask = (carries | a.mask | b.mask) & MAX_U64;
  const bits = ofBitPattern(value & ~mask, mask);
  return most > MAX_U64 ? bits : (settle({ ...bits, least: a.least + b.least, most }) ?? bits);
}

function difference(a: Scalar, b: Scalar): Scalar {
  const value = BigInt.asUintN(64, a.value - b.value);
  const high = BigInt.asUintN(64, value + a.mask);
  const low = BigInt.asUintN(64, value - b.mask);
  const mask = ((high ^ low) | a.mask | b.mask) & MAX_U64;
  const bits = ofBitPattern(value & ~mask, mask);
  return a.least < b.most ? bits : (settle({ ...bits, least: a.least - b.most, most: a.most - b.least }) ?? bits);
}

function shifted(op: number, a: Scalar, by: Scalar, bits: 32 | 64): Scalar {
  const amount = known(by);
  if (amount === undefined) return op === AluOp.Rsh ? (settle({ ...UNKNOWN, most: a.most }) ?? UNKNOWN) : UNKNOWN;
  const shift = amount & BigInt(bits - 1);
  const full = bits === 64 ? MAX_U64 : 0xffff_ffffn;
  if (op === AluOp.Lsh) return ofBitPattern((a.value << shift) & full, (a.mask << shift) & full);
  if (op === AluOp.Rsh) {
    const shiftedBits = ofBitPattern(a.value >> shift, a.mask >> shift);
    return settle({ ...shiftedBits, least: a.least >> shift, most: a.most >> shift }) ?? shiftedBits;
  }
  if (bits === 32) return UNKNOWN;
  return settle({ ...UNKNOWN, signedLeast: a.signedLeast >> shift, signedMost: a.signedMost >> shift }) ?? UNKNOWN;
}

/** Byte order conversions: BPF_END of ALU (`swap` by the source bit and the machine's order) and bswap of ALU64. */
export function byteSwapped(value: Scalar, bits: number, swap: boolean): Scalar {
  const number = known(value);
  if (number === undefined || ![16, 32, 64].includes(bits)) return UNKNOWN;
  let rest = BigInt.asUintN(bits, number);
  if (!swap) return constant(rest);
  let out = 0n;
  for (let i = 0; i < bits; i += 8) {
    out = (out << 8n) | (rest & 0xffn);
    rest >>= 8n;
  }
  return constant(out);
}

/** MOVSX: the low bits of a register as a signed number; in 32-bit form zero-extended afterwards. */
export function movedSigned(value: Scalar, from: number, bits: 32 | 64): Scalar {
  const extended = signExtended(value, from);
  return bits === 32 ? low32(extended) : extended;
}
