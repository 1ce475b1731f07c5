// Sets of declarations that are in exactly the same kernels and modules; modules have such sets too. A new kernel differs
// from its parent in few declarations: only the sets of those are touched, and where it takes but a part of a set, the
// set is split.

import { IndexError } from '../errors.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

/** What shares sets: rows of the table of this name. */
export type SetMember = 'declaration' | 'module';

/**
 * Enters content `id`, the newest: `toggled` rows are in it and not in its parent, or the reverse; `fresh` ones were in
 * no kernel before.
 */
export function changeMembership(
  index: BtfIndex,
  table: SetMember,
  id: number,
  toggled: readonly number[],
  fresh: readonly number[],
): void {
  for (const [set, members] of bySet(index, table, toggled)) moveToSet(index, table, set, members, [id], undefined);
  if (fresh.length > 0) moveToSet(index, table, 0, fresh, [id], undefined);
}

/** A set for `count` declarations to come that are in this content, the newest, and in no other. */
export function newSet(index: BtfIndex, count: number, content: number): number {
  return Number(
    index
      .statement(
        'INSERT INTO declaration_set (declarations, membership_changes, module_membership_changes) VALUES (?, ?, NULL)',
      )
      .run(count, append(new Uint8Array(), [content])).lastInsertRowid,
  );
}

/**
 * Enters new versions of modules: for each declaration, those (ascending, newer than all others) in which it is and not
 * in their parent, or the reverse. `nameOf` gives the row of a version's name.
 */
export function changeModuleMembership(
  index: BtfIndex,
  toggled: ReadonlyMap<number, readonly number[]>,
  nameOf: (version: number) => number,
): void {
  const groups = new Map<string, { set: number; versions: readonly number[]; members: number[] }>();
  for (const [set, members] of bySet(index, 'declaration', [...toggled.keys()])) {
    for (const declaration of members) {
      const versions = toggled.get(declaration) as readonly number[];
      const key = `${set} ${versions.join(' ')}`;
      const group = groups.get(key);
      if (group !== undefined) group.members.push(declaration);
      else groups.set(key, { set, versions, members: [declaration] });
    }
  }
  for (const { set, versions, members } of groups.values()) {
    moveToSet(index, 'declaration', set, members, versions, new Set(versions.map(nameOf)));
  }
}

/** Rows by the sets that they are in: sets and rows in the order of the rows. A kernel without relatives has tens of thousands. */
function bySet(index: BtfIndex, table: SetMember, rows: readonly number[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  if (rows.length === 0) return found;
  const [text] = index
    .statement(
      `SELECT json_group_array(m.declaration_set) FROM json_each(?) AS wanted LEFT JOIN ${table} AS m ON m.id = wanted.value`,
    )
    .get(JSON.stringify(rows)) as [string];
  (JSON.parse(text) as (number | null)[]).forEach((set, i) => {
    if (set === null) {
      throw new IndexError('damaged', `${table} ${rows[i]} of ${index.path} is missing`, { path: index.path });
    }
    const members = found.get(set);
    if (members) members.push(rows[i]!);
    else found.set(set, [rows[i]!]);
  });
  return found;
}

/**
 * Gives members of a set the changes of that set and more: contents or, with their `names`, versions of modules. Set 0
 * has no changes and is no row.
 */
function moveToSet(
  index: BtfIndex,
  table: SetMember,
  set: number,
  members: readonly number[],
  more: readonly number[],
  names: ReadonlySet<number> | undefined,
): void {
  const [count, changes, moduleChanges] =
    set === 0
      ? [0, new Uint8Array(), null]
      : (index
          .statement(
            'SELECT declarations, membership_changes, module_membership_changes FROM declaration_set WHERE id = ?',
          )
          .get(set) as [number, Uint8Array, Uint8Array | null]);
  const changed = names === undefined ? append(changes, more) : changes;
  const changedModules = names === undefined ? moduleChanges : append(moduleChanges ?? new Uint8Array(), more);
  let target = set;
  if (set !== 0 && count === members.length) {
    index
      .statement('UPDATE declaration_set SET membership_changes = ?, module_membership_changes = ? WHERE id = ?')
      .run(changed, changedModules, set);
  } else {
    if (set !== 0) {
      index
        .statement('UPDATE declaration_set SET declarations = declarations - ? WHERE id = ?')
        .run(members.length, set);
    }
    target = Number(
      index
        .statement(
          'INSERT INTO declaration_set (declarations, membership_changes, module_membership_changes) VALUES (?, ?, ?)',
        )
        .run(members.length, changed, changedModules).lastInsertRowid,
    );
    index
      .statement(`UPDATE ${table} SET declaration_set = ? WHERE id IN (SELECT value FROM json_each(?))`)
      .run(target, JSON.stringify(members));
    if (moduleChanges !== null) {
      index
        .statement(
          'INSERT INTO module_set (module, declaration_set) SELECT module, ? FROM module_set WHERE declaration_set = ?',
        )
        .run(target, set);
    }
  }
  const enter = index.statement('INSERT OR IGNORE INTO module_set (module, declaration_set) VALUES (?, ?)');
  for (const name of names ?? []) enter.run(name, target);
}

/** Toggles with more, ascending and larger than all that are there. */
function append(changes: Uint8Array, more: readonly number[]): Uint8Array {
  const input = new VarintReader(changes);
  let last = 0;
  while (!input.done) last += input.next();
  const out = new VarintWriter(changes.length + more.length * 2 + 8);
  out.addBytes(changes);
  for (const id of more) {
    out.add(id - last);
    last = id;
  }
  return out.finish();
}
