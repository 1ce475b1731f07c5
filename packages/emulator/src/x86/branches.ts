// Where an instruction leads: on, to the end of its block, or to another place.
import * as X from '../micro-op.ts';
import type { Instruction } from './instruction.ts';

/** Conditions that need no more than the operands of a subtraction, by their numbers; parity is not among them. */
const AFTER_SUBTRACTION = [
  X.JO,
  X.JNO,
  X.JB,
  X.JAE,
  X.JE,
  X.JNE,
  X.JBE,
  X.JA,
  X.JS,
  X.JNS,
  undefined,
  undefined,
  X.JL,
  X.JGE,
  X.JLE,
  X.JG,
] as const;

/** What a decoded instruction was: one of many, the end of its block, or none that is known. */
export type Outcome = 'next' | 'end' | 'unknown';

/** A conditional jump, which a block goes on behind. `count`: instructions of the block up to this one. */
export function jumpIf(i: Instruction, condition: number, target: number, count: number): void {
  const known = i.out.flagState === 'subtraction' ? AFTER_SUBTRACTION[condition] : undefined;
  i.out.readsFlags();
  if (known !== undefined) i.out.emitAddress(known, count, 0, 0, target);
  else i.out.emitAddress(X.JCC, count | (condition << 8), 0, 0, target);
}

/** An address plus a displacement, in 48 bits. */
export function near(pc: number, displacement: number): number {
  const target = pc + displacement;
  return target < 0 ? target + 0x1000000000000 : target % 0x1000000000000;
}
