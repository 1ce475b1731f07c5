// Whether the graphs of types below a candidate and a canonical type are the same, forward declarations standing for
// definitions. libbpf btf.c: btf_dedup_is_equiv; its comment says why each rule is as it is.

import {
  compatibleArray,
  compatibleEnum,
  compatiblePrototype,
  equalCommon,
  equalIntOrTag,
  shallowEqualStruct,
} from './equality';
import { identicalTypes } from './identical';
import {
  ARRAY,
  canonicalOf,
  CONST,
  differs,
  ENUM,
  ENUM64,
  fail,
  FLOAT,
  FUNC,
  FUNC_PROTO,
  FWD,
  hypotList,
  hypotMap,
  INT,
  isMapped,
  kindOf,
  MISPLACED,
  PTR,
  recordOf,
  resolveId,
  RESTRICT,
  setCanonical,
  startId,
  STRUCT,
  TYPE_TAG,
  TYPEDEF,
  UNION,
  vlenOf,
  VOLATILE,
} from './state';
import { candidateWord, canonicalWord, clearWalk, newWalk, nextPair, noteWalk, push } from './walk';

/** How deep types of one compilation unit are compared that should have been one. */
const IDENTICAL_DEPTH: i32 = 16;

/** The number of a comparison, and how many canonical ids it set. */
let comparison: u32 = 0;
let hypotCount: u32 = 0;
/** The hypothesis would need a base type to change: then it does not hold. */
export let needsOtherBase: bool = false;

/** Before the first comparison. */
export function newComparisons(): void {
  comparison = 0;
  newWalk();
}

/** Begins a comparison, and forgets what the last one took to be the same. */
export function newHypothesis(): void {
  comparison++;
  hypotCount = 0;
  needsOtherBase = false;
}

/**
 * Walks both graphs side by side, depth first, and records in `hypotMap` which canonical type met which candidate. The
 * walk has a stack of its own: the graphs of a kernel are deeper than what an engine's allows.
 *
 * Differs from libbpf, with the same results: two records that differ in themselves do so for good, and with them all records on
 * the way there. A later walk that comes to such a pair ends at once, where libbpf goes down to the difference again. Pairs
 * with a forward declaration, and candidates that contradict each other, may be settled otherwise later and are not noted.
 */
export function equivalent(candId: u32, canonId: u32): bool {
  clearWalk();
  while (true) {
    if (kindOf(canonId) == FWD) canonId = resolveForward(canonId);
    if (load<u32>(differs + ((<usize>candId) << 2)) == canonId && canonId != 0) {
      noteWalk();
      return false;
    }
    const hypothesis = hypotMap + ((<usize>canonId) << 3);
    if (canonicalOf(candId) == canonId || resolveId(candId) == resolveId(canonId)) {
      // the same already
    } else if (load<u32>(hypothesis) == comparison) {
      const met = load<u32>(hypothesis, 4);
      if (met != candId && !identicalTypes(met, candId, IDENTICAL_DEPTH)) return false;
    } else {
      store<u32>(hypothesis, comparison);
      store<u32>(hypothesis, candId, 4);
      store<u32>(hypotList + ((<usize>hypotCount) << 2), canonId);
      hypotCount++;
      const a = recordOf(candId);
      const b = recordOf(canonId);
      const kind = kindOf(candId);
      if (!equalButForReferences(candId, canonId, kind, a, b)) {
        noteDifference(candId, canonId);
        return false;
      }
      if (kind == kindOf(canonId)) enter(candId, canonId, kind, a, b);
    }
    if (!nextPair()) return true;
    candId = load<u32>(candidateWord);
    canonId = load<u32>(canonicalWord);
  }
}

/** The pairs of types that two records of a kind refer to. */
function enter(candId: u32, canonId: u32, kind: u32, a: usize, b: usize): void {
  switch (kind) {
    case CONST:
    case VOLATILE:
    case RESTRICT:
    case PTR:
    case TYPEDEF:
    case FUNC:
    case TYPE_TAG:
      push(candId, canonId, a + 8, b + 8, 0, 1);
      break;
    case ARRAY: // the index type, then the element's, which stands before it
      push(candId, canonId, a + 16, b + 16, -4, 2);
      break;
    case STRUCT:
    case UNION:
      push(candId, canonId, a + 16, b + 16, 12, vlenOf(a));
      break;
    case FUNC_PROTO: // the result, then the parameters
      push(candId, canonId, a + 8, b + 8, 8, vlenOf(a) + 1);
      break;
    default: // refers to nothing
  }
}

/** Notes that two types differ for good, and all records of the walk with them. */
function noteDifference(candId: u32, canonId: u32): void {
  if (kindOf(candId) == FWD || kindOf(canonId) == FWD) return;
  store<u32>(differs + ((<usize>candId) << 2), canonId);
  noteWalk();
}

/** Whether two types can be the same as far as their own records say; a FWD may stand for what it declares. */
function equalButForReferences(candId: u32, canonId: u32, kind: u32, a: usize, b: usize): bool {
  if (load<u32>(a) != load<u32>(b)) return false;
  if (kind != kindOf(canonId)) return forwardStandsFor(candId, canonId, a, b);
  switch (kind) {
    case INT:
      return equalIntOrTag(a, b);
    case ENUM:
    case ENUM64:
      return compatibleEnum(a, b);
    case FWD:
    case FLOAT:
      return equalCommon(a, b);
    case CONST:
    case VOLATILE:
    case RESTRICT:
    case PTR:
    case TYPEDEF:
    case FUNC:
    case TYPE_TAG:
      return load<u32>(a, 4) == load<u32>(b, 4);
    case ARRAY:
      return compatibleArray(a, b);
    case STRUCT:
    case UNION:
      return shallowEqualStruct(a, b);
    case FUNC_PROTO:
      return compatiblePrototype(a, b);
    default: // libbpf: EINVAL; no C type contains these
      fail(MISPLACED, candId);
      return false;
  }
}

/** resolve_fwd_id: the struct or union that a canonical forward declaration became, else the id itself. */
function resolveForward(id: u32): u32 {
  const resolved = resolveId(id);
  return kindOf(resolved) == FWD ? id : resolved;
}

/** One of both is FWD, the other what it declares. A FWD of the base that would have to change is noted. */
function forwardStandsFor(candId: u32, canonId: u32, a: usize, b: usize): bool {
  const candKind = kindOf(candId);
  const canonKind = kindOf(canonId);
  if (candKind == FWD) return declaredKind(a) == canonKind;
  if (canonKind != FWD) return false;
  const matches = declaredKind(b) == candKind;
  if (matches && canonId < startId) needsOtherBase = true;
  return matches;
}

/** What a FWD declares: its kind flag says it. */
export function declaredKind(record: usize): u32 {
  return load<u32>(record, 4) >>> 31 == 1 ? UNION : STRUCT;
}

/** btf_dedup_merge_hypot_map: what a hypothesis that held says of forward declarations and of structs within. */
export function mergeHypothesis(): void {
  for (let i: u32 = 0; i < hypotCount; i++) {
    const canonId = load<u32>(hypotList + ((<usize>i) << 2));
    const target = resolveId(load<u32>(hypotMap + ((<usize>canonId) << 3), 4));
    const canon = resolveId(canonId);
    const targetKind = kindOf(target);
    const canonKind = kindOf(canon);
    // a base's FWD too: those of split BTF find the definition through it
    if (targetKind != FWD && canonKind == FWD) setCanonical(canon, target);
    if (needsOtherBase) continue; // the base cannot change: in all else the graphs are not the same
    if (targetKind == FWD && canonKind != FWD) setCanonical(target, canon);
    const isComposite = targetKind == STRUCT || targetKind == UNION;
    if (isComposite && canonKind != FWD && isMapped(canon) && !isMapped(target)) setCanonical(target, canon);
  }
}
