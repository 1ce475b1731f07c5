// Which structs and unions have a member of a type.

import { decoded } from '../store/sqlite-errors.ts';
import type { FieldOfType } from '../answer-types.ts';
import { type Ranges, unite } from '../store/content-tree.ts';
import { decodeTypedef } from '../encoding/declaration-body.ts';
import { type CompositeBody, TypeTag } from '../encoding/type-code.ts';
import { compositesNamed, loadComposites } from './composites.ts';
import { flatMembers, MAX_UNNAMED_DEPTH } from './unnamed.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type Rows, rowsOf } from '../store/row-cache.ts';
import { squeeze, typeText, withoutModifiers } from './type-text.ts';
import type { KernelFilter } from './kernel-filter.ts';
import { answerAt } from './places.ts';

/**
 * Members of exactly this type, written as C writes it (`struct mm_struct *`, `char[16]`), by struct and field. Spaces
 * do not matter. Empty where there are none.
 */
export function fieldsOfType(index: BtfIndex, type: string, where?: KernelFilter): FieldOfType[] {
  return decoded(index.path, () => {
    const rows = rowsOf(index);
    const types = new Set(typesByText(index, rows).get(squeeze(type)));
    if (types.size === 0) return [];
    const owners = ownersOf(index, rows, types);
    rows.loadTexts(owners);
    const found = new Map<string, Omit<FieldOfType, 'kernelIds' | 'places'> & { ranges: Ranges[] }>();
    for (const owner of owners) {
      for (const composite of compositesNamed(rows, owner, 'composite')) {
        for (const { members, ranges } of flatMembers(rows, composite.body(), composite.ranges)) {
          for (const member of members) {
            if (!types.has(member.type)) continue;
            const [struct, name] = [rows.text(owner), rows.text(member.name)];
            const key = `${composite.kind} ${struct} ${name}`;
            const known = found.get(key);
            if (known) known.ranges.push(ranges);
            else found.set(key, { kind: composite.kind, struct, field: name, ranges: [ranges] });
          }
        }
      }
    }
    return [...found]
      .map(([key, { ranges, ...one }]) => ({ key, one: { ...one, ...answerAt(index, unite(ranges), where) } }))
      .filter(({ one }) => one.kernelIds.length > 0)
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ one }) => one);
  });
}

/**
 * Names of the structs, unions and typedefs that have a member of these types, and of those that have it by way of
 * unnamed members with tags of their own, however deep.
 */
function ownersOf(index: BtfIndex, rows: Rows, types: ReadonlySet<number>): number[] {
  const owners = new Map<string, number>();
  const { containers } = memberTypes(index, rows);
  const around = (some: Iterable<number>): number[] => [...some].flatMap((type) => containers.get(type) ?? []);
  const qualified = new Set(around(types));
  let fresh = [...mentioning(index, [...types]), ...holding(index, rows, qualified)];
  for (let depth = 0; depth <= MAX_UNNAMED_DEPTH && fresh.length > 0; depth++) {
    fresh = withAliases(index, rows, fresh);
    for (const [kind, owner] of fresh) owners.set(`${kind} ${owner}`, owner);
    const leading = typesByComposite(index, rows);
    const named = fresh.flatMap(([kind, owner]) => leading.get(`${kind} ${owner}`) ?? []);
    const wanted = new Set([...named, ...around(named)]);
    fresh = holding(index, rows, wanted).filter(([kind, owner]) => !owners.has(`${kind} ${owner}`));
  }
  const names = [...new Set(owners.values())].filter((owner) => owner !== 0);
  loadComposites(rows, names);
  return names;
}

const ALIASES = Symbol('typedefs of typedefs');

/** These, and the typedefs of those that are typedefs: both are names of one struct without a tag. */
function withAliases(index: BtfIndex, rows: Rows, some: [kind: number, owner: number][]): [number, number][] {
  const aliases = index.cached(ALIASES, () => {
    const all = index.statement(`SELECT name, body FROM declaration WHERE kind = ${TypeTag.Typedef}`).all() as [
      number,
      Uint8Array,
    ][];
    const targets = all.map(([name, body]) => [name, decodeTypedef(body).type] as const);
    rows.loadTypes(targets.map(([, target]) => target));
    const byTarget = new Map<number, Set<number>>();
    for (const [name, target] of targets) {
      const code = withoutModifiers(rows, target);
      if (code.tag !== TypeTag.Typedef) continue;
      if (!byTarget.has(code.name)) byTarget.set(code.name, new Set());
      byTarget.get(code.name)?.add(name);
    }
    return byTarget;
  });
  const found = new Map(some.map((one) => [one.join(' '), one]));
  for (const [kind, owner] of found.values()) {
    if (kind !== TypeTag.Typedef) continue;
    for (const alias of aliases.get(owner) ?? []) found.set(`${kind} ${alias}`, [kind, alias]);
  }
  return [...found.values()];
}

/** Kinds and names of the declarations that have a member of these types. */
function mentioning(index: BtfIndex, types: readonly number[]): [kind: number, owner: number][] {
  return index
    .statement(`SELECT DISTINCT m.kind, m.owner FROM json_each(?) j CROSS JOIN member_type m ON m.type = j.value`)
    .all(JSON.stringify(types)) as [number, number][];
}

/** Kinds and names of the declarations that have an unnamed member of these types. */
function holding(index: BtfIndex, rows: Rows, types: ReadonlySet<number>): [kind: number, owner: number][] {
  if (types.size === 0) return [];
  const candidates = mentioning(index, [...types]);
  loadComposites(
    rows,
    candidates.map(([, owner]) => owner),
  );
  return candidates.filter(([, owner]) => hasUnnamed(rows, owner, types));
}

/** Whether a composite of this name has an unnamed member of one of these types. */
function hasUnnamed(rows: Rows, owner: number, types: ReadonlySet<number>): boolean {
  return compositesNamed(rows, owner, 'composite').some((composite) => {
    const inBody = (body: CompositeBody): boolean =>
      body.members.some(({ name, type }) => {
        if (name !== 0) return false;
        if (types.has(type)) return true;
        const inner = anonymousBody(rows, type);
        return inner !== undefined && inBody(inner);
      });
    return inBody(composite.body());
  });
}

const COMPOSITES = Symbol('types of members by the composites that they are');

/** Types of members by the kind and name of what they are: through qualifiers, typedefs, and typedefs of typedefs. */
function typesByComposite(index: BtfIndex, rows: Rows): Map<string, number[]> {
  return index.cached(COMPOSITES, () => {
    const found = new Map<string, number[]>();
    let waiting = memberTypes(index, rows).ids.map((id) => ({ id, code: withoutModifiers(rows, id) }));
    for (let depth = 0; depth < MAX_UNNAMED_DEPTH && waiting.length > 0; depth++) {
      const typedefs: { id: number; name: number }[] = [];
      for (const { id, code } of waiting) {
        if (code.tag !== TypeTag.Struct && code.tag !== TypeTag.Union && code.tag !== TypeTag.Typedef) continue;
        const key = `${code.tag} ${code.name}`;
        if (!found.has(key)) found.set(key, []);
        found.get(key)?.push(id);
        if (code.tag === TypeTag.Typedef) typedefs.push({ id, name: code.name });
      }
      rows.loadDeclared([...new Set(typedefs.map(({ name }) => name))].map((name) => [TypeTag.Typedef, name]));
      const targets = typedefs.flatMap(({ id, name }) =>
        rows.declared(TypeTag.Typedef, name).map((row) => ({ id, target: decodeTypedef(row.body).type })),
      );
      rows.loadTypes(targets.map(({ target }) => target));
      waiting = targets.map(({ id, target }) => ({ id, code: withoutModifiers(rows, target) }));
    }
    return found;
  });
}

const MEMBERS = Symbol('types of members');

/**
 * All types of members. The table has those of anonymous members too, but not what is behind a qualifier (`const struct
 * {...}`, unnamed): `containers` leads from the types in those to the qualified types.
 */
function memberTypes(index: BtfIndex, rows: Rows): { ids: number[]; containers: Map<number, number[]> } {
  return index.cached(MEMBERS, () => {
    const stored = (index.statement('SELECT DISTINCT type FROM member_type').all() as [number][]).map(([id]) => id);
    rows.loadTypes(stored);
    const ids = new Set(stored);
    const containers = new Map<number, number[]>();
    const visit = (body: CompositeBody, container: number, depth: number): void => {
      for (const { name, type } of body.members) {
        ids.add(type);
        const known = containers.get(type);
        if (known) known.push(container);
        else containers.set(type, [container]);
        const inner = name === 0 && depth < MAX_UNNAMED_DEPTH ? anonymousBody(rows, type) : undefined;
        if (inner !== undefined) visit(inner, container, depth + 1);
      }
    };
    for (const id of stored) {
      const body = anonymousBody(rows, id);
      // without a qualifier, the table says it itself
      if (body !== undefined && !('body' in rows.type(id))) visit(body, id, 0);
    }
    return { ids: [...ids], containers };
  });
}

/** The body of an anonymous struct or union below qualifiers. */
function anonymousBody(rows: Rows, type: number): CompositeBody | undefined {
  const code = withoutModifiers(rows, type);
  return code.tag === TypeTag.AnonymousStruct || code.tag === TypeTag.AnonymousUnion ? code.body : undefined;
}

const TEXTS = Symbol('texts of types');

/** All types of members by their text without spaces that C does not need. */
function typesByText(index: BtfIndex, rows: Rows): Map<string, number[]> {
  return index.cached(TEXTS, () => {
    const { ids } = memberTypes(index, rows);
    rows.loadTypes(ids);
    const byText = new Map<string, number[]>();
    for (const id of ids) {
      const text = squeeze(typeText(rows, id));
      const list = byText.get(text);
      if (list) list.push(id);
      else byText.set(text, [id]);
    }
    return byText;
  });
}
