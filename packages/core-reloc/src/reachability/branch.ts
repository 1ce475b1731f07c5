// Conditional jumps: whether one is taken, and what each way then knows of the two operands. is_branch_taken and
// reg_set_min_max of kernel/bpf/verifier.c.

import { known, low32, MAX_U64, type Scalar, settle } from './scalar.ts';

/** BPF_OP(code) of JMP and JMP32. */
export const JumpOp = {
  Ja: 0x00,
  Equal: 0x10,
  Greater: 0x20,
  GreaterEqual: 0x30,
  Set: 0x40,
  NotEqual: 0x50,
  SignedGreater: 0x60,
  SignedGreaterEqual: 0x70,
  Call: 0x80,
  Exit: 0x90,
  Less: 0xa0,
  LessEqual: 0xb0,
  SignedLess: 0xc0,
  SignedLessEqual: 0xd0,
  /** JCOND: may_goto. */
  MayGoto: 0xe0,
} as const;

/** The operation that is true where `op` is false; `Set` has none. */
const NEGATED: Readonly<Record<number, number>> = {
  [JumpOp.Equal]: JumpOp.NotEqual,
  [JumpOp.NotEqual]: JumpOp.Equal,
  [JumpOp.Greater]: JumpOp.LessEqual,
  [JumpOp.LessEqual]: JumpOp.Greater,
  [JumpOp.GreaterEqual]: JumpOp.Less,
  [JumpOp.Less]: JumpOp.GreaterEqual,
  [JumpOp.SignedGreater]: JumpOp.SignedLessEqual,
  [JumpOp.SignedLessEqual]: JumpOp.SignedGreater,
  [JumpOp.SignedGreaterEqual]: JumpOp.SignedLess,
  [JumpOp.SignedLess]: JumpOp.SignedGreaterEqual,
};

/** What one way of a branch knows of its operands. */
export interface Operands {
  readonly left: Scalar;
  readonly right: Scalar;
}

/** Both ways of a branch; a way that is never taken is undefined. */
export interface Ways {
  readonly taken: Operands | undefined;
  readonly fallThrough: Operands | undefined;
}

/** What a conditional jump does with two numbers. */
export function branch(op: number, left: Scalar, right: Scalar, bits: 32 | 64): Ways {
  if (bits === 64) return branchOn(op, left, right);
  const narrow = branchOn(op, narrowed(op, left), narrowed(op, right));
  // what was learnt of the low half holds for the whole where the high half is zero
  const isSigned = SIGNED.has(op);
  const back = (way: Operands | undefined) =>
    way && {
      left: !isSigned && left.most <= 0xffff_ffffn ? way.left : left,
      right: !isSigned && right.most <= 0xffff_ffffn ? way.right : right,
    };
  return { taken: back(narrow.taken), fallThrough: back(narrow.fallThrough) };
}

const SIGNED = new Set<number>([
  JumpOp.SignedGreater,
  JumpOp.SignedGreaterEqual,
  JumpOp.SignedLess,
  JumpOp.SignedLessEqual,
]);

/** The low half as a 64-bit number that compares like it. */
function narrowed(op: number, scalar: Scalar): Scalar {
  const low = low32(scalar);
  if (!SIGNED.has(op)) return low;
  const number = known(low);
  if (number !== undefined) {
    const signed = BigInt.asIntN(32, number);
    return settle({ ...low, ...FULL, signedLeast: signed, signedMost: signed }) ?? low;
  }
  if (low.most <= 0x7fff_ffffn) return low;
  return settle({ ...low, ...FULL, signedLeast: -0x8000_0000n, signedMost: 0x7fff_ffffn }) ?? low;
}

const FULL = { value: 0n, mask: MAX_U64, least: 0n, most: MAX_U64 } as const;

function branchOn(op: number, left: Scalar, right: Scalar): Ways {
  const negated = NEGATED[op];
  if (negated === undefined && op !== JumpOp.Set) {
    return { taken: { left, right }, fallThrough: { left, right } };
  }
  return {
    taken: assume(op, left, right),
    fallThrough: negated === undefined ? assumeNoBit(left, right) : assume(negated, left, right),
  };
}

/** The operands where the comparison is true; undefined where it cannot be. */
function assume(op: number, left: Scalar, right: Scalar): Operands | undefined {
  const pair = (a: Scalar | undefined, b: Scalar | undefined) => a && b && { left: a, right: b };
  switch (op) {
    case JumpOp.Equal: {
      const common = intersect(left, right);
      return pair(common, common);
    }
    case JumpOp.NotEqual:
      return pair(without(left, known(right)), without(right, known(left)));
    case JumpOp.Greater:
      return pair(
        settle({ ...left, least: higher(left.least, right.least + 1n) }),
        settle({ ...right, most: lower(right.most, left.most - 1n) }),
      );
    case JumpOp.GreaterEqual:
      return pair(
        settle({ ...left, least: higher(left.least, right.least) }),
        settle({ ...right, most: lower(right.most, left.most) }),
      );
    case JumpOp.Less:
    case JumpOp.LessEqual: {
      const way = assume(op === JumpOp.Less ? JumpOp.Greater : JumpOp.GreaterEqual, right, left);
      return way && { left: way.right, right: way.left };
    }
    case JumpOp.SignedGreater:
      return pair(
        settle({ ...left, signedLeast: higher(left.signedLeast, right.signedLeast + 1n) }),
        settle({ ...right, signedMost: lower(right.signedMost, left.signedMost - 1n) }),
      );
    case JumpOp.SignedGreaterEqual:
      return pair(
        settle({ ...left, signedLeast: higher(left.signedLeast, right.signedLeast) }),
        settle({ ...right, signedMost: lower(right.signedMost, left.signedMost) }),
      );
    case JumpOp.SignedLess:
    case JumpOp.SignedLessEqual: {
      const way = assume(op === JumpOp.SignedLess ? JumpOp.SignedGreater : JumpOp.SignedGreaterEqual, right, left);
      return way && { left: way.right, right: way.left };
    }
    default:
      return assumeSomeBit(left, right);
  }
}

/** JSET taken: at least one bit in common. */
function assumeSomeBit(left: Scalar, right: Scalar): Operands | undefined {
  const possible = (left.value | left.mask) & (right.value | right.mask);
  if (possible === 0n) return undefined;
  const bits = known(right);
  const single = bits !== undefined && (bits & (bits - 1n)) === 0n;
  if (!single) return { left, right };
  const with1 = settle({ ...left, value: left.value | bits, mask: left.mask & ~bits });
  return with1 && { left: with1, right };
}

/** JSET not taken: no bit in common. */
function assumeNoBit(left: Scalar, right: Scalar): Operands | undefined {
  if ((left.value & right.value) !== 0n) return undefined;
  const bits = known(right);
  if (bits === undefined) return { left, right };
  const without1 = settle({ ...left, mask: left.mask & ~bits });
  return without1 && { left: without1, right };
}

function intersect(a: Scalar, b: Scalar): Scalar | undefined {
  if (((a.value ^ b.value) & ~a.mask & ~b.mask) !== 0n) return undefined;
  const mask = a.mask & b.mask;
  return settle({
    kind: 'scalar',
    value: (a.value | b.value) & ~mask,
    mask,
    least: higher(a.least, b.least),
    most: lower(a.most, b.most),
    signedLeast: higher(a.signedLeast, b.signedLeast),
    signedMost: lower(a.signedMost, b.signedMost),
  });
}

/** A number that is not the given one: bounds move where it is one of them. */
function without(scalar: Scalar, number: bigint | undefined): Scalar | undefined {
  if (number === undefined) return scalar;
  const signed = BigInt.asIntN(64, number);
  let { least, most, signedLeast, signedMost } = scalar;
  if (least === number) least += 1n;
  if (most === number) most -= 1n;
  if (signedLeast === signed) signedLeast += 1n;
  if (signedMost === signed) signedMost -= 1n;
  return settle({ ...scalar, least, most, signedLeast, signedMost });
}

function higher(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
