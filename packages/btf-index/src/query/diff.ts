// What differs between two kernels. Their contents are in different sets: only declarations of those sets are read.

import { decoded } from '../store/sqlite-errors.ts';
import type { DeclarationKind, DiffEntry, KernelDiff, LayoutField } from '../answer-types.ts';
import { ANONYMOUS_ENUM } from '../encoding/declaration-body.ts';
import { parseTypeName } from './composites.ts';
import { type Content, contentsOf, contentText, holders, holdsByName, KIND_CODE, kindWord } from './declarations.ts';
import { contains } from '../store/content-tree.ts';
import { contentDifferences } from './layout-diff.ts';
import { kernelById } from './kernels.ts';
import { versionsOf } from '../store/module-store.ts';
import { bodyMentions } from '../encoding/references.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { membersOfSets } from '../store/published-parts.ts';
import { type DeclarationRow, type RawRow, rowOf, type Rows, rowsOf } from '../store/row-cache.ts';

interface DiffOptions {
  readonly name?: string | undefined;
  readonly kinds?: readonly DeclarationKind[] | undefined;
}

/** So many whole differences are kept: a page of one is asked for after the other. */
const KEPT_DIFFS = 4;
const DIFFS = Symbol('whole differences');

/**
 * The difference of two kernels, whole or of the declarations of one name. What is said of an entry (`details`, `indirect`) is
 * worked out when it is read. Throws `unknown-kernel`.
 */
export function diffKernels(index: BtfIndex, fromId: number, toId: number, options: DiffOptions = {}): KernelDiff {
  return decoded(index.path, () => {
    if (options.name !== undefined || options.kinds !== undefined) return differenceOf(index, fromId, toId, options);
    const kept = index.cached(DIFFS, () => new Map<string, KernelDiff>());
    const key = `${fromId} ${toId}`;
    const diff = kept.get(key) ?? differenceOf(index, fromId, toId, options);
    kept.delete(key);
    kept.set(key, diff);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_DIFFS) break;
      kept.delete(oldest);
    }
    return diff;
  });
}

function differenceOf(index: BtfIndex, fromId: number, toId: number, options: DiffOptions): KernelDiff {
  const rows = rowsOf(index);
  const sides = [kernelById(index, fromId), kernelById(index, toId)].map(({ id }) => index.catalog().positionOf(id));
  const [from, to] = sides as [number, number];
  const { withModules } = index.catalog();
  const modulesCompared = contains(withModules, from) && contains(withModules, to);
  const has = (set: number, position: number) =>
    contains(rows.ranges(set), position) ||
    (modulesCompared && rows.modulePlaces(set).some(({ ranges }) => contains(ranges, position)));
  const groups = new Map<string, Group>();
  const within = new Set(changedWithin(index, rows, from, to, options.name));
  const differ = candidates(index, rows, from, to, options.name, modulesCompared).filter(
    (row) => has(row.set, from) !== has(row.set, to),
  );
  for (const row of [...differ, ...within]) {
    const kind = row.kind === ANONYMOUS_ENUM ? 'enum' : kindWord(row.kind);
    if (kind === undefined || !(options.kinds?.includes(kind) ?? true)) continue;
    const key = `${row.kind} ${row.name}`;
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { kind, code: row.kind, name: row.name, old: [], young: [] }));
    if (within.has(row) || has(row.set, from)) group.old.push(row);
    if (within.has(row) || has(row.set, to)) group.young.push(row);
  }
  const all = [...groups.values()];
  rows.loadTexts(all.map(({ name }) => name));
  rows.loadDeclared(all.filter(oneSided).map(({ code, name }) => [code, name]));
  const both = all.filter((group) => !oneSided(group)).flatMap(({ old, young }) => [...old, ...young]);
  const mentioned = both.map((row) => bodyMentions(row.kind, row.body));
  rows.loadTypes(mentioned.flatMap(({ types }) => types));
  rows.loadTexts(mentioned.flatMap(({ names }) => names));
  const entries: DiffEntry[] = [];
  for (const group of all) {
    const kept = oneSided(group)
      ? rows.declared(group.code, group.name).filter(({ set }) => has(set, from) && has(set, to)).length
      : 0;
    const modules = modulesCompared ? modulesOf(rows, [...group.old, ...group.young], from, to) : [];
    const entry = entryOf(rows, group, kept, from, to, modules);
    if (entry !== undefined) entries.push(entry);
  }
  const order = new Map(Object.keys(KIND_CODE).map((kind, at) => [kind, at]));
  const rank = ({ kind }: DiffEntry) => order.get(kind)!;
  entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const count = (change: DiffEntry['change']) => entries.filter((entry) => entry.change === change).length;
  return {
    fromId,
    toId,
    modulesCompared,
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    entries,
  };
}

/** Declarations that one of two contents may have and the other not. */
function candidates(
  index: BtfIndex,
  rows: Rows,
  from: number,
  to: number,
  name: string | undefined,
  modulesCompared: boolean,
): DeclarationRow[] {
  if (name !== undefined) {
    const asked = parseTypeName(name);
    const id = rows.name(asked.name);
    if (id === undefined || id === 0) return [];
    return [...Object.values(KIND_CODE), ANONYMOUS_ENUM]
      .filter((kind) => asked.kind === undefined || kindWord(kind) === asked.kind)
      .flatMap((kind) => [...rows.declared(kind, id)]);
  }
  const sets = (index.statement('SELECT id FROM declaration_set').all() as [number][]).map(([id]) => id);
  rows.loadSets(sets);
  const apart = new Set(sets.filter((set) => contains(rows.ranges(set), from) !== contains(rows.ranges(set), to)));
  if (modulesCompared) for (const set of setsOfChangedModules(index, from, to)) apart.add(set);
  const members = membersOfSets(index, apart);
  if (members !== undefined) {
    const named = [...new Map(members.map((member) => [member.join(' '), member])).values()];
    named.sort((a, b) => a[1] - b[1] || a[0] - b[0]); // as they lie in the file
    rows.loadDeclared(named);
    return named.flatMap(([kind, id]) => rows.declared(kind, id).filter(({ set }) => apart.has(set)));
  }
  return (
    index
      .statement(
        `SELECT d.id, d.name, d.kind, d.discriminator, d.declaration_set, d.body
           FROM json_each(?) j CROSS JOIN declaration d ON d.declaration_set = j.value`,
      )
      .all(JSON.stringify([...apart])) as RawRow[]
  ).map(rowOf);
}

/**
 * Declarations that both have, and that say something else in each: they have an unnamed member of a type with a name, and
 * that type has changed.
 */
function changedWithin(
  index: BtfIndex,
  rows: Rows,
  from: number,
  to: number,
  name: string | undefined,
): DeclarationRow[] {
  const asked = name === undefined ? undefined : parseTypeName(name);
  const candidates =
    asked === undefined
      ? holders(index, rows)
      : Object.values(KIND_CODE)
          .filter((kind) => asked.kind === undefined || kindWord(kind) === asked.kind)
          .flatMap((kind) => [...rows.declared(kind, rows.name(asked.name) ?? 0)])
          .filter((row) => holdsByName(rows, row));
  return candidates.filter((row) => {
    const ranges = rows.ranges(row.set);
    if (!contains(ranges, from) || !contains(ranges, to)) return false;
    const [before, after] = [distinct(rows, [row], from), distinct(rows, [row], to)];
    return [...before.keys()].some((hash) => !after.has(hash));
  });
}

/** Sets that speak of modules which are not the same version at two positions. */
function setsOfChangedModules(index: BtfIndex, from: number, to: number): number[] {
  const { tree } = index.catalog();
  const versions = [from, to].map(
    (position) => new Map(versionsOf(index, tree.contentAt[position]!).map((one) => [one.name, one.id])),
  );
  const [old, young] = versions as [Map<string, number>, Map<string, number>];
  const changed = [...new Set([...old.keys(), ...young.keys()])].filter((name) => old.get(name) !== young.get(name));
  const found = index
    .statement(
      `SELECT DISTINCT s.declaration_set FROM json_each(?) j JOIN name n ON n.text = j.value
         JOIN module_set s ON s.module = n.id`,
    )
    .all(JSON.stringify(changed)) as [number][];
  return found.map(([set]) => set);
}

/** Names of modules that have one of these where the kernel itself has not. */
function modulesOf(rows: Rows, all: readonly DeclarationRow[], from: number, to: number): string[] {
  const found = new Set<number>();
  for (const { set } of all) {
    for (const position of [from, to]) {
      if (contains(rows.ranges(set), position)) continue;
      for (const { module, ranges } of rows.modulePlaces(set)) if (contains(ranges, position)) found.add(module);
    }
  }
  rows.loadTexts(found);
  return [...found].map((module) => rows.text(module)).sort();
}

interface Group {
  readonly kind: DeclarationKind;
  /** `declaration.kind`: enums without a name have one of their own. */
  readonly code: number;
  readonly name: number;
  readonly old: DeclarationRow[];
  readonly young: DeclarationRow[];
}

function oneSided({ old, young }: Group): boolean {
  return old.length === 0 || young.length === 0;
}

/** The entry of a name; `kept` counts declarations of that name that both kernels have. */
function entryOf(
  rows: Rows,
  group: Group,
  kept: number,
  from: number,
  to: number,
  modules: readonly string[],
): DiffEntry | undefined {
  const { kind, code, name, old, young } = group;
  const text = code === ANONYMOUS_ENUM ? `{${rows.text(name)}, ...}` : rows.text(name);
  const entry = (change: DiffEntry['change'], details: readonly string[] = []): DiffEntry => ({
    kind,
    name: text,
    change,
    indirect: false,
    modules,
    details,
  });
  if (kept > 0) return entry('changed', [`${kept + old.length} of this name became ${kept + young.length}`]);
  if (old.length === 0) return entry('added');
  if (young.length === 0) return entry('removed');
  const [a, b] = sidesOf(rows, group, from, to);
  if (a.length === 0 && b.length === 0) return undefined;
  if (a.length !== 1 || b.length !== 1) return entry('changed', [`${old.length} of this name became ${young.length}`]);
  // The contents of thousands of entries are not kept for the few that are looked at.
  let said: { readonly details: readonly string[]; readonly indirect: boolean } | undefined;
  const say = () => {
    if (said !== undefined) return said;
    const [[was], [is]] = sidesOf(rows, group, from, to) as unknown as [[Content], [Content]];
    const indirect = contentText(ownRecord(was)) === contentText(ownRecord(is));
    return (said = { details: contentDifferences(was, is), indirect });
  };
  return {
    kind,
    name: text,
    change: 'changed',
    get indirect() {
      return say().indirect;
    },
    modules,
    get details() {
      return say().details;
    },
  };
}

/** What only one of the two kernels says by this name. */
function sidesOf(
  rows: Rows,
  { old, young }: Group,
  from: number,
  to: number,
): readonly [old: readonly Content[], young: readonly Content[]] {
  const before = distinct(rows, old, from);
  const after = distinct(rows, young, to);
  for (const text of before.keys()) {
    if (!after.has(text)) continue;
    before.delete(text); // what differs is only which of several types of one name is meant
    after.delete(text);
  }
  return [[...before.values()], [...after.values()]];
}

/** What these rows say in the kernel at a position. */
function distinct(rows: Rows, all: readonly DeclarationRow[], position: number): Map<string, Content> {
  const contents = all.flatMap((row) => contentsOf(rows, row, [position, position + 1])).map(({ content }) => content);
  return new Map(contents.map((content) => [contentText(content), content]));
}

/**
 * A content without the sizes of what its members name by name: they are no part of its own record. That of an unnamed
 * member without a tag is: such a type has no record but this one.
 */
function ownRecord(content: Content): Content {
  const withoutSizes = (fields: readonly LayoutField[]): LayoutField[] =>
    fields.map((field) => ({
      ...field,
      size: field.name === '' && /^(?:const |volatile )*(?:struct|union) \{/.test(field.type) ? field.size : null,
      ...(field.inner === undefined ? {} : { inner: withoutSizes(field.inner) }),
    }));
  if ('fields' in content) return { ...content, fields: withoutSizes(content.fields) };
  if ('inner' in content && content.inner !== undefined) return { ...content, inner: withoutSizes(content.inner) };
  return content;
}
