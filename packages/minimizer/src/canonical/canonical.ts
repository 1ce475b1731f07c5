// The canonical minimal BTF: made from what relocations see of a target, not cut out of it. Two targets that give the
// same answers give the same bytes, whatever else differs between them.

import type { BpfObject, Resolution } from '@btfq/core-reloc';
import type { AnswersByRules } from '../verify.ts';
import { observeObject } from './observe.ts';
import { Roots } from './roots.ts';
import { Conflict } from './shape.ts';
import { solve } from './solve.ts';
import { writeCanonical } from './write.ts';

/**
 * The outline:
 * 1. each answer tells something of the type that its candidates are searched by: that it exists, where a field is,
 *    how large, what an enumerator is worth (observe.ts, observe-type.ts, shape.ts)
 * 2. what nobody saw is chosen: offsets of what only leads to a field, sizes of what is only asked for (solve.ts, place.ts)
 * 3. the types are written in an order of their own (write.ts, suffixes.ts)
 *
 * What must be absent is left out by not being seen; that nothing brought it back is for the caller to prove.
 * `faithful` keeps more of the target, for where that proof fails. undefined where one type of each name cannot give
 * all answers.
 */
export function canonicalBtf(
  objects: readonly BpfObject[],
  answers: readonly AnswersByRules[],
  littleEndian: boolean,
  faithful: boolean,
): { bytes: Uint8Array; types: number } | undefined {
  try {
    const roots = new Roots();
    objects.forEach((object, i) => {
      const seen = answers[i]?.get('loader') as readonly Resolution[];
      observeObject(roots, object, seen, faithful);
    });
    return writeCanonical(solve(roots.sorted(), littleEndian), littleEndian);
  } catch (error) {
    if (error instanceof Conflict) return undefined;
    throw error;
  }
}
