// Which structs and unions have a member of a type.

import type { FieldOfType } from '../answer-types.ts';
import { kindWord } from './declarations.ts';
import { type Ranges, unite } from '../store/content-tree.ts';
import { compositeOf, flatMembers } from './members.ts';
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
  const owners = index
    .statement(`SELECT DISTINCT m.kind, m.owner FROM json_each(?) j CROSS JOIN member_type m ON m.type = j.value`)
    .all(JSON.stringify([...types])) as [number, number][];
  rows.loadDeclared(owners);
  rows.loadTexts(owners.map(([, owner]) => owner));
  const found = new Map<string, Omit<FieldOfType, 'kernelIds'> & { ranges: Ranges[] }>();
  for (const [kind, owner] of owners) {
    const word = kindWord(kind);
    if (word !== 'struct' && word !== 'union') continue;
    for (const row of rows.declared(kind, owner)) {
      for (const member of flatMembers(rows, compositeOf(row.body))) {
        if (!types.has(member.type)) continue;
        const [struct, name] = [rows.text(owner), rows.text(member.name)];
        const key = `${word} ${struct} ${name}`;
        const known = found.get(key);
        if (known) known.ranges.push(rows.ranges(row.set));
        else found.set(key, { kind: word, struct, field: name, ranges: [rows.ranges(row.set)] });
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
