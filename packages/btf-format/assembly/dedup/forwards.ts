// Phase 4: forward declarations that met no definition while graphs were compared, where only one struct or union has
// their name. libbpf btf.c: btf_dedup_resolve_fwds.

import { declaredKind } from './equivalence';
import {
  canonicalOf,
  FWD,
  kindOf,
  recordOf,
  room,
  scratch,
  setCanonical,
  startId,
  STRUCT,
  typeCount,
  UNION,
} from './state';

/** What a name stands for, beside the id of one type: nothing yet, or more than one. */
const NOTHING: u32 = 0;
const AMBIGUOUS: u32 = 0xffffffff;

/** Open addressing in `scratch`: a name plus one, 0 where free, and what it stands for. */
let mask: u32 = 0;

/** Maps each canonical FWD to the one canonical struct or union of its name, where kinds agree. */
export function resolveForwards(): void {
  let count: u32 = 0;
  for (let id = startId; id < typeCount; id++) if (isLeft(id)) count++;
  if (count == 0) return;
  mask = 15;
  while (mask < count * 2) mask = (mask << 1) | 1;
  const size = (<usize>mask + 1) << 3;
  room(size);
  memory.fill(scratch, 0, size);
  for (let id = startId; id < typeCount; id++) {
    if (!isLeft(id)) continue;
    const name = load<u32>(recordOf(id));
    store<u32>(slotOf(name), name + 1);
  }
  for (let id: u32 = 1; id < typeCount; id++) {
    const kind = kindOf(id);
    if ((kind != STRUCT && kind != UNION) || canonicalOf(id) != id) continue;
    const slot = slotOf(load<u32>(recordOf(id)));
    if (load<u32>(slot) != 0) store<u32>(slot, load<u32>(slot, 4) == NOTHING ? id : AMBIGUOUS, 4);
  }
  for (let id = startId; id < typeCount; id++) {
    if (!isLeft(id)) continue;
    const record = recordOf(id);
    const found = load<u32>(slotOf(load<u32>(record)), 4);
    if (found != AMBIGUOUS && found != NOTHING && kindOf(found) == declaredKind(record)) setCanonical(id, found);
  }
}

function isLeft(id: u32): bool {
  return kindOf(id) == FWD && canonicalOf(id) == id;
}

/** Where a name is, or the free slot where it belongs. */
function slotOf(name: u32): usize {
  let at = ((name * 0x9e3779b1) >>> 7) & mask;
  while (true) {
    const slot = scratch + ((<usize>at) << 3);
    const found = load<u32>(slot);
    if (found == 0 || found == name + 1) return slot;
    at = (at + 1) & mask;
  }
}
