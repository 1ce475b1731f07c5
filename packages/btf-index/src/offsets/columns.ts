// The answers to one question as a column: for each kernel, by its rank in the index's order, the number of its answer.

import type { DeclarationPlace } from '../answer-types.ts';
import type { BtfIndex } from '../store/btf-index.ts';

/** No answer, and several that differ. */
export const NONE = -1;
export const AMBIGUOUS = -2;

/** Answers, and by rank the number of a kernel's; `NONE` or `AMBIGUOUS` for those without one. */
export interface Column<T> {
  readonly answers: readonly T[];
  readonly at: Int32Array;
}

/** A column of the same answer in no kernel. */
export function emptyColumn<T>(index: BtfIndex): Column<T> {
  return { answers: [], at: new Int32Array(index.catalog().kernels.length).fill(NONE) };
}

/**
 * Spreads answers over their kernels. What the kernel itself declares comes first; what only modules do counts where it
 * does not. Two answers in one kernel are ambiguous unless they are `alike`.
 */
export function columnOf<T extends { readonly places: readonly DeclarationPlace[] }>(
  index: BtfIndex,
  answers: readonly T[],
  alike: (a: T, b: T) => boolean,
): Column<T> {
  const column = emptyColumn<T>(index);
  const inModules = emptyColumn<T>(index).at;
  const { rank } = index.catalog();
  const settle = (at: Int32Array, r: number, answer: number) => {
    const known = at[r]!;
    if (known === NONE) at[r] = answer;
    else if (known >= 0 && known !== answer && !alike(answers[known] as T, answers[answer] as T)) at[r] = AMBIGUOUS;
  };
  answers.forEach(({ places }, answer) => {
    for (const { module, kernelIds } of places) {
      const at = module === null ? column.at : inModules;
      for (const id of kernelIds) settle(at, rank[id]!, answer);
    }
  });
  for (let r = 0; r < inModules.length; r++) {
    if (column.at[r] === NONE) column.at[r] = inModules[r]!;
  }
  return { answers, at: column.at };
}

/** Each kernel's first answer among columns, made from which column it is and what it says there. */
export function firstOf<T, R>(
  index: BtfIndex,
  columns: readonly Column<T>[],
  make: (answer: T, column: number) => R,
): Column<R> {
  const answers: R[] = [];
  const { at } = emptyColumn<R>(index);
  const made = columns.map(({ answers: own }) => new Int32Array(own.length).fill(NONE));
  for (let r = 0; r < at.length; r++) {
    for (let c = 0; c < columns.length; c++) {
      const answer = (columns[c] as Column<T>).at[r]!;
      if (answer === NONE) continue;
      if (answer === AMBIGUOUS) at[r] = AMBIGUOUS;
      else {
        const known = made[c] as Int32Array;
        if (known[answer] === NONE)
          known[answer] = answers.push(make((columns[c] as Column<T>).answers[answer] as T, c)) - 1;
        at[r] = known[answer]!;
      }
      break;
    }
  }
  return { answers, at };
}
