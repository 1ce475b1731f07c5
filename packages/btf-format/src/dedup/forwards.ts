// Phase 4: forward declarations that met no definition while graphs were compared, where only one struct or union has
// their name. libbpf btf.c: btf_dedup_resolve_fwds.

import { BtfKind } from '../kinds.ts';
import { type DedupState, kindOf, wordAt } from './state.ts';
import { infoKindFlag } from '../info.ts';

/** What a name stands for: nothing yet, more than one type, or the id of one. */
const NOTHING = -1;
const AMBIGUOUS = 0;

/** Maps each canonical FWD to the one canonical struct or union of its name, where kinds agree. */
export function resolveForwards(state: DedupState): void {
  const { words, map } = state;
  const byName = new Map<number, number>();
  for (let id = state.startId; id < state.typeCount; id++) {
    if (kindOf(state, id) === BtfKind.Fwd && map[id] === id) byName.set(words[wordAt(state, id)]!, NOTHING);
  }
  if (byName.size === 0) return;
  for (let id = 1; id < state.typeCount; id++) {
    const kind = kindOf(state, id);
    if ((kind !== BtfKind.Struct && kind !== BtfKind.Union) || map[id] !== id) continue;
    const name = words[wordAt(state, id)]!;
    const known = byName.get(name);
    if (known !== undefined) byName.set(name, known === NOTHING ? id : AMBIGUOUS);
  }
  for (let id = state.startId; id < state.typeCount; id++) {
    if (kindOf(state, id) !== BtfKind.Fwd || map[id] !== id) continue;
    const at = wordAt(state, id);
    const found = byName.get(words[at]!)!;
    if (found === AMBIGUOUS || found === NOTHING) continue;
    const declared = infoKindFlag(words[at + 1]!) ? BtfKind.Union : BtfKind.Struct;
    if (kindOf(state, found) === declared) map[id] = found;
  }
}
