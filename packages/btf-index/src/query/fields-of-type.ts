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
import { qualifiedTypes, typesNamed, typesOfText } from './type-rows.ts';
import { squeeze, typeText, withoutModifiers } from './type-text.ts';
import type { KernelFilter } from './kernel-filter.ts';
import { keptAnswer } from './kept-answers.ts';
import { hitsAt } from './places.ts';

/**
 * Members of exactly this type, written as C writes it (`struct mm_struct *`, `char[16]`), by struct and field. Spaces
 * do not matter. Empty where there are none.
 */
export function fieldsOfType(index: BtfIndex, type: string, where?: KernelFilter): FieldOfType[] {
  if (where === undefined) {
    return [...keptAnswer(index, ANSWERS, squeeze(type), () => fieldsWhere(index, type, where))];
  }
  return fieldsWhere(index, type, where);
}

const ANSWERS = Symbol('members of a type');

function fieldsWhere(index: BtfIndex, type: string, where: KernelFilter | undefined): FieldOfType[] {
  return decoded(index.path, () => {
    const rows = rowsOf(index);
    const types = new Set(typesOfText(index, rows, type) ?? typesByText(index, rows).get(squeeze(type)));
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
    const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
    return hitsAt(
      index,
      sorted.map(([, one]) => ({ ...one, ranges: unite(one.ranges) })),
      where,
    );
  });
}

/**
 * Names of the structs, unions and typedefs that have a member of these types, and of those that have it by way of
 * unnamed members with tags of their own, however deep.
 */
function ownersOf(index: BtfIndex, rows: Rows, types: ReadonlySet<number>): number[] {
  const owners = new Map<string, number>();
  const containers = containersOf(index, rows);
  const around = (some: Iterable<number>): number[] => [...some].flatMap((type) => containers.get(type) ?? []);
  const qualified = new Set(around(types));
  let fresh = [...mentioning(index, [...types]), ...holding(index, rows, qualified)];
  for (let depth = 0; depth <= MAX_UNNAMED_DEPTH && fresh.length > 0; depth++) {
    fresh = withAliases(index, rows, fresh);
    for (const [kind, owner] of fresh) owners.set(`${kind} ${owner}`, owner);
    const named = typesOf(index, fresh);
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
  if (some.every(([kind]) => kind !== TypeTag.Typedef)) return some;
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

const TYPEDEFS = Symbol('types that are typedefs, by what these stand for');

/** The types that are these composites: by name, by typedefs and typedefs of typedefs, and qualified. */
function typesOf(index: BtfIndex, composites: readonly [kind: number, owner: number][]): number[] {
  const typedefs = index.cached(TYPEDEFS, () => {
    const types = Map.groupBy(typesNamed(index, TypeTag.Typedef), ({ name }) => name);
    const declared = index
      .statement(
        `SELECT d.name, d.body FROM json_each(?) j
           CROSS JOIN declaration d ON d.name = j.value AND d.kind = ${TypeTag.Typedef}`,
      )
      .all(JSON.stringify([...types.keys()])) as [number, Uint8Array][];
    const byTarget = new Map<number, number[]>();
    for (const [name, body] of declared) {
      const { type } = decodeTypedef(body);
      const known = byTarget.get(type) ?? [];
      byTarget.set(type, known);
      known.push(...(types.get(name) ?? []).map(({ id }) => id));
    }
    return byTarget;
  });
  const named = composites.flatMap(([kind, owner]) => typesNamed(index, kind, owner).map(({ id }) => id));
  const found = new Set(named);
  const { by } = qualifiedTypes(index);
  for (const type of found) {
    for (const one of by.get(type) ?? []) found.add(one);
    for (const one of typedefs.get(type) ?? []) found.add(one);
  }
  return [...found];
}

const CONTAINERS = Symbol('types in qualified structs without a tag');

/**
 * The table has the types of anonymous members too, but in older indexes not what is behind a qualifier (`const struct
 * {...}`, unnamed): this leads from the types in those to the qualified types.
 */
function containersOf(index: BtfIndex, rows: Rows): ReadonlyMap<number, readonly number[]> {
  return index.cached(CONTAINERS, () => {
    const { of } = qualifiedTypes(index);
    const innermost = (type: number): number => {
      let at = type;
      for (let depth = 0; depth <= MAX_UNNAMED_DEPTH; depth++) at = of.get(at) ?? at;
      return at;
    };
    const targets = new Set([...of.values()].filter((type) => !of.has(type)));
    const anonymous = new Set(
      (
        index
          .statement(
            `SELECT t.id FROM json_each(?) j CROSS JOIN type t ON t.id = j.value
               WHERE t.code >= x'${hex(TypeTag.AnonymousStruct)}' AND t.code < x'${hex(TypeTag.AnonymousUnion + 1)}'`,
          )
          .all(JSON.stringify([...targets])) as [number][]
      ).map(([id]) => id),
    );
    const qualified = [...of.keys()].filter((type) => anonymous.has(innermost(type)));
    rows.loadTypes(qualified);
    const containers = new Map<number, number[]>();
    const visit = (body: CompositeBody, container: number, depth: number): void => {
      for (const { name, type } of body.members) {
        const known = containers.get(type);
        if (known) known.push(container);
        else containers.set(type, [container]);
        const inner = name === 0 && depth < MAX_UNNAMED_DEPTH ? anonymousBody(rows, type) : undefined;
        if (inner !== undefined) visit(inner, container, depth + 1);
      }
    };
    for (const id of qualified) {
      const body = anonymousBody(rows, id);
      if (body !== undefined) visit(body, id, 0);
    }
    return containers;
  });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
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
    const stored = index.statement('SELECT DISTINCT type FROM member_type').all() as [number][];
    const ids = new Set([...stored.map(([id]) => id), ...containersOf(index, rows).keys()]);
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
