// Phase 4: forward declarations that met no definition while graphs were compared, where only one struct or union has
// their name. libbpf btf.c: btf_dedup_resolve_fwds.

import { BtfKind } from '../kinds.ts';
import { type DedupState, kindOf, wordAt } from './state.ts';
import { infoKindFlag } from '../info.ts';

const AMBIGUOUS = 0;

/** Maps each canonical FWD to the one canonical struct or union of its name, where kinds agree. */
export function resolveForwards(state: DedupState): void {
  const { words, map } = state;
  const byName = new Map<number, number>();
  for (let id = 1; id < state.typeCount; id++) {
    const kind = kindOf(state, id);
    if ((kind !== BtfKind.Struct && kind !== BtfKind.Union) || map[id] !== id) continue;
    const name = words[wordAt(state, id)]!;
    byName.set(name, byName.has(name) ? AMBIGUOUS : id);
  }
  for (let id = state.startId; id < state.typeCount; id++) {
    if (kindOf(state, id) !== BtfKind.Fwd || map[id] !== id) continue;
    const at = wordAt(state, id);
    const found = byName.get(words[at]!) ?? AMBIGUOUS;
    if (found === AMBIGUOUS) continue;
    const declared = infoKindFlag(words[at + 1]!) ? BtfKind.Union : BtfKind.Struct;
    if (kindOf(state, found) === declared) map[id] = found;
  }
}
