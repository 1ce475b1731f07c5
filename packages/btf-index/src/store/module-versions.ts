// Versions of modules: which contents have them, and which declarations they have. A version's declarations are stored as a difference from
// its parent's, so a version has what an odd number of its ancestors and itself toggle.

import { decodeMembershipChanges, intersect, type Ranges, rangesOf, unite } from './content-tree.ts';
import type { BtfIndex } from './btf-index.ts';

/** A version of a module. */
export interface ModuleVersion {
  readonly id: number;
  readonly name: number;
  readonly parent: number | null;
  readonly set: number;
}

/** Where a declaration is in modules: a module's name, and the positions of contents whose module of that name has it. */
export interface ModulePlace {
  readonly module: number;
  readonly ranges: Ranges;
}

const VERSIONS = Symbol('versions of modules');

/** What was read of modules of the file's present state: by name, and where their sets are. */
export function moduleVersions(index: BtfIndex): ModuleVersions {
  return index.cached(VERSIONS, () => new ModuleVersions(index));
}

export class ModuleVersions {
  private readonly index: BtfIndex;
  private readonly byName = new Map<number, readonly ModuleVersion[]>();
  private readonly nameOf = new Map<number, number>();
  private readonly sets = new Map<number, Ranges>();

  constructor(index: BtfIndex) {
    this.index = index;
  }

  /** The versions of a module, oldest first: parents come before those that are stored as a difference from them. */
  named(name: number): readonly ModuleVersion[] {
    let found = this.byName.get(name);
    if (found === undefined) {
      const rows = this.index
        .statement('SELECT id, name, parent, declaration_set FROM module WHERE name = ? ORDER BY id')
        .all(name) as RawVersion[];
      found = rows.map(versionOf);
      this.byName.set(name, found);
      for (const { id } of found) this.nameOf.set(id, name);
    }
    return found;
  }

  /** Reads the versions of all modules that have one of these. */
  load(ids: readonly number[]): void {
    const wanted = ids.filter((id) => !this.nameOf.has(id));
    if (wanted.length === 0) return;
    const rows = this.index
      .statement(
        `SELECT m.id, m.name, m.parent, m.declaration_set FROM
           (SELECT DISTINCT o.name FROM json_each(?) j CROSS JOIN module o ON o.id = j.value) n
           CROSS JOIN module m ON m.name = n.name ORDER BY m.id`,
      )
      .all(JSON.stringify(wanted)) as RawVersion[];
    const found = new Map<number, ModuleVersion[]>();
    for (const row of rows) {
      const version = versionOf(row);
      this.nameOf.set(version.id, version.name);
      const list = found.get(version.name);
      if (list) list.push(version);
      else found.set(version.name, [version]);
    }
    for (const [name, versions] of found) this.byName.set(name, versions);
    this.loadSets(rows.map((row) => row[3]));
  }

  private loadSets(ids: Iterable<number>): void {
    const wanted = [...new Set(ids)].filter((id) => !this.sets.has(id));
    const { tree, withModules } = this.index.catalog();
    const rows = this.index
      .statement('SELECT s.id, s.membership_changes FROM json_each(?) j CROSS JOIN declaration_set s ON s.id = j.value')
      .all(JSON.stringify(wanted)) as [number, Uint8Array][];
    for (const [id, changes] of rows)
      this.sets.set(id, known(rangesOf(tree, decodeMembershipChanges(changes)), withModules));
  }

  /** The contents that have a version. */
  ranges({ set }: ModuleVersion): Ranges {
    if (!this.sets.has(set)) this.loadSets([set]);
    return this.sets.get(set) ?? [];
  }

  /** Where declarations with these `module_membership_changes` are, by the modules' names. */
  places(moduleChanges: Uint8Array): ModulePlace[] {
    const changes = decodeMembershipChanges(moduleChanges);
    this.load(changes);
    const toggled = new Set(changes);
    const names = new Set(changes.map((id) => this.nameOf.get(id)!));
    const places: ModulePlace[] = [];
    for (const name of names) {
      const versions = this.named(name);
      const has = having(versions, toggled);
      const ranges = unite(versions.filter(({ id }) => has.has(id)).map((version) => this.ranges(version)));
      if (ranges.length > 0) places.push({ module: name, ranges });
    }
    return places.sort((a, b) => a.module - b.module);
  }
}

/** Those of a module's versions, oldest first, that have what these changes are of. */
export function having(versions: readonly ModuleVersion[], changes: ReadonlySet<number>): Set<number> {
  const has = new Set<number>();
  for (const { id, parent } of versions) {
    if ((parent !== null && has.has(parent)) !== changes.has(id)) has.add(id);
  }
  return has;
}

type RawVersion = [id: number, name: number, parent: number | null, set: number];

function versionOf(row: RawVersion): ModuleVersion {
  return { id: row[0], name: row[1], parent: row[2], set: row[3] };
}

/** Positions where something is known: most often everywhere or nowhere else. */
function known(ranges: Ranges, where: Ranges): Ranges {
  if (where.length === 2 && ranges.length > 0 && where[0]! <= ranges[0]!) {
    if (where[1]! >= ranges.at(-1)!) return ranges;
  }
  return intersect(ranges, where);
}
