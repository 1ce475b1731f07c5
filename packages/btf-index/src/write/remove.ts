// Taking kernels out. Those that were told from a removed content are told anew from its parent, and what no kernel has
// any more goes: declarations, names, types, modules.

import { EMPTY_SIDE, encodeDelta } from '../delta/btf-delta.ts';
import { contentBytes, contentRow } from '../store/content-bytes.ts';
import { decodeToggles, encodeToggles } from '../store/content-tree.ts';
import { bodyMentions, type Mentions, mentionsOf } from '../encoding/references.ts';
import { decodeReferences } from '../store/module-store.ts';
import { removeTables } from '../store/table-facts.ts';
import type { BtfIndex } from '../store/open.ts';
import { prepareKernel } from '../prepare/prepare.ts';
import { decodeTypeCode } from '../encoding/type-code.ts';
import { VarintReader } from '../varints.ts';
import { forgetWriter, sideOf } from './writer-cache.ts';

const LEVEL = 12;

/** Removes a kernel inside a transaction of the caller's. Its content stays while it has another name. */
export function removeKernelRows(index: BtfIndex, kernelId: number): void {
  const [content] = index.statement('SELECT content FROM kernel WHERE id = ?').get(kernelId) as [number];
  index.statement('DELETE FROM module WHERE kernel = ?').run(kernelId);
  removeTables(index, kernelId);
  index.statement('DELETE FROM kernel WHERE id = ?').run(kernelId);
  removeUnusedModules(index);
  const [names] = index.statement('SELECT count(*) FROM kernel WHERE content = ?').get(content) as [number];
  if (names > 0) return;
  const { parent } = contentRow(index, content);
  retell(index, content);
  leaveSets(index, content);
  index.statement('UPDATE content SET parent = ? WHERE parent = ?').run(parent, content);
  index.statement('DELETE FROM content WHERE id = ?').run(content);
  forgetWriter(index);
  index.changed();
}

/** Tells the bytes of every content whose base this is from this one's own base instead. */
function retell(index: BtfIndex, content: number): void {
  const { base } = contentRow(index, content);
  const dependents = index.statement('SELECT id FROM content WHERE base = ?').all(content) as [number][];
  if (dependents.length === 0) return;
  const from = base === null ? undefined : sideOf(prepareKernel(contentBytes(index, base).bytes));
  let first: number | undefined; // without a base the first dependent is stored whole, and the others are told from it
  let firstSide: ReturnType<typeof sideOf> | undefined;
  const told = dependents.map(([id]) => {
    const side = sideOf(prepareKernel(contentBytes(index, id).bytes));
    const { data } = encodeDelta(from ?? firstSide ?? EMPTY_SIDE, side, LEVEL);
    const row = { id, base: base ?? first ?? null, data };
    if (base === null && first === undefined) {
      first = id;
      firstSide = side;
    }
    return row;
  });
  for (const { id, base, data } of told) {
    index.statement('UPDATE content SET base = ?, data = ? WHERE id = ?').run(base, data, id);
  }
  for (const { id } of told) recountSteps(index, id);
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

/** A removed content's toggles pass to its children; sets that become alike are joined, empty ones go. */
function leaveSets(index: BtfIndex, content: number): void {
  const children = (index.statement('SELECT id FROM content WHERE parent = ?').all(content) as [number][]).map(
    ([id]) => id,
  );
  const rows = index.statement('SELECT id, toggles FROM declaration_set').all() as [number, Uint8Array][];
  const byToggles = new Map<string, number>();
  const changed: [number, Uint8Array][] = [];
  for (const [id, blob] of rows) {
    const toggles = new Set(decodeToggles(blob));
    if (!toggles.delete(content)) {
      byToggles.set(Buffer.from(blob).toString('latin1'), id);
      continue;
    }
    for (const child of children) if (!toggles.delete(child)) toggles.add(child);
    changed.push([id, encodeToggles([...toggles].sort((a, b) => a - b))]);
  }
  for (const [id, blob] of changed) {
    const key = Buffer.from(blob).toString('latin1');
    const same = byToggles.get(key);
    if (blob.length === 0) {
      index.statement('DELETE FROM declaration_set WHERE id = ?').run(id);
    } else if (same !== undefined) {
      index
        .statement(
          `UPDATE declaration_set SET declarations = declarations +
             (SELECT declarations FROM declaration_set WHERE id = ?) WHERE id = ?`,
        )
        .run(id, same);
      index.statement('UPDATE declaration SET declaration_set = ? WHERE declaration_set = ?').run(same, id);
      index.statement('DELETE FROM declaration_set WHERE id = ?').run(id);
    } else {
      index.statement('UPDATE declaration_set SET toggles = ? WHERE id = ?').run(blob, id);
      byToggles.set(key, id);
    }
  }
  index.statement('DELETE FROM declaration WHERE declaration_set NOT IN (SELECT id FROM declaration_set)').run();
}

function removeUnusedModules(index: BtfIndex): void {
  index
    .statement(
      `DELETE FROM module_content WHERE id NOT IN (SELECT content FROM module)
         AND id NOT IN (SELECT distilled_base FROM module WHERE distilled_base IS NOT NULL)`,
    )
    .run();
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
  const removeType = index.statement('DELETE FROM type WHERE id = ?');
  for (const id of codes.keys()) if (!types.has(id)) removeType.run(id);
  // an owner may still be there without the member or the enumerator that it had
  index.statement('DELETE FROM member_type WHERE type NOT IN (SELECT id FROM type)').run();
  const removeName = index.statement('DELETE FROM name WHERE id = ?');
  for (const [id] of index.statement('SELECT id FROM name').all() as [number][]) if (!names.has(id)) removeName.run(id);
  const references = new Set<number>();
  for (const [refs] of index.statement('SELECT refs FROM module_content WHERE refs IS NOT NULL').iterate() as Iterable<
    [Uint8Array]
  >) {
    const { types: used, strings } = decodeReferences(refs);
    for (const row of [...used, ...strings]) references.add(row);
  }
  const removeReference = index.statement('DELETE FROM module_reference WHERE id = ?');
  for (const [id] of index.statement('SELECT id FROM module_reference').all() as [number][]) {
    if (!references.has(id)) removeReference.run(id);
  }
  index.statement('DELETE FROM enumerator WHERE name NOT IN (SELECT id FROM name)').run();
  forgetWriter(index);
}
