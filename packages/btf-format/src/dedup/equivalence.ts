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
import { type DedupState, IN_PROGRESS, isMapped, kindOf, resolveId, UNPROCESSED, wordAt } from './state.ts';

/** How deep types of one compilation unit are compared that should have been one. */
const IDENTICAL_DEPTH = 16;

/**
 * Walks both graphs side by side, depth first, and records in `hypotMap` which canonical type met which candidate. The
 * walk has a stack of its own: the graphs of a kernel are deeper than what the engine's allows.
 */
export function equivalent(state: DedupState, candidate: number, canonical: number): boolean {
  const { words, hypotMap } = state;
  const pairs: number[] = [candidate, canonical];
  while (pairs.length > 0) {
    const canonId = resolveForward(state, pairs.pop() as number);
    const candId = pairs.pop() as number;
    if (resolveId(state, candId) === resolveId(state, canonId)) continue;

    const met = hypotMap[canonId] as number;
    if (met < IN_PROGRESS) {
      if (met === candId || identicalTypes(state, met, candId, IDENTICAL_DEPTH)) continue;
      return false;
    }
    hypotMap[canonId] = candId;
    state.hypotList.push(canonId);

    const [a, b] = [wordAt(state, candId), wordAt(state, canonId)];
    if (words[a] !== words[b]) return false;
    const [kind, canonKind] = [kindOf(state, candId), kindOf(state, canonId)];
    if (kind !== canonKind) {
      if (!forwardStandsFor(state, candId, canonId)) return false;
      continue;
    }
    switch (kind) {
      case BtfKind.Int:
        if (!equalIntOrTag(words, a, b)) return false;
        break;
      case BtfKind.Enum:
      case BtfKind.Enum64:
        if (!compatibleEnum(words, a, b)) return false;
        break;
      case BtfKind.Fwd:
      case BtfKind.Float:
        if (!equalCommon(words, a, b)) return false;
        break;
      case BtfKind.Const:
      case BtfKind.Volatile:
      case BtfKind.Restrict:
      case BtfKind.Ptr:
      case BtfKind.Typedef:
      case BtfKind.Func:
      case BtfKind.TypeTag:
        if (words[a + 1] !== words[b + 1]) return false;
        pairs.push(words[a + 2] as number, words[b + 2] as number);
        break;
      case BtfKind.Array: // the index type first, so it is pushed last
        if (!compatibleArray(words, a, b)) return false;
        pairs.push(words[a + 3] as number, words[b + 3] as number, words[a + 4] as number, words[b + 4] as number);
        break;
      case BtfKind.Struct:
      case BtfKind.Union:
        if (!shallowEqualStruct(words, a, b)) return false;
        pushElements(pairs, words, a, b, 3);
        break;
      case BtfKind.FuncProto:
        if (!compatiblePrototype(words, a, b)) return false;
        pushElements(pairs, words, a, b, 2);
        pairs.push(words[a + 2] as number, words[b + 2] as number);
        break;
      default: // libbpf: EINVAL; no C type contains these
        throw new BtfError('bad-type', `kind ${kind} inside of a struct or typedef`, { typeId: candId });
    }
  }
  return true;
}

/** The types of members or parameters, the last one first so that the first is taken next. */
function pushElements(pairs: number[], words: Uint32Array, a: number, b: number, stride: number): void {
  for (let i = ((words[a + 1] as number) & 0xffffff) - 1; i >= 0; i--) {
    pairs.push(words[a + 4 + i * stride] as number, words[b + 4 + i * stride] as number);
  }
}

/** Forgets the last hypothesis. */
export function clearHypothesis(state: DedupState): void {
  for (const id of state.hypotList) state.hypotMap[id] = UNPROCESSED;
  state.hypotList.length = 0;
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
  return (state.words[wordAt(state, id) + 1] as number) >>> 31 === 1 ? BtfKind.Union : BtfKind.Struct;
}

/** btf_dedup_merge_hypot_map: what a hypothesis that held says of forward declarations and of structs within. */
export function mergeHypothesis(state: DedupState): void {
  const { map, hypotMap } = state;
  for (const canonId of state.hypotList) {
    const target = resolveId(state, hypotMap[canonId] as number);
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
