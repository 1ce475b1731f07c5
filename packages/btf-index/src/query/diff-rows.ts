// The declarations that one of two kernels has and the other not, in groups by kind and name. Tens of thousands, most of which
// only their names are said of: they are numbers in columns, and bodies are read for those groups that both kernels have.

import { KIND_CODE } from './declarations.ts';
import { parseTypeName } from './composites.ts';
import { BOTH, OLD, type SetsOfTwo, type TwoSides, YOUNG } from './diff-sets.ts';
import { ANONYMOUS_ENUM } from '../encoding/declaration-body.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { blobAt, blobsOf, numbersOf } from '../store/columns.ts';
import { isPublished, membersOfSets } from '../store/published-parts.ts';
import { type DeclarationRow, type RawRow, rowOf, type Rows } from '../store/row-cache.ts';

/** The declarations of a kind and name that not both kernels have. */
export interface Group {
  /** `declaration.kind`: enums without a name have one of their own. */
  readonly code: number;
  readonly name: number;
  /** Ids of rows. */
  readonly old: readonly number[];
  readonly young: readonly number[];
}

export function isOneSided({ old, young }: Group): boolean {
  return old.length === 0 || young.length === 0;
}

/** What is apart between two kernels. */
export interface Apart {
  readonly groups: readonly Group[];
  /** By declaration its set: where modules are compared. */
  readonly setOf: ReadonlyMap<number, number>;
  /** By group that only one kernel has: how many declarations of that name both have; none for those not in it. */
  readonly kept: ReadonlyMap<Group, number>;
  /** A declaration of a group. */
  readonly row: (id: number) => DeclarationRow;
}

/** All that is apart, of these kinds. */
export function apartOf(
  index: BtfIndex,
  rows: Rows,
  two: TwoSides,
  { apart }: SetsOfTwo,
  isMeant: (code: number) => boolean,
): Apart {
  const published = isPublished(index) ? membersOfSets(index, new Set(apart)) : undefined;
  if (published !== undefined) {
    const named = [...new Map(published.map((member) => [member.join(' '), member])).values()];
    named.sort((a, b) => a[1] - b[1] || a[0] - b[0]); // as they lie in the file
    return apartOfRows(
      rows,
      two,
      named.filter(([code]) => isMeant(code)),
    );
  }
  const [list] = index
    .statement(
      `SELECT json_group_array(d.id) FROM json_each(?) j CROSS JOIN declaration d ON d.declaration_set = j.value`,
    )
    .get(JSON.stringify(apart)) as [string];
  const ids = Float64Array.from(numbersOf(list)).sort(); // as they lie in the file
  const columns = index
    .statement(
      `SELECT json_group_array(d.name), json_group_array(d.kind), json_group_array(d.declaration_set)
         FROM json_each(?) j CROSS JOIN declaration d ON d.id = j.value`,
    )
    .get(JSON.stringify([...ids])) as string[];
  const [names, kinds, sets] = columns.map(numbersOf) as [readonly number[], readonly number[], readonly number[]];
  const groups = new Groups();
  const setOf = new Map<number, number>();
  for (let i = 0; i < ids.length; i++) {
    const code = kinds[i]!;
    if (!isMeant(code)) continue;
    const id = ids[i]!;
    if (two.modulesCompared) setOf.set(id, sets[i]!);
    groups.add(code, names[i]!, id, two.of(sets[i]!));
  }
  const all = groups.all();
  const kept = keptOf(index, two, all.filter(isOneSided));
  const twoSided = rowsOfGroups(
    index,
    all.filter((group) => !isOneSided(group)),
  );
  return { groups: all, setOf, kept, row: (id) => twoSided.get(id) ?? readRow(index, id) };
}

/** What is apart of the declarations of a name: `struct page`, or `page` for all kinds. */
export function apartOfName(rows: Rows, two: TwoSides, text: string, isMeant: (code: number) => boolean): Apart {
  const asked = parseTypeName(text);
  const id = rows.name(asked.name);
  if (id === undefined || id === 0) return apartOfRows(rows, two, []);
  const codes = [...Object.entries(KIND_CODE), [undefined, ANONYMOUS_ENUM] as const]
    .filter(([word, code]) => (asked.kind === undefined || word === asked.kind) && isMeant(code))
    .map(([, code]) => [code, id] as const);
  return apartOfRows(rows, two, codes);
}

/** What is apart of these kinds and names, from rows that are kept for other questions too. */
function apartOfRows(rows: Rows, two: TwoSides, named: readonly (readonly [code: number, name: number])[]): Apart {
  rows.loadDeclared(named);
  const groups = new Groups();
  const setOf = new Map<number, number>();
  const byId = new Map<number, DeclarationRow>();
  const inBoth = new Map<string, number>();
  for (const [code, name] of named) {
    for (const row of rows.declared(code, name)) {
      const sides = two.of(row.set);
      if (sides === BOTH) inBoth.set(`${code} ${name}`, (inBoth.get(`${code} ${name}`) ?? 0) + 1);
      if (sides !== OLD && sides !== YOUNG) continue;
      setOf.set(row.id, row.set);
      byId.set(row.id, row);
      groups.add(code, name, row.id, sides);
    }
  }
  const all = groups.all();
  const kept = new Map(all.filter(isOneSided).map((one) => [one, inBoth.get(`${one.code} ${one.name}`) ?? 0]));
  return { groups: all, setOf, kept, row: (id) => byId.get(id)! };
}

/** Tens of thousands of groups have no row on one side: all of them have this list. */
const NO_ROWS: number[] = [];

interface GrowingGroup extends Group {
  old: number[];
  young: number[];
}

/** Groups by kind and name, in the order in which they came. */
class Groups {
  private readonly byKind = new Map<number, Map<number, GrowingGroup>>();

  add(code: number, name: number, id: number, side: number): void {
    let byName = this.byKind.get(code);
    if (byName === undefined) this.byKind.set(code, (byName = new Map()));
    let group = byName.get(name);
    if (group === undefined) byName.set(name, (group = { code, name, old: NO_ROWS, young: NO_ROWS }));
    const list = side === OLD ? 'old' : 'young';
    if (group[list] === NO_ROWS) group[list] = [id];
    else group[list].push(id);
  }

  all(): Group[] {
    return [...this.byKind.values()].flatMap((byName) => [...byName.values()]);
  }
}

/** A kind and name as one number: kinds that are compared are below 256. */
function keyOf({ code, name }: Group): number {
  return name * 256 + code;
}

/**
 * Of groups that only one kernel has, those of whose name both have declarations besides. Most names have no other
 * declaration than those of the group, which an index tells without reading any.
 */
function keptOf(index: BtfIndex, two: TwoSides, groups: readonly Group[]): Map<Group, number> {
  const kept = new Map<Group, number>();
  const [list] = index
    .statement(
      `SELECT json_group_array((SELECT count(*) FROM declaration d WHERE d.name = j.value / 256 AND d.kind = j.value % 256))
         FROM json_each(?) j`,
    )
    .get(JSON.stringify(groups.map(keyOf))) as [string];
  const counts = numbersOf(list);
  const more = groups.filter(({ old, young }, i) => counts[i]! > old.length + young.length);
  if (more.length === 0) return kept;
  const columns = index
    .statement(
      `SELECT json_group_array(j.key), json_group_array(d.declaration_set) FROM json_each(?) j
         CROSS JOIN declaration d ON d.name = j.value / 256 AND d.kind = j.value % 256`,
    )
    .get(JSON.stringify(more.map(keyOf))) as string[];
  const [which, sets] = columns.map(numbersOf) as [readonly number[], readonly number[]];
  for (let i = 0; i < which.length; i++) {
    if (two.of(sets[i]!) !== BOTH) continue;
    const group = more[which[i]!] as Group;
    kept.set(group, (kept.get(group) ?? 0) + 1);
  }
  return kept;
}

/** One row: of a group that only one kernel has, where both have a declaration of its name that says something else in each. */
function readRow(index: BtfIndex, id: number): DeclarationRow {
  const row = index
    .statement('SELECT id, name, kind, discriminator, declaration_set, body FROM declaration WHERE id = ?')
    .get(id);
  return rowOf(row as RawRow);
}

/** The rows of groups, their bodies in one piece. */
function rowsOfGroups(index: BtfIndex, groups: readonly Group[]): Map<number, DeclarationRow> {
  const groupOf = new Map<number, Group>();
  for (const group of groups) {
    for (const id of group.old) groupOf.set(id, group);
    for (const id of group.young) groupOf.set(id, group);
  }
  const ids = [...groupOf.keys()].sort((a, b) => a - b);
  const [hex, lengths, discriminators, setList] = index
    .statement(
      `SELECT group_concat(hex(d.body), ''), json_group_array(length(d.body)), json_group_array(d.discriminator),
                json_group_array(d.declaration_set)
           FROM json_each(?) j CROSS JOIN declaration d ON d.id = j.value`,
    )
    .get(JSON.stringify(ids)) as unknown[];
  const bodies = blobsOf(hex, lengths);
  const ways = numbersOf(discriminators);
  const sets = numbersOf(setList);
  const rows = new Map<number, DeclarationRow>();
  for (const [i, id] of ids.entries()) {
    const { code: kind, name } = groupOf.get(id)!;
    const body = blobAt(bodies, i);
    rows.set(id, { id, name, kind, discriminator: ways[i]!, set: sets[i]!, body });
  }
  return rows;
}
