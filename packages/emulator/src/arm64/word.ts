// One A64 instruction: its fields, and how they name registers of the engine.
import { NOTHING, NULL, register, temporary } from '../emit.ts';

export const SP = register(31);
export const VALUE = temporary(0);
export const OTHER = temporary(1);
export const THIRD = temporary(2);
export const FOURTH = temporary(3);
export const ADDRESS = temporary(4);

/** Bits of a word, from `low` on. */
export function bits(word: number, low: number, count: number): number {
  return (word >>> low) & (2 ** count - 1);
}

/** The same, sign-extended. */
export function signedBits(word: number, low: number, count: number): number {
  return (word << (32 - low - count)) >> (32 - count);
}

/** A register that is read: 31 is zero. */
export function source(number: number): number {
  return number === 31 ? NULL : register(number);
}

/** A register that is written: 31 is nothing. */
export function target(number: number): number {
  return number === 31 ? NOTHING : register(number);
}

/** A register where 31 is the stack pointer. */
export function orSp(number: number): number {
  return number === 31 ? SP : register(number);
}

/** Conditions of A64 as the engine numbers them; always (14, 15) is none of them. */
export const CONDITIONS = [4, 5, 3, 2, 8, 9, 0, 1, 7, 6, 13, 12, 15, 14] as const;
export const ALWAYS = 14;

/** What an instruction was. */
export type Outcome = 'next' | 'end' | 'unknown';
