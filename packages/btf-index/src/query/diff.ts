// What differs between two kernels. Their contents are in different sets: only declarations of those sets are read.

import type { DeclarationKind, DiffEntry, KernelDiff } from '../answer-types.ts';
import { type Content, contentHash, contentOf, KIND_CODE, kindWord } from './declarations.ts';
import { contains } from '../store/content-tree.ts';
import { contentDifferences } from './layout-diff.ts';
import { kernelById } from './kernels.ts';
import { bodyMentions } from '../encoding/references.ts';
import type { BtfIndex } from '../store/open.ts';
import { type DeclarationRow, type RawRow, rowOf, type Rows, rowsOf } from '../store/row-cache.ts';

/** The difference of two kernels, whole or of the declarations of one name. Throws `unknown-kernel`. */
export function diffKernels(
  index: BtfIndex,
  fromId: number,
  toId: number,
  options: { readonly name?: string | undefined; readonly kinds?: readonly DeclarationKind[] | undefined } = {},
): KernelDiff {
  const rows = rowsOf(index);
  const sides = [kernelById(index, fromId), kernelById(index, toId)].map(({ id }) => index.catalog().positionOf(id));
  const [from, to] = sides as [number, number];
  const groups = new Map<string, Group>();
  for (const row of differing(index, rows, from, to, options.name)) {
    const kind = kindWord(row.kind);
    if (kind === undefined || !(options.kinds?.includes(kind) ?? true)) continue;
    const key = `${row.kind} ${row.name}`;
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { kind, name: row.name, old: [], young: [] }));
    (contains(rows.ranges(row.set), from) ? group.old : group.young).push(row);
  }
  const all = [...groups.values()];
  rows.loadTexts(all.map(({ name }) => name));
  rows.loadDeclared(all.filter(oneSided).map(({ kind, name }) => [KIND_CODE[kind], name]));
  const both = all.filter((group) => !oneSided(group)).flatMap(({ old, young }) => [...old, ...young]);
  const mentioned = both.map((row) => bodyMentions(row.kind, row.body));
  rows.loadTypes(mentioned.flatMap(({ types }) => types));
  rows.loadTexts(mentioned.flatMap(({ names }) => names));
  const entries: DiffEntry[] = [];
  for (const group of all) {
    const kept = oneSided(group)
      ? rows
          .declared(KIND_CODE[group.kind], group.name)
          .filter(({ set }) => contains(rows.ranges(set), from) && contains(rows.ranges(set), to)).length
      : 0;
    const entry = entryOf(rows, group, kept);
    if (entry !== undefined) entries.push(entry);
  }
  const order = Object.keys(KIND_CODE);
  entries.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name < b.name ? -1 : 1));
  const count = (change: DiffEntry['change']) => entries.filter((entry) => entry.change === change).length;
  return { fromId, toId, added: count('added'), removed: count('removed'), changed: count('changed'), entries };
}

/** Declarations that one of two contents has and the other has not. */
function differing(index: BtfIndex, rows: Rows, from: number, to: number, name: string | undefined): DeclarationRow[] {
  const apart = (set: number) => contains(rows.ranges(set), from) !== contains(rows.ranges(set), to);
  if (name !== undefined) {
    const id = rows.name(name);
    if (id === undefined || id === 0) return [];
    return Object.values(KIND_CODE)
      .flatMap((kind) => [...rows.declared(kind, id)])
      .filter((row) => apart(row.set));
  }
  const sets = (index.statement('SELECT id FROM declaration_set').all() as [number][]).map(([id]) => id);
  rows.loadSets(sets);
  return (
    index
      .statement(
        `SELECT d.id, d.name, d.kind, d.discriminator, d.declaration_set, d.body
           FROM json_each(?) j CROSS JOIN declaration d ON d.declaration_set = j.value`,
      )
      .all(JSON.stringify(sets.filter(apart))) as RawRow[]
  ).map(rowOf);
}

interface Group {
  readonly kind: DeclarationKind;
  readonly name: number;
  readonly old: DeclarationRow[];
  readonly young: DeclarationRow[];
}

function oneSided({ old, young }: Group): boolean {
  return old.length === 0 || young.length === 0;
}

/** The entry of a name; `kept` counts declarations of that name that both kernels have. */
function entryOf(rows: Rows, { kind, name, old, young }: Group, kept: number): DiffEntry | undefined {
  const text = rows.text(name);
  if (kept > 0) {
    const details = [`${kept + old.length} of this name became ${kept + young.length}`];
    return { kind, name: text, change: 'changed', details };
  }
  if (old.length === 0) return { kind, name: text, change: 'added', details: [] };
  if (young.length === 0) return { kind, name: text, change: 'removed', details: [] };
  const before = distinct(rows, old);
  const after = distinct(rows, young);
  for (const hash of before.keys()) {
    if (!after.has(hash)) continue;
    before.delete(hash); // what differs is only which of several types of one name is meant
    after.delete(hash);
  }
  if (before.size === 0 && after.size === 0) return undefined;
  const [a, b] = [[...before.values()], [...after.values()]];
  const details =
    a.length === 1 && b.length === 1
      ? contentDifferences(a[0] as Content, b[0] as Content)
      : [`${old.length} of this name became ${young.length}`];
  return { kind, name: text, change: 'changed', details };
}

function distinct(rows: Rows, all: readonly DeclarationRow[]): Map<string, Content> {
  const contents = all.map((row) => contentOf(rows, row));
  return new Map(contents.map((content) => [contentHash(content), content]));
}
