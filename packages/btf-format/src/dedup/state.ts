// What the phases of deduplication share. libbpf btf.c: struct btf_dedup.

import { BtfError } from '../errors.ts';
import type { FlatBtf } from '../flatten.ts';
import type { BtfKind } from '../kinds.ts';
import { CandidateTable } from './candidate-table.ts';
import { PairWalk } from './pair-walk.ts';
import { infoKind } from '../info.ts';

/** BTF_UNPROCESSED_ID and BTF_IN_PROGRESS_ID: no ids. */
export const UNPROCESSED = 0xffffffff;
export const IN_PROGRESS = 0xfffffffe;

/** The types, of the base too, and what is known of each so far. */
export interface DedupState {
  /** All records; those from `startId` on are rewritten as the phases go. */
  readonly words: Uint32Array;
  /** Where in `words` a type begins, by id. */
  readonly starts: Uint32Array;
  readonly typeCount: number;
  readonly startId: number;
  readonly candidates: CandidateTable;
  /** The canonical type that each type became, itself where it is canonical. Forward declarations chain on. */
  readonly map: Uint32Array;
  /**
   * The hypothesis of one comparison: for each canonical id the comparison that set it, and the candidate's id. What an earlier
   * one set does not count, so that nothing has to be cleared.
   */
  readonly hypotMap: Uint32Array;
  /** The canonical ids that this comparison set, `hypotCount` of them, and its number. */
  readonly hypotList: Uint32Array;
  hypotCount: number;
  comparison: number;
  readonly walk: PairWalk;
  /** For each candidate the canonical type that it was last found to differ from for good; 0: none. */
  readonly differs: Uint32Array;
  /** The hypothesis would need a base type to change: then it does not hold. */
  hypotAdjustCanon: boolean;
  /** How many more steps `identicalTypes` may take: its depth is limited, its breadth is not. */
  identicalSteps: number;
}

/** Steps that libbpf would take for hours are refused. */
const MAX_IDENTICAL_STEPS = 1_000_000_000;

/** Before the first phase: void, VAR and DATASEC stand for themselves. */
export function newState(flat: FlatBtf, neverDeduped: (kind: BtfKind) => boolean): DedupState {
  const { words, starts, typeCount, startId } = flat;
  const map = new Uint32Array(typeCount).fill(UNPROCESSED);
  map[0] = 0;
  for (let id = 1; id < typeCount; id++) {
    if (id < startId || neverDeduped(infoKind(words[starts[id]! + 1]!))) {
      map[id] = id;
    }
  }
  return {
    words,
    starts,
    typeCount,
    startId,
    candidates: new CandidateTable(typeCount),
    map,
    hypotMap: new Uint32Array(typeCount * 2),
    hypotList: new Uint32Array(typeCount),
    hypotCount: 0,
    comparison: 0,
    walk: new PairWalk(),
    differs: new Uint32Array(typeCount),
    hypotAdjustCanon: false,
    identicalSteps: MAX_IDENTICAL_STEPS,
  };
}

/** The first word of a type. */
export function wordAt(state: DedupState, id: number): number {
  return state.starts[id]!;
}

/** The kind of a type. */
export function kindOf(state: DedupState, id: number): BtfKind {
  return infoKind(state.words[state.starts[id]! + 1]!);
}

/** is_type_mapped. */
export function isMapped(state: DedupState, id: number): boolean {
  return state.map[id]! < IN_PROGRESS;
}

/** resolve_type_id: the canonical type, through forward declarations that have one; the id itself where unknown. */
export function resolveId(state: DedupState, id: number): number {
  const { map } = state;
  for (let left = state.typeCount; left >= 0; left--) {
    const to = map[id]!;
    if (to === id || to >= IN_PROGRESS) return id;
    id = to;
  }
  throw new BtfError('bad-type', 'types stand for each other in a circle', { typeId: id });
}
