// Versions of modules of another index: those that are here are found by name and hash, others are copied. And
// the stored bytes of contents' modules.

import type { BtfIndex } from '../../store/btf-index.ts';
import { contains, decodeMembershipChanges, rangesOf } from '../../store/content-tree.ts';
import { moduleChain, PARTS } from '../../store/module-store.ts';
import { copyModuleSet } from '../store-module-set.ts';
import type { Places } from './contents.ts';
import type { MergedRows } from './rows.ts';

/** A version of a module there. */
export interface OtherVersion {
  readonly id: number;
  readonly name: number;
  readonly parent: number | null;
  readonly set: number;
}

/** Where versions of the other index are. */
export interface Versions {
  /** All of the other index, oldest first. */
  readonly all: readonly OtherVersion[];
  /** Those that were copied, ascending here. */
  readonly added: readonly { readonly from: OtherVersion; readonly id: number }[];
  /** By number there, the number here: new ones and those that were here. */
  readonly idOf: ReadonlyMap<number, number>;
  /** The version here that a copied one is stored as a difference from, by its number there. */
  readonly parentOf: ReadonlyMap<number, number | undefined>;
}

export function addVersions(into: BtfIndex, from: BtfIndex, rows: MergedRows, places: Places): Versions {
  const idOf = new Map<number, number>();
  const parentOf = new Map<number, number | undefined>();
  const added: Versions['added'][number][] = [];
  const read = from
    .statement('SELECT id, name, parent, declaration_set, distilled, bytes, hash FROM module ORDER BY id')
    .all() as [number, number, number | null, number, number, number, Uint8Array][];
  const all = read.map(([id, name, parent, set]): OtherVersion => ({ id, name, parent, set }));
  if (all.length === 0) return { all, added, idOf, parentOf };
  const wanted = wantedSets(from, places);
  const byId = new Map(all.map((version) => [version.id, version]));
  const find = into.statement('SELECT id FROM module WHERE name = ? AND hash = ?');
  const insert = into.statement(
    'INSERT INTO module (name, parent, distilled, bytes, declaration_set, hash) VALUES (?, ?, ?, ?, 0, ?)',
  );
  for (const [id, name, parent, set, distilled, bytes, hash] of read) {
    if (!wanted.has(set)) continue;
    const known = find.get(rows.name(name), hash) as [number] | undefined;
    if (known !== undefined) {
      idOf.set(id, known[0]);
      continue;
    }
    let above = parent;
    while (above !== null && !idOf.has(above)) above = byId.get(above)?.parent ?? null;
    const parentHere = above === null ? null : idOf.get(above)!;
    const { lastInsertRowid } = insert.run(rows.name(name), parentHere, distilled, bytes, hash);
    parentOf.set(id, above ?? undefined);
    added.push({ from: byId.get(id) as OtherVersion, id: Number(lastInsertRowid) });
    idOf.set(id, Number(lastInsertRowid));
  }
  return { all, added, idOf, parentOf };
}

/** Sets of the other index that a copied content with modules is in. */
function wantedSets(from: BtfIndex, { added }: Places): Set<number> {
  const { tree, withModules } = from.catalog();
  const positions = added
    .map((content) => tree.position[content.from]!)
    .filter((position) => contains(withModules, position));
  const sets = from
    .statement(
      'SELECT id, membership_changes FROM declaration_set WHERE id IN (SELECT DISTINCT declaration_set FROM module)',
    )
    .all() as [number, Uint8Array][];
  const wanted = new Set<number>();
  for (const [id, changes] of sets) {
    const ranges = rangesOf(tree, decodeMembershipChanges(changes));
    if (positions.some((position) => contains(ranges, position))) wanted.add(id);
  }
  return wanted;
}

/**
 * The modules of copied contents: as they are stored, where their base was copied likewise; else as those of a
 * new content.
 */
export function addModuleSets(into: BtfIndex, from: BtfIndex, places: Places): void {
  const asItIs = new Set<number>();
  const parentOf = into.statement('SELECT parent FROM content WHERE id = ?');
  for (const { from: content, id } of places.added) {
    const chain = moduleChain(from, content);
    if (chain === undefined) continue;
    if (chain.base !== null && !asItIs.has(chain.base)) {
      const [parent] = parentOf.get(id) as [number | null];
      copyModuleSet(from, content, into, id, parent ?? undefined);
      continue;
    }
    asItIs.add(content);
    const base = chain.base === null ? null : places.idOf.get(chain.base)!;
    into
      .statement('INSERT INTO module_chain (content, base, steps, place, digest) VALUES (?, ?, ?, ?, ?)')
      .run(id, base, chain.steps, chain.place, chain.digest);
    const rows = from
      .statement('SELECT id, data FROM module_data WHERE id >= ? AND id < ?')
      .all(content * PARTS, (content + 1) * PARTS) as [number, Uint8Array][];
    const insert = into.statement('INSERT INTO module_data (id, data) VALUES (?, ?)');
    for (const [row, data] of rows) insert.run(row - content * PARTS + id * PARTS, data);
  }
}
