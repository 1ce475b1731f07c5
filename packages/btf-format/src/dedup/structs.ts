// Phase 3: structs, unions and typedefs, by comparing the graphs below them. libbpf btf.c: btf_dedup_struct_types.

import { BtfKind } from '../kinds.ts';
import { equalTypedef, hashType, shallowEqualStruct } from './equality.ts';
import { newHypothesis, equivalent, mergeHypothesis } from './equivalence.ts';
import { type DedupState, isMapped, kindOf, wordAt } from './state.ts';

/** Finds for each struct, union and typedef the canonical one whose graph is the same, or makes it canonical. */
export function dedupStructs(state: DedupState): void {
  for (let id = state.startId; id < state.typeCount; id++) {
    const kind = kindOf(state, id);
    if (kind !== BtfKind.Struct && kind !== BtfKind.Union && kind !== BtfKind.Typedef) continue;
    if (!isMapped(state, id)) settle(state, id, kind === BtfKind.Typedef ? equalTypedef : shallowEqualStruct);
  }
}

function settle(state: DedupState, id: number, similar: typeof equalTypedef): void {
  const { words, candidates, map } = state;
  const hash = hashType(state, id);
  for (let other = candidates.first(hash); other >= 0; other = candidates.after(other)) {
    // a FWD of the same hash must not be taken here: it would lead in a circle
    if (!similar(words, wordAt(state, id), wordAt(state, other))) continue;
    newHypothesis(state);
    if (!equivalent(state, id, other)) continue;
    mergeHypothesis(state);
    if (state.hypotAdjustCanon) continue;
    map[id] = other;
    return;
  }
  map[id] = id;
  candidates.add(hash, id);
}
