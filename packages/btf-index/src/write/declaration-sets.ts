// Sets of declarations that are in exactly the same kernels. A new kernel differs from its parent in few declarations:
// only the sets of those are touched, and where it takes but a part of a set, the set is split.

import { encodeToggles } from '../store/content-tree.ts';
import type { BtfIndex } from '../store/open.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

/**
 * Enters content `id`, the newest: `toggled` declarations are in it and not in its parent, or the reverse; `fresh` ones
 * were in no kernel before.
 */
export function changeMembership(
  index: BtfIndex,
  id: number,
  toggled: readonly number[],
  fresh: readonly number[],
): void {
  const setOf = index.statement('SELECT declaration_set FROM declaration WHERE id = ?');
  const bySet = new Map<number, number[]>();
  for (const declaration of toggled) {
    const [set] = setOf.get(declaration) as [number];
    const members = bySet.get(set);
    if (members) members.push(declaration);
    else bySet.set(set, [declaration]);
  }
  const read = index.statement('SELECT declarations, toggles FROM declaration_set WHERE id = ?');
  for (const [set, members] of bySet) {
    const [count, toggles] = read.get(set) as [number, Uint8Array];
    const changed = append(toggles, id);
    if (count === members.length) {
      index.statement('UPDATE declaration_set SET toggles = ? WHERE id = ?').run(changed, set);
      continue;
    }
    index.statement('UPDATE declaration_set SET declarations = declarations - ? WHERE id = ?').run(members.length, set);
    addSet(index, members, changed);
  }
  if (fresh.length > 0) addSet(index, fresh, encodeToggles([id]));
}

function addSet(index: BtfIndex, declarations: readonly number[], toggles: Uint8Array): void {
  const set = index
    .statement('INSERT INTO declaration_set (declarations, toggles) VALUES (?, ?)')
    .run(declarations.length, toggles).lastInsertRowid;
  const move = index.statement('UPDATE declaration SET declaration_set = ? WHERE id = ?');
  for (const declaration of declarations) move.run(set, declaration);
}

/** Toggles with one more content, larger than all that are there. */
function append(toggles: Uint8Array, id: number): Uint8Array {
  const input = new VarintReader(toggles);
  let last = 0;
  while (!input.done) last += input.next();
  const out = new VarintWriter(toggles.length + 8);
  out.addBytes(toggles);
  out.add(id - last);
  return out.finish();
}
