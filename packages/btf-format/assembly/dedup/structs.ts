// Phase 3: structs, unions and typedefs, by comparing the graphs below them. libbpf btf.c: btf_dedup_struct_types.

import { addCandidate, candidateAfter, firstCandidate, NONE } from './candidates';
import { equalTypedef, hashType, shallowEqualStruct } from './equality';
import { equivalent, mergeHypothesis, needsOtherBase, newHypothesis } from './equivalence';
import { isMapped, kindOf, recordOf, setCanonical, startId, STRUCT, typeCount, TYPEDEF, UNION } from './state';

/** Finds for each struct, union and typedef the canonical one whose graph is the same, or makes it canonical. */
export function dedupStructs(): void {
  for (let id = startId; id < typeCount; id++) {
    const kind = kindOf(id);
    if (kind != STRUCT && kind != UNION && kind != TYPEDEF) continue;
    if (!isMapped(id)) settle(id, kind == TYPEDEF);
  }
}

function settle(id: u32, isTypedef: bool): void {
  const hash = hashType(id);
  const at = recordOf(id);
  for (let other = firstCandidate(hash); other != NONE; other = candidateAfter(other)) {
    // a FWD of the same hash must not be taken here: it would lead in a circle
    const otherAt = recordOf(other);
    if (!(isTypedef ? equalTypedef(at, otherAt) : shallowEqualStruct(at, otherAt))) continue;
    newHypothesis();
    if (!equivalent(id, other)) continue;
    mergeHypothesis();
    if (needsOtherBase) continue;
    setCanonical(id, other);
    return;
  }
  setCanonical(id, id);
  addCandidate(hash, id);
}
