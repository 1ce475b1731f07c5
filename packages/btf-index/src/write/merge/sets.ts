// Membership after a merge. A declaration (or a version of a module) is in a set here, in one there, or in both; those of
// the same two sets are treated together. What is added to a set is stored as changes against the parents that the copied
// contents have here: the changes of the other index where the parent came along, and newly computed ones where the parent
// is another.

import type { BtfIndex } from '../../store/btf-index.ts';
import {
  contains,
  decodeMembershipChanges,
  encodeMembershipChanges,
  type Ranges,
  rangesOf,
} from '../../store/content-tree.ts';
import { having } from '../../store/module-versions.ts';
import type { SetMember } from '../declaration-sets.ts';
import type { PlacedContent, Places } from './contents.ts';
import type { MergedRows } from './rows.ts';
import type { OtherVersion, Versions } from './versions.ts';

/** What of a set there is to be said here: contents and versions, by their numbers here, ascending. */
interface More {
  readonly contents: readonly number[];
  readonly versions: readonly number[];
}

const NOTHING: More = { contents: [], versions: [] };

export function mergeSets(into: BtfIndex, from: BtfIndex, rows: MergedRows, places: Places, versions: Versions): void {
  const mine = setsOf(into);
  const missing = new MissingMembers(from, into, mine, places, versions);
  const groups = new Groups();
  for (const pair of rows.pairs()) {
    const more = missing.more(pair.mine, pair.theirs);
    if (pair.mine === 0 && isEmpty(more)) continue; // only in contents that do not come
    groups.add(pair.mine === 0 ? 'other.declaration' : 'declaration', pair.mine, more, pair.ids);
  }
  const setOfVersion = into.statement('SELECT declaration_set FROM module WHERE id = ?');
  for (const version of versions.all) {
    const id = versions.idOf.get(version.id);
    if (id === undefined) continue;
    const [set] = setOfVersion.get(id) as [number];
    groups.add('module', set, missing.more(set, version.set), [id]);
  }
  rows.add(writeSets(into, mine, groups, missing, versions));
}

interface StoredSet {
  readonly declarations: number;
  readonly changes: Uint8Array;
  readonly moduleChanges: Uint8Array | null;
}

function setsOf(index: BtfIndex): Map<number, StoredSet> {
  const rows = index
    .statement('SELECT id, declarations, membership_changes, module_membership_changes FROM declaration_set')
    .all() as [number, number, Uint8Array, Uint8Array | null][];
  return new Map(
    rows.map(([id, declarations, changes, moduleChanges]) => [id, { declarations, changes, moduleChanges }]),
  );
}

/** Works out what two sets come to. */
class MissingMembers {
  private readonly from: BtfIndex;
  private readonly into: BtfIndex;
  private readonly mine: ReadonlyMap<number, StoredSet>;
  private readonly theirs: ReadonlyMap<number, StoredSet>;
  private readonly versions: Versions;
  /** By number there: copied contents whose parent came along, and its own. */
  private readonly keepParent = new Map<number, number>();
  private readonly otherParent: PlacedContent[] = [];
  private readonly ofTheirs = new Map<number, { changes: readonly number[]; versions: readonly number[] }>();
  private readonly ofMine = new Map<number, readonly boolean[]>();
  private readonly known = new Map<string, More>();
  private readonly named = new Map<number, OtherVersion[]>();
  private readonly byId: ReadonlyMap<number, OtherVersion>;
  private readonly isNew: ReadonlySet<number>;

  constructor(
    from: BtfIndex,
    into: BtfIndex,
    mine: ReadonlyMap<number, StoredSet>,
    places: Places,
    versions: Versions,
  ) {
    this.from = from;
    this.into = into;
    this.mine = mine;
    this.theirs = setsOf(from);
    this.versions = versions;
    const { parent } = from.catalog().tree;
    for (const content of places.added) {
      const own = parent[content.from]!;
      if (own !== 0 && content.copied === own) this.keepParent.set(content.from, content.id);
      else if (own === 0 && content.here === undefined) this.keepParent.set(content.from, content.id);
      else this.otherParent.push(content);
    }
    for (const version of versions.all) {
      const list = this.named.get(version.name);
      if (list) list.push(version);
      else this.named.set(version.name, [version]);
    }
    this.byId = new Map(versions.all.map((version) => [version.id, version]));
    this.isNew = new Set(versions.added.map(({ from: version }) => version.id));
  }

  /** `mine` 0: in no set here; `theirs` 0: in none there. */
  more(mine: number, theirs: number): More {
    const key = `${mine} ${theirs}`;
    let more = this.known.get(key);
    if (more === undefined) this.known.set(key, (more = this.workOut(mine, theirs)));
    return more;
  }

  private workOut(mine: number, theirs: number): More {
    const own = this.their(theirs);
    const contents = [...own.changes];
    if (this.otherParent.length > 0) {
      const { tree } = this.from.catalog();
      const set = theirs === 0 ? undefined : this.theirs.get(theirs);
      const ranges: Ranges = set === undefined ? [] : rangesOf(tree, decodeMembershipChanges(set.changes));
      const atParent = this.my(mine);
      this.otherParent.forEach(({ from, id, copied }, i) => {
        const here = contains(ranges, tree.position[from]!);
        const above = copied === undefined ? (atParent[i] as boolean) : contains(ranges, tree.position[copied]!);
        if (here !== above) contents.push(id);
      });
    }
    if (contents.length === 0 && own.versions.length === 0) return NOTHING;
    return { contents: contents.sort((a, b) => a - b), versions: own.versions };
  }

  /** Of a set there, the changes at contents that kept their parent, and those at versions that were copied. */
  private their(set: number): { changes: readonly number[]; versions: readonly number[] } {
    let known = this.ofTheirs.get(set);
    if (known !== undefined) return known;
    const stored = this.theirs.get(set);
    const changes = stored === undefined ? [] : decodeMembershipChanges(stored.changes);
    known = {
      changes: changes.map((content) => this.keepParent.get(content)).filter((id) => id !== undefined),
      versions: stored?.moduleChanges ? this.newVersions(decodeMembershipChanges(stored.moduleChanges)) : [],
    };
    this.ofTheirs.set(set, known);
    return known;
  }

  private newVersions(changes: readonly number[]): number[] {
    const toggled = new Set(changes);
    const names = new Set(changes.map((id) => (this.byId.get(id) as OtherVersion).name));
    const found: number[] = [];
    for (const name of names) {
      const versions = this.named.get(name) as OtherVersion[];
      const has = having(versions, toggled);
      for (const { id } of versions) {
        if (!this.isNew.has(id)) continue;
        const parent = this.versions.parentOf.get(id);
        if (has.has(id) !== (parent !== undefined && has.has(parent))) found.push(this.versions.idOf.get(id)!);
      }
    }
    return found.sort((a, b) => a - b);
  }

  /** Of a set here, whether it has the contents here that copied ones got as their parents. */
  private my(set: number): readonly boolean[] {
    let known = this.ofMine.get(set);
    if (known !== undefined) return known;
    const { tree } = this.into.catalog();
    const stored = this.mine.get(set);
    const ranges: Ranges = stored === undefined ? [] : rangesOf(tree, decodeMembershipChanges(stored.changes));
    known = this.otherParent.map(({ here }) => here !== undefined && contains(ranges, tree.position[here]!));
    this.ofMine.set(set, known);
    return known;
  }
}

/** Rows that share a set, and those of the other index that are to be copied into it. */
type Table = SetMember | 'other.declaration';

interface Group {
  readonly more: More;
  readonly members: ReadonlyMap<Table, number[]>;
  count: number;
}

/** Rows by the set that they are in here and what is added to it. */
class Groups {
  readonly bySet = new Map<number, Map<string, Group>>();

  add(table: Table, set: number, more: More, ids: readonly number[]): void {
    let groups = this.bySet.get(set);
    if (groups === undefined) this.bySet.set(set, (groups = new Map()));
    const key = keyOf(more);
    let group = groups.get(key);
    if (group === undefined) {
      const members = new Map<Table, number[]>([
        ['declaration', []],
        ['module', []],
        ['other.declaration', []],
      ]);
      groups.set(key, (group = { more, members, count: 0 }));
    }
    const list = group.members.get(table) as number[];
    for (const id of ids) list.push(id);
    group.count += ids.length;
  }
}

function keyOf({ contents, versions }: More): string {
  return `${contents.join(' ')}/${versions.join(' ')}`;
}

function isEmpty({ contents, versions }: More): boolean {
  return contents.length === 0 && versions.length === 0;
}

/**
 * Each set here stays with those of its members that the other index does not have, or with the most of them. Returns the sets
 * of declarations that are still to be copied, by their rows there.
 */
function writeSets(
  into: BtfIndex,
  mine: ReadonlyMap<number, StoredSet>,
  groups: Groups,
  missing: MissingMembers,
  versions: Versions,
): Map<number, number> {
  const coming = new Map<number, number>();
  const namesOf = new Map<number, number>();
  const nameOf = into.statement('SELECT name FROM module WHERE id = ?');
  for (const { id } of versions.added) namesOf.set(id, (nameOf.get(id) as [number])[0]);
  const change = into.statement(
    'UPDATE declaration_set SET declarations = ?, membership_changes = ?, module_membership_changes = ? WHERE id = ?',
  );
  const insert = into.statement(
    'INSERT INTO declaration_set (declarations, membership_changes, module_membership_changes) VALUES (?, ?, ?)',
  );
  const move = (table: SetMember, ids: readonly number[], set: number) => {
    if (ids.length === 0) return;
    into
      .statement(`UPDATE ${table} SET declaration_set = ? WHERE id IN (SELECT value FROM json_each(?))`)
      .run(set, JSON.stringify(ids));
  };
  const copyNames = into.statement(
    'INSERT INTO module_set (module, declaration_set) SELECT module, ? FROM module_set WHERE declaration_set = ?',
  );
  const enter = into.statement('INSERT OR IGNORE INTO module_set (module, declaration_set) VALUES (?, ?)');
  const enterNames = (set: number, more: More) => {
    for (const name of new Set(more.versions.map((version) => namesOf.get(version)!))) enter.run(name, set);
  };
  for (const set of new Set([...mine.keys(), ...groups.bySet.keys()])) {
    const stored = mine.get(set);
    const own = [...(groups.bySet.get(set)?.values() ?? [])];
    const left = (stored?.declarations ?? 0) - own.reduce((sum, { count }) => sum + count, 0);
    const alone = left > 0 ? missing.more(set, 0) : undefined;
    const most = own.reduce((best, group) => (group.count > best.count ? group : best), own[0] as Group);
    const staying = stored === undefined ? undefined : alone === undefined ? most?.more : alone;
    for (const group of own) {
      if (staying !== undefined && keyOf(group.more) === keyOf(staying)) continue;
      const { lastInsertRowid } = insert.run(
        group.count,
        append(stored?.changes, group.more.contents),
        appendOrNull(stored?.moduleChanges ?? null, group.more.versions),
      );
      const row = Number(lastInsertRowid);
      for (const table of ['declaration', 'module'] as const) move(table, group.members.get(table) as number[], row);
      for (const id of group.members.get('other.declaration') as number[]) coming.set(id, row);
      if (stored?.moduleChanges) copyNames.run(row, set);
      enterNames(row, group.more);
    }
    if (stored === undefined || staying === undefined) continue;
    const stay = own.find(({ more }) => keyOf(more) === keyOf(staying))?.count ?? 0;
    if (isEmpty(staying) && left + stay === stored.declarations) continue;
    change.run(
      left + stay,
      append(stored.changes, staying.contents),
      appendOrNull(stored.moduleChanges, staying.versions),
      set,
    );
    enterNames(set, staying);
  }
  return coming;
}

/** Toggles with more, all of which are newer. */
function append(changes: Uint8Array | undefined, more: readonly number[]): Uint8Array {
  return encodeMembershipChanges([...(changes === undefined ? [] : decodeMembershipChanges(changes)), ...more]);
}

function appendOrNull(changes: Uint8Array | null, more: readonly number[]): Uint8Array | null {
  return more.length === 0 ? changes : append(changes ?? undefined, more);
}
