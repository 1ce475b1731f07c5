// Phases 6 and 7: canonical types close up, and references take their new numbers. libbpf btf.c:
// btf_dedup_compact_types, btf_dedup_remap_types.

import { BtfError } from '../errors.ts';
import { eachRef } from '../refs.ts';
import { type DedupState, resolveId, UNPROCESSED } from './state.ts';

/** What is left of the own types, and the new id of every old one. */
export interface CompactTypes {
  readonly words: Uint32Array;
  readonly ids: Uint32Array;
}

/** Keeps the canonical own types in their order and renumbers all references. */
export function compactTypes(state: DedupState): CompactTypes {
  const { words, starts, map, startId, typeCount } = state;
  const newIds = new Uint32Array(typeCount).fill(UNPROCESSED);
  for (let id = 0; id < startId; id++) newIds[id] = id;
  let next = startId;
  let size = 0;
  for (let id = startId; id < typeCount; id++) {
    if (map[id] !== id) continue;
    newIds[id] = next++;
    size += starts[id + 1]! - starts[id]!;
  }
  const ids = new Uint32Array(typeCount);
  for (let id = 0; id < typeCount; id++) {
    const mapped = newIds[resolveId(state, id)]!;
    if (mapped === UNPROCESSED) throw new BtfError('bad-type', 'a type has no canonical one', { typeId: id });
    ids[id] = mapped;
  }
  const compact = new Uint32Array(size);
  let at = 0;
  for (let id = startId; id < typeCount; id++) {
    if (map[id] !== id) continue;
    const first = at;
    for (let word = starts[id]!; word < starts[id + 1]!; word++) compact[at++] = words[word]!;
    eachRef(compact, first, (ref, word) => {
      compact[word] = ids[ref]!;
    });
  }
  return { words: compact, ids };
}
