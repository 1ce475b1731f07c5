// The canonical minimal BTF: made from what relocations see of a target, not cut out of it. Two targets that give the
// same answers give the same bytes, whatever else differs between them.

import type { BpfObject, Resolution } from '@btfq/core-reloc';
import type { AnswersByRules } from '../verify.ts';
import { coverTypes } from './merge-types.ts';
import { observeObject } from './collect-facts.ts';
import { Roots } from './roots.ts';
import { settle } from './unify.ts';
import { Conflict } from './shape.ts';
import { solve } from './solve.ts';
import { writeCanonical } from './write.ts';

/** How far to go: `compact` shares types, `faithful` keeps what the target has although nobody looked. */
export interface CanonicalForm {
  readonly compact: boolean;
  readonly faithful: boolean;
}

/** Smallest first. Which of them holds follows from the answers too. */
export const CANONICAL_FORMS: readonly CanonicalForm[] = [
  { compact: true, faithful: false },
  { compact: false, faithful: false },
  { compact: false, faithful: true },
];

/**
 * The outline:
 * 1. each answer says something of the type that its candidates are searched by: that it exists, where a field is,
 *    how large, what an enumerator is worth (observe.ts, observe-type.ts, shape.ts)
 * 2. what was seen of one type in two places comes together (settle.ts)
 * 3. what nobody saw is chosen: offsets of what only leads to a field, sizes of what is only asked for (solve.ts, place.ts)
 * 4. types that nobody saw by name are left out where another serves (cover.ts)
 * 5. the rest is written in an order of its own (write.ts, suffixes.ts)
 *
 * What must be absent is left out by not being seen; that nothing brought it back is for the caller to prove, who then
 * tries the next of CANONICAL_FORMS. undefined where one type of each name cannot give all answers.
 */
export function canonicalBtf(
  objects: readonly BpfObject[],
  answers: readonly AnswersByRules[],
  littleEndian: boolean,
  form: CanonicalForm,
): { bytes: Uint8Array; types: number } | undefined {
  try {
    const roots = new Roots();
    objects.forEach((object, i) => {
      const seen = answers[i]?.get('loader') as readonly Resolution[];
      observeObject(roots, object, seen, form.faithful);
    });
    settle(roots, form.compact);
    const solved = solve(roots.sorted(), littleEndian);
    if (form.compact) coverTypes(solved.roots, solved.pointerBytes);
    return writeCanonical(solved, littleEndian);
  } catch (error) {
    if (error instanceof Conflict) return undefined;
    throw error;
  }
}
