// The three states of a fact that is not a type: a kernel has it, does not have it, or it is not known.
import type { FactState } from '../generated/operations.ts';
import { plural } from '../parts/words.ts';

/** Something that some kernels say alike. */
export interface Said {
  readonly state: FactState;
  /** The module that brings it, where that is no part of the kernel itself. */
  readonly module?: string | null;
  readonly kernels: readonly { readonly id: string }[];
}

/** The kernels of all answers in a state. */
export const idsIn = (answers: readonly Said[], state: FactState): string[] =>
  answers.filter((one) => one.state === state).flatMap(({ kernels }) => kernels.map(({ id }) => id));

/** `12 of 19 kernels have it; 3 have not; of 4 it is not known`. */
export function stateSentence(answers: readonly Said[], has = 'have it', hasNot = 'have not'): string {
  const [yes, no, unknown] = (['PRESENT', 'ABSENT', 'NOT_KNOWN'] as const).map(
    (state) => idsIn(answers, state).length,
  ) as [number, number, number];
  const total = yes + no + unknown;
  if (total === 0) return 'This index has no kernels.';
  if (unknown === total) {
    return `Nothing is known of it: none of ${plural(total, 'kernel')} came with the image that would tell.`;
  }
  const parts = [
    yes === total ? `All ${plural(total, 'kernel')} ${has}` : `${yes} of ${plural(total, 'kernel')} ${has}`,
    no > 0 ? `${no} ${hasNot}` : '',
    unknown > 0 ? `of ${unknown} it is not known` : '',
  ];
  return `${parts.filter(Boolean).join('; ')}.`;
}

export const STATE_WORDS: Record<FactState, string> = { PRESENT: 'yes', ABSENT: 'no', NOT_KNOWN: 'not known' };

/** The class of a verdict that a state is shown as. */
export const STATE_CLASS: Record<FactState, string> = { PRESENT: 'yes', ABSENT: 'fails', NOT_KNOWN: 'unknown' };
