// Whether the graphs of types below a candidate and a canonical type are the same, forward declarations standing for
// definitions. libbpf btf.c: btf_dedup_is_equiv; its comment says why each rule is as it is.

import { BtfError } from '../errors.ts';
import { BtfKind } from '../kinds.ts';
import {
  compatibleArray,
  compatibleEnum,
  compatiblePrototype,
  equalCommon,
  equalIntOrTag,
  shallowEqualStruct,
} from './equality.ts';
import { identicalTypes } from './identical.ts';
import { type DedupState, isMapped, kindOf, resolveId, wordAt } from './state.ts';
import { infoKind, infoKindFlag, infoVlen } from '../info.ts';

/** How deep types of one compilation unit are compared that should have been one. */
const IDENTICAL_DEPTH = 16;

/**
 * Walks both graphs side by side, depth first, and records in `hypotMap` which canonical type met which candidate. The
 * walk has a stack of its own: the graphs of a kernel are deeper than what the engine's allows.
 *
 * Differs from libbpf, with the same results: two records that differ in themselves do so for good, and with them all records on
 * the way there. A later walk that comes to such a pair ends at once, where libbpf goes down to the difference again. Pairs
 * with a forward declaration, and candidates that contradict each other, may be settled otherwise later and are not noted.
 */
export function equivalent(state: DedupState, candidate: number, canonical: number): boolean {
  const { words, hypotMap, hypotList, walk, map, starts, differs, comparison } = state;
  walk.clear();
  let candId = candidate;
  let canonId = canonical;
  for (;;) {
    canonId = resolveForward(state, canonId);
    if (differs[candId] === canonId && canonId !== 0) {
      walk.note(differs);
      return false;
    }
    if (map[candId] === canonId || resolveId(state, candId) === resolveId(state, canonId)) {
      // the same already
    } else if (hypotMap[canonId * 2] === comparison) {
      const met = hypotMap[canonId * 2 + 1]!;
      if (met !== candId && !identicalTypes(state, met, candId, IDENTICAL_DEPTH)) return false;
    } else {
      hypotMap[canonId * 2] = comparison;
      hypotMap[canonId * 2 + 1] = candId;
      hypotList[state.hypotCount++] = canonId;
      if (!equalButForReferences(state, candId, canonId)) {
        noteDifference(state, candId, canonId);
        return false;
      }
      const a = starts[candId]!;
      const b = starts[canonId]!;
      const info = words[a + 1]!;
      const kind = infoKind(info);
      switch (kind === infoKind(words[b + 1]!) ? kind : BtfKind.Fwd) {
        case BtfKind.Const:
        case BtfKind.Volatile:
        case BtfKind.Restrict:
        case BtfKind.Ptr:
        case BtfKind.Typedef:
        case BtfKind.Func:
        case BtfKind.TypeTag:
          walk.push(candId, canonId, a + 2, b + 2, 0, 1);
          break;
        case BtfKind.Array: // the index type, then the element's, which stands before it
          walk.push(candId, canonId, a + 4, b + 4, -1, 2);
          break;
        case BtfKind.Struct:
        case BtfKind.Union:
          walk.push(candId, canonId, a + 4, b + 4, 3, infoVlen(info));
          break;
        case BtfKind.FuncProto: // the result, then the parameters
          walk.push(candId, canonId, a + 2, b + 2, 2, infoVlen(info) + 1);
          break;
        default: // refers to nothing
      }
    }
    if (!walk.next()) return true;
    candId = words[walk.candidate]!;
    canonId = words[walk.canonical]!;
  }
}

/** Notes that two types differ for good, and all records of the walk with them. */
function noteDifference(state: DedupState, candId: number, canonId: number): void {
  if (kindOf(state, candId) === BtfKind.Fwd || kindOf(state, canonId) === BtfKind.Fwd) return;
  state.differs[candId] = canonId;
  state.walk.note(state.differs);
}

/** Whether two types can be the same as far as their own records say; a FWD may stand for what it declares. */
function equalButForReferences(state: DedupState, candId: number, canonId: number): boolean {
  const { words } = state;
  const [a, b] = [wordAt(state, candId), wordAt(state, canonId)];
  if (words[a] !== words[b]) return false;
  const kind = kindOf(state, candId);
  if (kind !== kindOf(state, canonId)) return forwardStandsFor(state, candId, canonId);
  switch (kind) {
    case BtfKind.Int:
      return equalIntOrTag(words, a, b);
    case BtfKind.Enum:
    case BtfKind.Enum64:
      return compatibleEnum(words, a, b);
    case BtfKind.Fwd:
    case BtfKind.Float:
      return equalCommon(words, a, b);
    case BtfKind.Const:
    case BtfKind.Volatile:
    case BtfKind.Restrict:
    case BtfKind.Ptr:
    case BtfKind.Typedef:
    case BtfKind.Func:
    case BtfKind.TypeTag:
      return words[a + 1] === words[b + 1];
    case BtfKind.Array:
      return compatibleArray(words, a, b);
    case BtfKind.Struct:
    case BtfKind.Union:
      return shallowEqualStruct(words, a, b);
    case BtfKind.FuncProto:
      return compatiblePrototype(words, a, b);
    default: // libbpf: EINVAL; no C type contains these
      throw new BtfError('bad-type', `kind ${kind} inside of a struct or typedef`, { typeId: candId });
  }
}

/** Begins a comparison, and forgets what the last one took to be the same. */
export function newHypothesis(state: DedupState): void {
  state.comparison++;
  state.hypotCount = 0;
  state.hypotAdjustCanon = false;
}

/** resolve_fwd_id: the struct or union that a canonical forward declaration became, else the id itself. */
function resolveForward(state: DedupState, id: number): number {
  if (kindOf(state, id) !== BtfKind.Fwd) return id;
  const resolved = resolveId(state, id);
  return kindOf(state, resolved) === BtfKind.Fwd ? id : resolved;
}

/** One of both is FWD, the other what it declares. A FWD of the base that would have to change is noted. */
function forwardStandsFor(state: DedupState, candId: number, canonId: number): boolean {
  const [candKind, canonKind] = [kindOf(state, candId), kindOf(state, canonId)];
  if (candKind === BtfKind.Fwd) return declaredKind(state, candId) === canonKind;
  if (canonKind !== BtfKind.Fwd) return false;
  const matches = declaredKind(state, canonId) === candKind;
  if (matches && canonId < state.startId) state.hypotAdjustCanon = true;
  return matches;
}

function declaredKind(state: DedupState, id: number): BtfKind {
  return infoKindFlag(state.words[wordAt(state, id) + 1]!) ? BtfKind.Union : BtfKind.Struct;
}

/** btf_dedup_merge_hypot_map: what a hypothesis that held says of forward declarations and of structs within. */
export function mergeHypothesis(state: DedupState): void {
  const { map, hypotMap, hypotList } = state;
  for (let i = 0; i < state.hypotCount; i++) {
    const canonId = hypotList[i]!;
    const target = resolveId(state, hypotMap[canonId * 2 + 1]!);
    const canon = resolveId(state, canonId);
    const [targetKind, canonKind] = [kindOf(state, target), kindOf(state, canon)];
    // a base's FWD too: those of split BTF find the definition through it
    if (targetKind !== BtfKind.Fwd && canonKind === BtfKind.Fwd) map[canon] = target;
    if (state.hypotAdjustCanon) continue; // the base cannot change: in all else the graphs are not the same
    if (targetKind === BtfKind.Fwd && canonKind !== BtfKind.Fwd) map[target] = canon;
    const isComposite = targetKind === BtfKind.Struct || targetKind === BtfKind.Union;
    if (isComposite && canonKind !== BtfKind.Fwd && isMapped(state, canon) && !isMapped(state, target)) {
      map[target] = canon;
    }
  }
}
