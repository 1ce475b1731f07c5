// The value of an enumerator in every kernel, whichever enum declares it.

import { decoded } from '../store/sqlite-errors.ts';
import type { EnumeratorVariant } from '../answer-types.ts';
import { ANONYMOUS_ENUM } from '../encoding/declaration-body.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type Rows, rowsOf } from '../store/row-cache.ts';
import { decodeEnum } from '../encoding/type-code.ts';
import { VarintReader } from '../varints.ts';
import type { KernelFilter } from './kernel-filter.ts';
import { answerPlaces, placesOf } from './places.ts';

/** The values of an enumerator, by enum and first kernel. Empty where no kernel has it. */
export function enumerator(index: BtfIndex, name: string, where?: KernelFilter): readonly EnumeratorVariant[] {
  return enumerators(index, [{ name, where }])[0] as readonly EnumeratorVariant[];
}

/** As `enumerator`, for many at once. */
export function enumerators(
  index: BtfIndex,
  asks: readonly { readonly name: string; readonly where?: KernelFilter | undefined }[],
): (readonly EnumeratorVariant[])[] {
  return decoded(index.path, () => {
    const rows = rowsOf(index);
    rows.loadNames(asks.map(({ name }) => name));
    const ids = asks.map(({ name }) => rows.name(name) ?? 0);
    const owners = index
      .statement('SELECT e.name, e.kind, e.owner FROM json_each(?) j CROSS JOIN enumerator e ON e.name = j.value')
      .all(JSON.stringify([...new Set(ids)].filter((id) => id !== 0))) as [number, number, number][];
    rows.loadDeclared(owners.map(([, kind, owner]) => [kind, owner]));
    rows.loadTexts(owners.map(([, , owner]) => owner));
    return asks.map(({ where }, i) =>
      valuesOf(
        index,
        rows,
        ids[i]!,
        owners.filter(([name]) => name === ids[i]),
        where,
      ),
    );
  });
}

function valuesOf(
  index: BtfIndex,
  rows: Rows,
  name: number,
  owners: readonly [number, number, number][],
  where: KernelFilter | undefined,
): EnumeratorVariant[] {
  const found = new Map<string, { enum: string; value: bigint; sets: number[] }>();
  for (const [, kind, owner] of owners) {
    const text = kind === ANONYMOUS_ENUM ? '' : rows.text(owner);
    for (const row of rows.declared(kind, owner)) {
      for (const one of decodeEnum(new VarintReader(row.body)).values) {
        if (one.name !== name) continue;
        const key = `${text} ${one.value}`;
        const known = found.get(key);
        if (known) known.sets.push(row.set);
        else found.set(key, { enum: text, value: one.value, sets: [row.set] });
      }
    }
  }
  const catalog = index.catalog();
  const first = (one: EnumeratorVariant) => catalog.rank[one.kernelIds[0]!]!;
  return [...found.values()]
    .map(({ sets, ...one }) => ({ ...one, ...answerPlaces(index, placesOf(rows, sets, where), where) }))
    .filter((one) => one.kernelIds.length > 0)
    .sort((a, b) => (a.enum < b.enum ? -1 : a.enum > b.enum ? 1 : first(a) - first(b) || (a.value < b.value ? -1 : 1)));
}
