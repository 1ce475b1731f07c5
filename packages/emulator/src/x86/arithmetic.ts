// Arithmetic of x86-64 as micro-operations: the eight operations that share their encodings, shifts, bit tests, multiplications.
import * as X from '../micro-op.ts';
import { NOTHING, NULL, register } from '../emit.ts';
import { BITS, FOURTH, type Instruction, OTHER, THIRD, UP, VALUE, type Width } from './instruction.ts';

// The eight operations as encodings number them; or (1) and xor (6) need no name.
export const ADD = 0;
export const ADC = 2;
export const SBB = 3;
const AND = 4;
export const SUB = 5;
export const CMP = 7;
/** And with its result thrown away. */
export const TEST = 8;

const GENERIC = [X.ADDFN, X.ORFN, X.ADCFN, X.SBBFN, X.ANDFN, X.SUBFN, X.XORFN, X.SUBFN, X.ANDFN] as const;
/** Operations of 32 and 64 bits that have records of their own: [on registers, with an immediate]. */
const FAST: Readonly<Record<number, readonly [number, number, number, number]>> = {
  [ADD]: [X.ADDF32, X.ADDF32I, X.ADDF64, X.ADDF64I],
  [SUB]: [X.SUBF32, X.SUBF32I, X.SUBF64, X.SUBF64I],
  [AND]: [X.ANDF32, X.ANDF32I, X.ANDF64, X.ANDF64I],
  [CMP]: [X.CMP32, X.CMP32I, X.CMP64, X.CMP64I],
  [TEST]: [X.TEST32, X.TEST32I, X.TEST64, X.TEST64I],
};

function flagsBefore(instruction: Instruction, op: number): void {
  if (op === ADC || op === SBB) instruction.out.readsFlags();
  instruction.out.setsFlags(op === ADD || op === ADC || op === SBB ? 'unknown' : 'subtraction');
}

/** result = x op y, with flags; registers hold the values in their low bits. */
export function combine(i: Instruction, op: number, width: Width, result: number, x: number, y: number): void {
  flagsBefore(i, op);
  const fast = width >= 2 ? FAST[op] : undefined;
  if (fast !== undefined) i.out.emit(fast[(width - 2) * 2]!, result, x, y);
  else i.out.emit(GENERIC[op]!, op >= CMP ? NOTHING : result, x, y, UP[width], 0);
}

/** result = x op an immediate, with flags. */
export function combineImmediate(i: Instruction, op: number, width: Width, result: number, x: number, y: number): void {
  const { out } = i;
  const fast = width >= 2 ? FAST[op] : undefined;
  if (fast !== undefined) {
    flagsBefore(i, op);
    // 32-bit immediates are zero-extended: and without flags uses them so.
    out.emit(fast[(width - 2) * 2 + 1]!, result, x, 0, y, width === 3 && y < 0 ? -1 : 0);
  } else if (op >= CMP && width < 2) {
    flagsBefore(i, op);
    out.emitSigned(op === CMP ? X.CMPNI : X.TESTNI, NOTHING, x, UP[width], y);
  } else {
    out.emitSigned(X.MOVI, FOURTH, 0, 0, y);
    combine(i, op, width, result, x, FOURTH);
  }
}

/** The ModRM operand op a register's or an immediate's value (`source` undefined), back into the operand. */
export function intoOperand(i: Instruction, op: number, width: Width, source: number | undefined, value = 0): void {
  const x = i.fromOperand(width, VALUE);
  const result = i.resultForOperand(width, THIRD);
  if (source === undefined) combineImmediate(i, op, width, result, x, value);
  else combine(i, op, width, result, x, source);
  if (op < CMP) i.toOperand(width, result);
}

/** A general register op the ModRM operand, back into the register. */
export function intoRegister(i: Instruction, op: number, width: Width, number: number): void {
  const y = i.fromOperand(width, OTHER);
  const x = i.fromRegister(number, width, VALUE);
  const result = i.resultFor(number, width, THIRD);
  combine(i, op, width, result, x, y);
  if (op < CMP) i.toRegister(number, width, result);
}

/** inc and dec of the ModRM operand. */
export function stepOperand(i: Instruction, width: Width, down: boolean): void {
  const x = i.fromOperand(width, VALUE);
  const result = i.resultForOperand(width, THIRD);
  // The carry stays: read as well as written.
  i.out.changesFlags();
  i.out.emit(down ? X.DECFN : X.INCFN, result, x, 0, UP[width], 0);
  i.toOperand(width, result);
}

/** neg and not of the ModRM operand. */
export function negateOperand(i: Instruction, width: Width): void {
  const x = i.fromOperand(width, VALUE);
  const result = i.resultForOperand(width, THIRD);
  combine(i, SUB, width, result, NULL, x);
  i.toOperand(width, result);
}

export function invertOperand(i: Instruction, width: Width): void {
  const x = i.fromOperand(width, VALUE);
  const result = i.resultForOperand(width, THIRD);
  i.out.emit(width === 3 ? X.NOT64 : X.NOT32, result, x, 0);
  i.toOperand(width, result);
}

/** Rotations and shifts of the ModRM operand by a register's value, or by a constant (`count` a number of bits). */
export function shiftOperand(i: Instruction, width: Width, count: number | undefined): void {
  const kind = i.reg & 7;
  const { out } = i;
  const masked = count === undefined ? 0 : count & (width === 3 ? 63 : 31);
  const x = i.fromOperand(width, VALUE);
  const result = i.resultForOperand(width, THIRD);
  let by = register(1);
  if (count !== undefined) {
    by = OTHER;
    out.emit(X.MOVI, OTHER, 0, 0, masked, 0);
  }
  if (kind >= 4 && masked !== 0) {
    out.setsFlags('unknown');
  } else {
    // Rotations keep flags, and so does a count of 0.
    out.changesFlags();
  }
  out.emit(X.SHIFTF, result, x, by, kind | (BITS[width] << 8), 0);
  i.toOperand(width, result);
}

/** shld and shrd. */
export function doubleShift(i: Instruction, width: Width, isRight: boolean, count: number | undefined): void {
  const { out } = i;
  const x = i.fromOperand(width, VALUE);
  if (x !== VALUE) out.emit(X.MOV64, VALUE, x, 0);
  let by = register(1);
  if (count !== undefined) {
    by = OTHER;
    out.emit(X.MOVI, OTHER, 0, 0, count, 0);
  }
  out.changesFlags();
  out.emit(X.DSHIFTF, VALUE, register(i.reg), by, (isRight ? 1 : 0) | (BITS[width] << 8), 0);
  i.toOperand(width, VALUE);
}

/** bt, bts, btr, btc (kinds 0 to 3) with the bit's number in a register, or constant. */
export function bitTest(i: Instruction, width: Width, kind: number, index: number | undefined): void {
  const { out } = i;
  let by = OTHER;
  if (index !== undefined) out.emit(X.MOVI, OTHER, 0, 0, index, 0);
  else by = register(i.reg);
  if (i.isMemory && index === undefined) {
    // The register's value may lead beyond the operand: to the word that holds the bit.
    const address = i.address();
    const extended = width === 3 ? by : FOURTH;
    if (width !== 3) out.emit(width === 2 ? X.SX32 : X.SX16, FOURTH, by, 0);
    out.emit(X.SAR64I, THIRD, extended, 0, width === 3 ? 6 : width === 2 ? 5 : 4, 0);
    out.emit(X.LEAX, THIRD, address, THIRD, 0, width);
    i.base = THIRD;
  }
  const x = i.fromOperand(width, VALUE);
  const result = i.resultForOperand(width, VALUE);
  out.changesFlags();
  out.emit(X.BITF, kind === 0 ? NOTHING : result, x, by, kind | (BITS[width] << 8), 0);
  if (kind !== 0) i.toOperand(width, result);
}

/** Group 3: test, not, neg, mul, imul, div, idiv. */
export function group3(i: Instruction, width: Width): void {
  const { out } = i;
  switch (i.reg & 7) {
    case 0:
    case 1:
      combineImmediate(i, TEST, width, NOTHING, i.fromOperand(width, VALUE), i.immediate(width));
      return;
    case 2:
      invertOperand(i, width);
      return;
    case 3:
      negateOperand(i, width);
      return;
    default: {
      const x = i.fromOperand(width, VALUE);
      if ((i.reg & 7) < 6) out.changesFlags();
      out.emit([X.MULX, X.IMULX, X.DIVX, X.IDIVX][(i.reg & 7) - 4]!, NOTHING, x, BITS[width]);
    }
  }
}

/** imul of two operands into a register. */
export function multiply(i: Instruction, width: Width, x: number, y: number): void {
  const result = i.resultFor(i.reg, width, THIRD);
  i.out.setsFlags('unknown');
  i.out.emit(X.IMULF, result, x, y, BITS[width] << 8, 0);
  i.toRegister(i.reg, width, result);
}

/** bsf, bsr, tzcnt, lzcnt, popcnt. */
export function countBits(i: Instruction, width: Width, op: number): void {
  const { out } = i;
  const x = i.fromOperand(width, VALUE);
  out.emit(width === 3 ? X.MOV64 : width === 2 ? X.MOV32 : X.ZX16, OTHER, x, 0);
  const result = i.resultFor(i.reg, width, THIRD);
  // bsf and bsr of 0 leave their destination as it was.
  if (result === THIRD) out.emit(X.MOV64, THIRD, register(i.reg), 0);
  out.changesFlags();
  out.emit(op, result, OTHER, BITS[width]);
  i.move(i.reg, width, result);
}
