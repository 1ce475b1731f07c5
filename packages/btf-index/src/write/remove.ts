// Removes kernels. What was stored as a difference from a removed content is stored again as a difference from its parent,
// and rows that no kernel uses any more are deleted: declarations, names, types, modules.

import { EMPTY_SIDE } from '../delta/btf-delta.ts';
import { encodeDelta, packDelta } from '../delta/encode-delta.ts';
import { contentBytes, contentRow } from '../store/content-bytes.ts';
import { contains, decodeMembershipChanges, encodeMembershipChanges, rangesOf } from '../store/content-tree.ts';
import { bodyMentions, type Mentions, mentionsOf } from '../encoding/references.ts';
import { removeFactSources } from './store-fact-sources.ts';
import { removeModuleSet } from './store-module-set.ts';
import { removeTables } from './store-tables.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { prepareKernel } from '../prepare/prepare.ts';
import { decodeTypeCode } from '../encoding/type-code.ts';
import { VarintReader } from '../varints.ts';
import { forgetWriter, sideOf } from './writer-cache.ts';

const LEVEL = 12;

/** Removes a kernel inside a transaction of the caller's. Its content stays while it has another name. */
export function removeKernelRows(index: BtfIndex, kernelId: number): void {
  const [content] = index.statement('SELECT content FROM kernel WHERE id = ?').get(kernelId) as [number];
  removeTables(index, kernelId);
  removeFactSources(index, kernelId);
  index.statement('DELETE FROM kernel WHERE id = ?').run(kernelId);
  removeUnusedContent(index, content);
}

/** Removes a content that no kernel has any more. */
export function removeUnusedContent(index: BtfIndex, content: number): void {
  const [names] = index.statement('SELECT count(*) FROM kernel WHERE content = ?').get(content) as [number];
  if (names > 0) return;
  const { parent } = contentRow(index, content);
  storeDependentsAnew(index, content);
  removeModuleSet(index, content);
  leaveSets(index, content);
  index.statement('UPDATE content SET parent = ? WHERE parent = ?').run(parent, content);
  index.statement('DELETE FROM content WHERE id = ?').run(content);
  index.statement('DELETE FROM content_sketch WHERE content = ?').run(content);
  index.statement('DELETE FROM content_data WHERE content = ?').run(content);
  index.changed();
  leaveHiddenVersions(index);
  removeUnusedVersions(index);
  forgetWriter(index);
  index.changed();
}

/** Stores every content whose base this is as a difference from this one's own base instead. */
function storeDependentsAnew(index: BtfIndex, content: number): void {
  const { base } = contentRow(index, content);
  const dependents = index.statement('SELECT id FROM content WHERE base = ?').all(content) as [number][];
  if (dependents.length === 0) return;
  const from = base === null ? undefined : sideOf(prepareKernel(contentBytes(index, base).bytes));
  let first: number | undefined; // without a base the first dependent is stored whole, and the others are stored as a difference from it
  let firstSide: ReturnType<typeof sideOf> | undefined;
  const stored = dependents.map(([id]) => {
    const side = sideOf(prepareKernel(contentBytes(index, id).bytes));
    const data = packDelta(encodeDelta(from ?? firstSide ?? EMPTY_SIDE, side), LEVEL);
    const row = { id, base: base ?? first ?? null, data };
    if (base === null && first === undefined) {
      first = id;
      firstSide = side;
    }
    return row;
  });
  for (const { id, base, data } of stored) {
    index.statement('UPDATE content SET base = ? WHERE id = ?').run(base, id);
    index.statement('UPDATE content_data SET data = ? WHERE content = ?').run(data, id);
  }
  for (const { id } of stored) recountSteps(index, id);
}

function recountSteps(index: BtfIndex, id: number): void {
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { base } = contentRow(index, next);
    const steps = base === null ? 1 : contentRow(index, base).steps + 1;
    index.statement('UPDATE content SET steps = ? WHERE id = ?').run(steps, next);
    for (const [above] of index.statement('SELECT id FROM content WHERE base = ?').all(next) as [number][]) {
      waiting.push(above);
    }
  }
}

/** A removed content's changes pass to its children. */
function leaveSets(index: BtfIndex, content: number): void {
  const children = (index.statement('SELECT id FROM content WHERE parent = ?').all(content) as [number][]).map(
    ([id]) => id,
  );
  rewriteSets(index, (row) => {
    const changes = new Set(decodeMembershipChanges(row.changes));
    if (!changes.delete(content)) return undefined;
    for (const child of children) if (!changes.delete(child)) changes.add(child);
    return { ...row, changes: encodeMembershipChanges([...changes].sort((a, b) => a - b)) };
  });
}

interface SetRow {
  readonly changes: Uint8Array;
  readonly moduleChanges: Uint8Array | null;
}

/** Changes sets; those that become alike are joined, and those without changes go with all that is in them. */
function rewriteSets(index: BtfIndex, change: (row: SetRow) => SetRow | undefined): void {
  const rows = index
    .statement('SELECT id, membership_changes, module_membership_changes FROM declaration_set')
    .all() as [number, Uint8Array, Uint8Array | null][];
  const byChanges = new Map<string, number>();
  const changed: [number, SetRow][] = [];
  for (const [id, changes, moduleChanges] of rows) {
    const row = { changes, moduleChanges };
    const next = change(row);
    if (next === undefined) byChanges.set(keyOf(row), id);
    else changed.push([id, next]);
  }
  for (const [id, row] of changed) {
    const same = byChanges.get(keyOf(row));
    if (row.changes.length === 0 && row.moduleChanges === null) {
      index.statement('DELETE FROM declaration_set WHERE id = ?').run(id);
      index.statement('DELETE FROM module_set WHERE declaration_set = ?').run(id);
    } else if (same !== undefined) {
      index
        .statement(
          `UPDATE declaration_set SET declarations = declarations +
             (SELECT declarations FROM declaration_set WHERE id = ?) WHERE id = ?`,
        )
        .run(id, same);
      for (const table of ['declaration', 'module']) {
        index.statement(`UPDATE ${table} SET declaration_set = ? WHERE declaration_set = ?`).run(same, id);
      }
      index.statement('DELETE FROM declaration_set WHERE id = ?').run(id);
      index.statement('DELETE FROM module_set WHERE declaration_set = ?').run(id);
    } else {
      index
        .statement('UPDATE declaration_set SET membership_changes = ?, module_membership_changes = ? WHERE id = ?')
        .run(row.changes, row.moduleChanges, id);
      byChanges.set(keyOf(row), id);
    }
  }
  index.statement('DELETE FROM declaration WHERE declaration_set NOT IN (SELECT id FROM declaration_set)').run();
}

function keyOf({ changes, moduleChanges }: SetRow): string {
  return `${Buffer.from(changes).toString('latin1')}|${moduleChanges === null ? '' : Buffer.from(moduleChanges).toString('latin1')}`;
}

/**
 * Takes versions out of their sets that only contents have whose modules are not known: what sets say of these means nothing,
 * so no content has them.
 */
function leaveHiddenVersions(index: BtfIndex): void {
  const contents = index.statement('SELECT id, modules FROM content').all() as [number, number | null][];
  if (contents.every(([, modules]) => modules !== null)) return;
  const { tree } = index.catalog();
  const known = contents.filter(([, modules]) => modules !== null).map(([id]) => tree.position[id]!);
  const sets = index
    .statement(
      `SELECT s.id, s.membership_changes, s.declarations, count(*) FROM module m
         JOIN declaration_set s ON s.id = m.declaration_set GROUP BY s.id`,
    )
    .all() as [number, Uint8Array, number, number][];
  for (const [id, changes, declarations, versions] of sets) {
    const ranges = rangesOf(tree, decodeMembershipChanges(changes));
    if (known.some((position) => contains(ranges, position))) continue;
    index.statement('UPDATE module SET declaration_set = 0 WHERE declaration_set = ?').run(id);
    if (declarations > versions) {
      index.statement('UPDATE declaration_set SET declarations = declarations - ? WHERE id = ?').run(versions, id);
    } else {
      index.statement('DELETE FROM declaration_set WHERE id = ?').run(id);
      index.statement('DELETE FROM module_set WHERE declaration_set = ?').run(id);
    }
  }
}

/** Versions of modules that no content has any more: their changes pass to those that are stored as a difference from them. */
function removeUnusedVersions(index: BtfIndex): void {
  const gone = index
    .statement('SELECT id, name, parent FROM module WHERE declaration_set NOT IN (SELECT id FROM declaration_set)')
    .all() as [number, number, number | null][];
  if (gone.length === 0) return;
  const pending: { readonly id: number; readonly children: readonly number[] }[] = [];
  for (const [id] of gone) {
    const [above] = index.statement('SELECT parent FROM module WHERE id = ?').get(id) as [number | null];
    const children = (index.statement('SELECT id FROM module WHERE parent = ?').all(id) as [number][]).map(
      ([own]) => own,
    );
    pending.push({ id, children });
    index.statement('UPDATE module SET parent = ? WHERE parent = ?').run(above, id);
    index.statement('DELETE FROM module WHERE id = ?').run(id);
  }
  const removed = new Set(gone.map(([id]) => id));
  rewriteSets(index, (row) => {
    if (row.moduleChanges === null) return undefined;
    const changes = new Set(decodeMembershipChanges(row.moduleChanges));
    if (![...changes].some((id) => removed.has(id))) return undefined;
    for (const { id, children } of pending) {
      if (!changes.delete(id)) continue;
      for (const child of children) if (!changes.delete(child)) changes.add(child);
    }
    const left = [...changes].sort((a, b) => a - b);
    return { ...row, moduleChanges: left.length === 0 ? null : encodeMembershipChanges(left) };
  });
  removeModuleSets(index);
}

/** Entries of `module_set` for modules that a set no longer speaks of. */
function removeModuleSets(index: BtfIndex): void {
  const nameOf = new Map(index.statement('SELECT id, name FROM module').all() as [number, number][]);
  const names = new Map<number, Set<number>>();
  const sets = index
    .statement('SELECT id, module_membership_changes FROM declaration_set WHERE module_membership_changes IS NOT NULL')
    .iterate() as Iterable<[number, Uint8Array]>;
  for (const [id, blob] of sets) {
    names.set(id, new Set(decodeMembershipChanges(blob).map((version) => nameOf.get(version)!)));
  }
  const entries = index.statement('SELECT module, declaration_set FROM module_set').all() as [number, number][];
  const remove = index.statement('DELETE FROM module_set WHERE module = ? AND declaration_set = ?');
  for (const [name, set] of entries) if (!names.get(set)?.has(name)) remove.run(name, set);
}

/**
 * Names and types that nothing speaks of any more. What speaks of them is decoded rather than looked up: there is no
 * index from names to the bodies that use them, and removing is rare.
 */
export function removeUnusedRows(index: BtfIndex): void {
  index
    .statement(
      `DELETE FROM member_type WHERE NOT EXISTS
         (SELECT 1 FROM declaration d WHERE d.name = member_type.owner AND d.kind = member_type.kind)`,
    )
    .run();
  index
    .statement(
      `DELETE FROM enumerator WHERE NOT EXISTS
         (SELECT 1 FROM declaration d WHERE d.name = enumerator.owner AND d.kind = enumerator.kind)`,
    )
    .run();
  const names = new Set<number>([0]);
  const types = new Set<number>();
  const codes = new Map<number, Mentions>();
  for (const [id, code] of index.statement('SELECT id, code FROM type').iterate() as Iterable<[number, Uint8Array]>) {
    codes.set(id, mentionsOf(decodeTypeCode(new VarintReader(code))));
  }
  const use = (mentions: Mentions): void => {
    for (const name of mentions.names) names.add(name);
    for (const type of mentions.types) {
      if (types.has(type)) continue;
      types.add(type);
      const inner = codes.get(type);
      if (inner !== undefined) use(inner);
    }
  };
  for (const [name, kind, body] of index.statement('SELECT name, kind, body FROM declaration').iterate() as Iterable<
    [number, number, Uint8Array]
  >) {
    names.add(name);
    use(bodyMentions(kind, body));
  }
  for (const [name] of index.statement('SELECT name FROM module').iterate() as Iterable<[number]>) names.add(name);
  const removeType = index.statement('DELETE FROM type WHERE id = ?');
  for (const id of codes.keys()) if (!types.has(id)) removeType.run(id);
  // an owner may still be there without the member or the enumerator that it had
  index.statement('DELETE FROM member_type WHERE type NOT IN (SELECT id FROM type)').run();
  const removeName = index.statement('DELETE FROM name WHERE id = ?');
  for (const [id] of index.statement('SELECT id FROM name').all() as [number][]) if (!names.has(id)) removeName.run(id);
  index.statement('DELETE FROM enumerator WHERE name NOT IN (SELECT id FROM name)').run();
  forgetWriter(index);
}
