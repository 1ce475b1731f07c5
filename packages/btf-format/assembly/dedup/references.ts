// Phase 5: pointers, qualifiers, arrays, functions and tags, once all that they can lead to is canonical.
// libbpf btf.c: btf_dedup_ref_types.

import { addCandidate, candidateAfter, firstCandidate, NONE } from './candidates';
import { equalCommon, equalIntOrTag, equalRecord, hashType } from './equality';
import {
  ARRAY,
  canonicalOf,
  DECL_TAG,
  fail,
  FUNC_PROTO,
  IN_PROGRESS,
  isMapped,
  kindOf,
  recordOf,
  REFERENCE_CIRCLE,
  resolveId,
  room,
  scratch,
  setCanonical,
  startId,
  typeCount,
  vlenOf,
} from './state';

/** A stack of our own in `scratch`: types, and how many of their references are canonical already. */
let top: usize = 0;
let limit: usize = 0;

/** Makes the references of each reference type canonical, then finds the equal one or makes it canonical. */
export function dedupReferences(): void {
  top = scratch;
  limit = scratch;
  for (let root = startId; root < typeCount; root++) {
    if (isMapped(root)) continue;
    enter(root);
    while (top > scratch) {
      const id = load<u32>(top - 8);
      const blocking = canonicalReferences(id);
      if (blocking != NONE) {
        enter(blocking);
        continue;
      }
      top -= 8;
      settle(id);
    }
  }
}

function enter(id: u32): void {
  if (canonicalOf(id) == IN_PROGRESS) fail(REFERENCE_CIRCLE, id);
  setCanonical(id, IN_PROGRESS);
  if (top == limit) {
    limit += 65536;
    room(<u64>(limit - scratch));
  }
  store<u32>(top, id);
  store<u32>(top, 0, 4);
  top += 8;
}

/** Rewrites references of the type on top from where it stopped; gives the first that is not settled yet, or NONE. */
function canonicalReferences(id: u32): u32 {
  const at = recordOf(id);
  const kind = kindOf(id);
  // an array's element and index; a prototype's result, then the parameters' types; else the one type
  const first = kind == ARRAY ? at + 12 : at + 8;
  const stride: usize = kind == ARRAY ? 4 : 8;
  const count: u32 = kind == ARRAY ? 2 : kind == FUNC_PROTO ? 1 + vlenOf(at) : 1;
  for (let i = load<u32>(top - 4); i < count; i++) {
    const word = first + <usize>i * stride;
    const target = load<u32>(word);
    if (!isMapped(target)) {
      store<u32>(top - 4, i);
      return target;
    }
    store<u32>(word, resolveId(target));
  }
  return NONE;
}

function settle(id: u32): void {
  const hash = hashType(id);
  const at = recordOf(id);
  const kind = kindOf(id);
  let found = firstCandidate(hash);
  while (found != NONE && !equalReference(kind, at, recordOf(found))) found = candidateAfter(found);
  setCanonical(id, found == NONE ? id : found);
  if (found == NONE) addCandidate(hash, id);
}

function equalReference(kind: u32, a: usize, b: usize): bool {
  switch (kind) {
    case DECL_TAG:
      return equalIntOrTag(a, b);
    case ARRAY:
      return equalRecord(a, b, 3);
    case FUNC_PROTO:
      return equalRecord(a, b, vlenOf(a) * 2);
    default:
      return equalCommon(a, b);
  }
}
