// Phase 2: types that refer to nothing. libbpf btf.c: btf_dedup_prim_types.

import { BtfKind } from '../kinds.ts';
import { compatibleEnum, equalCommon, equalEnum, equalIntOrTag, hashType, isEnumFwd } from './equality.ts';
import { type DedupState, kindOf, wordAt } from './state.ts';

/** Finds for each INT, FLOAT, FWD and enum the canonical one, or makes it canonical. */
export function dedupPrimitives(state: DedupState): void {
  for (let id = state.startId; id < state.typeCount; id++) {
    switch (kindOf(state, id)) {
      case BtfKind.Int:
        settle(state, id, equalIntOrTag);
        break;
      case BtfKind.Fwd:
      case BtfKind.Float:
        settle(state, id, equalCommon);
        break;
      case BtfKind.Enum:
      case BtfKind.Enum64:
        settleEnum(state, id);
        break;
      default: // struct and reference types have phases of their own
    }
  }
}

function settle(state: DedupState, id: number, equal: (words: Uint32Array, a: number, b: number) => boolean): void {
  const hash = hashType(state, id);
  const at = wordAt(state, id);
  let found = state.candidates.first(hash);
  while (found >= 0 && !equal(state.words, at, wordAt(state, found))) found = state.candidates.after(found);
  conclude(state, id, found, hash);
}

/** An enum without values stands for any of its name; a full one takes the place of such. */
function settleEnum(state: DedupState, id: number): void {
  const { words, map, candidates } = state;
  const hash = hashType(state, id);
  const at = wordAt(state, id);
  let found = -1;
  for (let other = candidates.first(hash); other >= 0; other = candidates.after(other)) {
    const otherAt = wordAt(state, other);
    if (equalEnum(words, at, otherAt)) {
      found = other;
      break;
    }
    if (!compatibleEnum(words, at, otherAt)) continue;
    if (isEnumFwd(words, at)) {
      found = other;
      break;
    }
    map[other] = id;
  }
  conclude(state, id, found, hash);
}

function conclude(state: DedupState, id: number, found: number, hash: number): void {
  state.map[id] = found < 0 ? id : found;
  if (found < 0) state.candidates.add(hash, id);
}
