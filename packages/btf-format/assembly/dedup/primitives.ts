// Phase 2: types that refer to nothing. libbpf btf.c: btf_dedup_prim_types.

import { addCandidate, candidateAfter, firstCandidate, NONE } from './candidates';
import { compatibleEnum, equalCommon, equalEnum, equalIntOrTag, hashType, isEnumFwd } from './equality';
import { ENUM, ENUM64, FLOAT, FWD, INT, kindOf, recordOf, setCanonical, startId, typeCount } from './state';

/** Finds for each INT, FLOAT, FWD and enum the canonical one, or makes it canonical. */
export function dedupPrimitives(): void {
  for (let id = startId; id < typeCount; id++) {
    switch (kindOf(id)) {
      case INT:
      case FWD:
      case FLOAT:
        settle(id);
        break;
      case ENUM:
      case ENUM64:
        settleEnum(id);
        break;
      default: // struct and reference types have phases of their own
    }
  }
}

function settle(id: u32): void {
  const hash = hashType(id);
  const at = recordOf(id);
  const isInt = kindOf(id) == INT;
  let found = firstCandidate(hash);
  while (found != NONE) {
    const other = recordOf(found);
    if (isInt ? equalIntOrTag(at, other) : equalCommon(at, other)) break;
    found = candidateAfter(found);
  }
  conclude(id, found, hash);
}

/** An enum without values stands for any of its name; a full one takes the place of such. */
function settleEnum(id: u32): void {
  const hash = hashType(id);
  const at = recordOf(id);
  let found = NONE;
  for (let other = firstCandidate(hash); other != NONE; other = candidateAfter(other)) {
    const otherAt = recordOf(other);
    if (equalEnum(at, otherAt)) {
      found = other;
      break;
    }
    if (!compatibleEnum(at, otherAt)) continue;
    if (isEnumFwd(at)) {
      found = other;
      break;
    }
    setCanonical(other, id);
  }
  conclude(id, found, hash);
}

function conclude(id: u32, found: u32, hash: u32): void {
  setCanonical(id, found == NONE ? id : found);
  if (found == NONE) addCandidate(hash, id);
}
