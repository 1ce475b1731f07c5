// btf__dedup's phases in wasm: they are loops over tables larger than the processor's caches, where every load that a JavaScript engine adds
// is one too many. src/dedup/dedup.ts fills the memory, calls the phases in their order and takes the result out.

import { addCandidate, clearCandidates } from './candidates';
import { hashType } from './equality';
import { newComparisons } from './equivalence';
import { resolveForwards } from './forwards';
import { newSteps } from './identical';
import { dedupPrimitives } from './primitives';
import { dedupReferences } from './references';
import { DATASEC, kindOf, startId, VAR } from './state';
import { dedupStructs } from './structs';

export { compactTypes, idsAt } from './compact';
export { failedAt, failure, layOut, prepare, scratch, starts, strings, words } from './state';
export { dedupStrings, remapString, stringLength, writeStrings } from './strings';

/** Phases 2 to 5. */
export function dedupTypes(): void {
  clearCandidates();
  newSteps();
  newComparisons();
  addBaseCandidates();
  dedupPrimitives();
  dedupStructs();
  resolveForwards();
  dedupReferences();
}

/** btf_dedup_prep: the base's types are canonical from the start. */
function addBaseCandidates(): void {
  for (let id: u32 = 1; id < startId; id++) {
    const kind = kindOf(id);
    if (kind != VAR && kind != DATASEC) addCandidate(hashType(id), id);
  }
}
