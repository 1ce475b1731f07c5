// Versions of modules of another index: those that are here are found by name and hash, others are copied with their bytes.

import type { BtfIndex } from '../../store/btf-index.ts';
import { contains, decodeToggles, rangesOf } from '../../store/content-tree.ts';
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
  /** The version that a copied one is told from here, by the number there. */
  readonly parentOf: ReadonlyMap<number, number | undefined>;
}

export function addVersions(into: BtfIndex, from: BtfIndex, rows: MergedRows, places: Places): Versions {
  const idOf = new Map<number, number>();
  const parentOf = new Map<number, number | undefined>();
  const added: Versions['added'][number][] = [];
  const read = from
    .statement('SELECT id, name, parent, declaration_set, content, distilled_base, bytes, hash FROM module ORDER BY id')
    .all() as [number, number, number | null, number, number, number | null, number, Uint8Array][];
  const all = read.map(([id, name, parent, set]): OtherVersion => ({ id, name, parent, set }));
  if (all.length === 0) return { all, added, idOf, parentOf };
  const wanted = wantedSets(from, places);
  const byId = new Map(all.map((version) => [version.id, version]));
  const find = into.statement('SELECT id FROM module WHERE name = ? AND hash = ?');
  const insert = into.statement(
    `INSERT INTO module (name, parent, content, distilled_base, bytes, declaration_set, hash) VALUES (?, ?, ?, ?, ?, 0, ?)`,
  );
  const bytes = new ModuleBytes(into, from);
  for (const [id, name, parent, set, content, distilled, size, hash] of read) {
    if (!wanted.has(set)) continue;
    const known = find.get(rows.name(name), hash) as [number] | undefined;
    if (known !== undefined) {
      idOf.set(id, known[0]);
      continue;
    }
    let above = parent;
    while (above !== null && !idOf.has(above)) above = byId.get(above)?.parent ?? null;
    const base = distilled === null ? null : bytes.row(distilled);
    const { lastInsertRowid } = insert.run(
      rows.name(name),
      above === null ? null : (idOf.get(above) as number),
      bytes.row(content),
      base,
      size,
      hash,
    );
    parentOf.set(id, above ?? undefined);
    added.push({ from: byId.get(id) as OtherVersion, id: Number(lastInsertRowid) });
    idOf.set(id, Number(lastInsertRowid));
  }
  return { all, added, idOf, parentOf };
}

/** Sets of the other index that a copied content is in. */
function wantedSets(from: BtfIndex, { added }: Places): Set<number> {
  const { tree } = from.catalog();
  const positions = added.map((content) => tree.position[content.from] as number);
  const sets = from
    .statement('SELECT id, toggles FROM declaration_set WHERE id IN (SELECT DISTINCT declaration_set FROM module)')
    .all() as [number, Uint8Array][];
  const wanted = new Set<number>();
  for (const [id, toggles] of sets) {
    const ranges = rangesOf(tree, decodeToggles(toggles));
    if (positions.some((position) => contains(ranges, position))) wanted.add(id);
  }
  return wanted;
}

/** Stored bytes of modules, copied as they are: what they are told from is here, or comes too. */
class ModuleBytes {
  private readonly into: BtfIndex;
  private readonly from: BtfIndex;
  private readonly rows = new Map<number, number>();

  constructor(into: BtfIndex, from: BtfIndex) {
    this.into = into;
    this.from = from;
  }

  row(id: number): number {
    const known = this.rows.get(id);
    if (known !== undefined) return known;
    const [hash, base, encoded, data] = this.from
      .statement('SELECT hash, base, encoded, data FROM module_content WHERE id = ?')
      .get(id) as [Uint8Array, number | null, number, Uint8Array];
    const here = this.into.statement('SELECT id FROM module_content WHERE hash = ?').get(hash) as [number] | undefined;
    let row = here?.[0];
    if (row === undefined) {
      const below = base === null ? null : this.row(base);
      const steps = this.into.statement('SELECT steps FROM module_content WHERE id = ?');
      row = Number(
        this.into
          .statement('INSERT INTO module_content (hash, base, steps, encoded, data) VALUES (?, ?, ?, ?, ?)')
          .run(hash, below, below === null ? 1 : (steps.get(below) as [number])[0] + 1, encoded, data).lastInsertRowid,
      );
    }
    this.rows.set(id, row);
    return row;
  }
}
