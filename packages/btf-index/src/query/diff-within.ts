// Declarations that two kernels have alike and that say something else in each: they have an unnamed member of a type with a
// name, and that type has changed. Such members are rare, so the question is first asked of what could have one at all.

import { holdsByName, KIND_CODE } from './declarations.ts';
import type { SetsOfTwo } from './diff-sets.ts';
import { withoutModifiers } from './type-text.ts';
import { unnamedTypes } from './unnamed.ts';
import { TypeTag } from '../encoding/type-code.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { blobAt, blobsOf, numbersOf } from '../store/columns.ts';
import { type DeclarationRow, type RawRow, rowOf, type Rows } from '../store/row-cache.ts';

/** The declarations of both kernels that have an unnamed member of a type with a name, anywhere in them. */
export function holdersOfBoth(index: BtfIndex, rows: Rows, { both }: SetsOfTwo): DeclarationRow[] {
  const inUnnamed = unnamedTypesHold(index, rows);
  const kinds = inUnnamed
    ? [KIND_CODE.struct, KIND_CODE.union, KIND_CODE.typedef, KIND_CODE.var]
    : [KIND_CODE.struct, KIND_CODE.union];
  const [list, hex, lengths] = index
    .statement(
      `SELECT json_group_array(d.id), group_concat(hex(d.body), ''), json_group_array(length(d.body))
         FROM json_each(?) j CROSS JOIN declaration d ON d.declaration_set = j.value
        WHERE d.kind IN (${kinds.join(', ')})`,
    )
    .get(JSON.stringify(both)) as unknown[];
  const ids = numbersOf(list);
  const found: number[] = [];
  if (inUnnamed) found.push(...ids);
  else {
    const bodies = blobsOf(hex, lengths);
    const unnamed = ids.map((_, i) => unnamedTypes(blobAt(bodies, i)));
    const named = namedAmong(rows, new Set(unnamed.flat()));
    for (const [i, id] of ids.entries()) if (unnamed[i]!.some((type) => named.has(type))) found.push(id);
  }
  if (found.length === 0) return [];
  const all = index
    .statement(
      `SELECT d.id, d.name, d.kind, d.discriminator, d.declaration_set, d.body
         FROM json_each(?) j CROSS JOIN declaration d ON d.id = j.value`,
    )
    .all(JSON.stringify(found)) as RawRow[];
  return all.map(rowOf).filter((row) => holdsByName(rows, row));
}

const UNNAMED_HOLD = Symbol('types without a name hold others by name');

/** Whether any struct or union without a name has an unnamed member of a type with a name. */
export function unnamedTypesHold(index: BtfIndex, rows: Rows): boolean {
  return index.cached(UNNAMED_HOLD, () => {
    const [hex, lengths] = index
      .statement(
        `SELECT group_concat(hex(code), ''), json_group_array(length(code)) FROM type WHERE code >= ? AND code < ?`,
      )
      .get(Uint8Array.of(TypeTag.AnonymousStruct), Uint8Array.of(TypeTag.AnonymousUnion + 1)) as unknown[];
    const codes = blobsOf(hex, lengths);
    const types = new Set<number>();
    for (let i = 0; i + 1 < codes.starts.length; i++) {
      for (const type of unnamedTypes(blobAt(codes, i).subarray(1))) types.add(type); // a body behind the tag
    }
    return namedAmong(rows, types).size > 0;
  });
}

/** Those of types that are, below qualifiers, a struct, union or typedef by its name. */
function namedAmong(rows: Rows, types: ReadonlySet<number>): Set<number> {
  rows.loadCodes(types);
  const named = new Set<number>();
  for (const type of types) {
    const { tag } = withoutModifiers(rows, type);
    if (tag === TypeTag.Struct || tag === TypeTag.Union || tag === TypeTag.Typedef) named.add(type);
  }
  return named;
}
