// Which structs and unions have a member of a type.

import type { FieldOfType } from '../answer-types.ts';
import { type Ranges, unite } from '../store/content-tree.ts';
import { TypeTag } from '../encoding/type-code.ts';
import { compositesNamed } from './composites.ts';
import { flatMembers } from './unnamed.ts';
import type { BtfIndex } from '../store/open.ts';
import { type Rows, rowsOf } from '../store/row-cache.ts';
import { typeText } from './type-text.ts';
import { type KernelFilter, maskOf } from './kernel-filter.ts';

/**
 * Members of exactly this type, written as C writes it (`struct mm_struct *`, `char[16]`), by struct and field. Spaces
 * do not matter. Empty where there are none.
 */
export function fieldsOfType(index: BtfIndex, type: string, where?: KernelFilter): FieldOfType[] {
  const rows = rowsOf(index);
  const types = new Set(typesByText(index, rows).get(squeeze(type)));
  if (types.size === 0) return [];
  const owners = ownersOf(index, rows, types);
  rows.loadTexts(owners);
  const found = new Map<string, Omit<FieldOfType, 'kernelIds'> & { ranges: Ranges[] }>();
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
  const catalog = index.catalog();
  const mask = maskOf(index, where);
  return [...found]
    .map(([key, { ranges, ...one }]) => ({ key, one: { ...one, kernelIds: catalog.kernelIdsIn(unite(ranges), mask) } }))
    .filter(({ one }) => one.kernelIds.length > 0)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ one }) => one);
}

/**
 * Names of the structs, unions and typedefs that have a member of these types, and of those that have it by way of an
 * unnamed member with a tag of its own.
 */
function ownersOf(index: BtfIndex, rows: Rows, types: ReadonlySet<number>): number[] {
  const owners = new Set<number>();
  let wanted = [...types];
  for (let depth = 0; depth < 8 && wanted.length > 0; depth++) {
    const found = index
      .statement(`SELECT DISTINCT m.kind, m.owner FROM json_each(?) j CROSS JOIN member_type m ON m.type = j.value`)
      .all(JSON.stringify(wanted)) as [number, number][];
    const fresh = found.filter(([, owner]) => !owners.has(owner));
    for (const [, owner] of fresh) owners.add(owner);
    wanted = [];
    if (depth > 0 || fresh.length === 0) break;
    // one more step, through structs that stand in others without a name
    rows.loadTexts(fresh.map(([, owner]) => owner));
    const byText = typesByText(index, rows);
    for (const [kind, owner] of fresh) {
      const word = kind === TypeTag.Struct ? 'struct ' : kind === TypeTag.Union ? 'union ' : '';
      const text = `${word}${rows.text(owner)}`;
      for (const qualifier of ['', 'const ', 'volatile '])
        wanted.push(...(byText.get(squeeze(qualifier + text)) ?? []));
    }
  }
  return [...owners].filter((owner) => owner !== 0);
}

const TEXTS = Symbol('texts of types');

/** All types of members by their text without spaces that C does not need. */
function typesByText(index: BtfIndex, rows: Rows): Map<string, number[]> {
  return index.cached(TEXTS, () => {
    const ids = (index.statement('SELECT DISTINCT type FROM member_type').all() as [number][]).map(([id]) => id);
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

function squeeze(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/ ?([*()[\],]) ?/g, '$1');
}
