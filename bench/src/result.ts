// What a case gives: rows with our figure, the reference's of the same run, and what is to be reached.

import type { Spread } from './statistics.ts';

/** One line of the table. */
export interface Row {
  /** Unique within a run: later runs are compared by it. */
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly ours: Spread;
  /** Measured in turns with ours; undefined where the tool is missing or there is none. */
  readonly reference: Spread | undefined;
  /** What it was compared with, or why it was not. */
  readonly referenceNote: string;
  /** Peak memory of our process in bytes, where it was measured. */
  readonly peakBytes?: number | undefined;
  readonly referencePeakBytes?: number | undefined;
  /** From design.md section 7; undefined for rows that only inform. */
  readonly target?: Target | undefined;
  /** Anything else worth keeping: sizes, counts, exponents. */
  readonly facts?: Readonly<Record<string, number | string>>;
}

/** What is to be reached. `ratio`: ours over the reference's; `value`: ours alone. */
export interface Target {
  readonly of: 'ratio' | 'value';
  readonly better: 'less' | 'more';
  readonly atLeast: number;
  readonly aim: number;
}

/** Our median over the reference's. */
export function ratioOf(row: Row): number | undefined {
  return row.reference && row.ours.median / row.reference.median;
}

/** `aim`, `met`, `missed`; undefined where there is no target, or no reference to measure it by. */
export function verdictOf(row: Row): 'aim' | 'met' | 'missed' | undefined {
  const { target } = row;
  if (target === undefined) return undefined;
  const value = target.of === 'ratio' ? ratioOf(row) : row.ours.median;
  if (value === undefined) return undefined;
  const reaches = (bound: number) => (target.better === 'less' ? value <= bound : value >= bound);
  return reaches(target.aim) ? 'aim' : reaches(target.atLeast) ? 'met' : 'missed';
}
