// What entries ask for besides fields, in every kernel: sizes of types, whether something is declared, values of
// enumerators, signatures of functions.

import { decodeTypedef } from '../encoding/declaration-body.ts';
import { TypeTag } from '../encoding/type-code.ts';
import { unite } from '../store/content-tree.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type DeclarationRow, rowsOf } from '../store/row-cache.ts';
import { VarintReader } from '../varints.ts';
import type { DeclarationPlace, FuncVariant } from '../answer-types.ts';
import { parseTypeName } from '../query/composites.ts';
import { declarationsOf, KIND_CODE } from '../query/declarations.ts';
import { enumerators } from '../query/enumerators.ts';
import type { KernelFilter } from '../query/kernel-filter.ts';
import { answerAt } from '../query/places.ts';
import { type Column, columnOf } from './columns.ts';

interface Placed {
  readonly places: readonly DeclarationPlace[];
}

/** Sizes of types by name, with or without the kind's word: structs, unions, enums and typedefs. */
export function sizeColumns(
  index: BtfIndex,
  names: readonly string[],
  where: KernelFilter | undefined,
): Column<{ value: bigint }>[] {
  const sized = new Set<number>([KIND_CODE.struct, KIND_CODE.union, KIND_CODE.enum, KIND_CODE.typedef]);
  return declaredColumns(index, names, sized, sizeIn, where);
}

/** Whether anything of a name is declared: 1, or no answer. */
export function existenceColumns(
  index: BtfIndex,
  names: readonly string[],
  where: KernelFilter | undefined,
): Column<{ value: bigint }>[] {
  return declaredColumns(index, names, new Set(Object.values(KIND_CODE)), () => 1, where);
}

/** Bytes; undefined for a typedef of what has no size. A forward declaration is no STRUCT and not among these. */
function sizeIn({ kind, body }: DeclarationRow): number | undefined {
  if (kind !== TypeTag.Typedef) return new VarintReader(body).next();
  const { size } = decodeTypedef(body);
  return size < 0 ? undefined : size;
}

function declaredColumns(
  index: BtfIndex,
  names: readonly string[],
  kinds: ReadonlySet<number>,
  numberIn: (row: DeclarationRow) => number | undefined,
  where: KernelFilter | undefined,
): Column<{ value: bigint }>[] {
  const rows = rowsOf(index);
  const parsed = names.map(parseTypeName);
  rows.loadNames(parsed.map(({ name }) => name));
  const ids = parsed.map(({ name }) => rows.name(name) ?? 0);
  rows.loadDeclared(ids.flatMap((id) => (id === 0 ? [] : [...kinds].map((kind) => [kind, id] as const))));
  return parsed.map(({ kind: word }, i) => {
    const id = ids[i]!;
    const wanted = [...kinds].filter(
      (kind) => word === undefined || KIND_CODE[word as keyof typeof KIND_CODE] === kind,
    );
    const declared = id === 0 ? [] : wanted.flatMap((kind) => rows.declared(kind, id));
    rows.loadSets(declared.map(({ set }) => set));
    const byValue = new Map<number, DeclarationRow[]>();
    for (const row of declared) {
      const value = numberIn(row);
      if (value === undefined) continue;
      const list = byValue.get(value);
      if (list) list.push(row);
      else byValue.set(value, [row]);
    }
    const answers = [...byValue].map(([value, own]) => ({
      value: BigInt(value),
      places: answerAt(index, unite(own.map((row) => rows.everywhere(row.set))), where).places,
    }));
    return columnOf<{ value: bigint } & Placed>(index, answers, () => false);
  });
}

/** Values of enumerators, whichever enum has them, or of one enum. */
export function valueColumns(
  index: BtfIndex,
  asks: readonly { readonly enum: string | undefined; readonly name: string }[],
  where: KernelFilter | undefined,
): Column<{ value: bigint }>[] {
  const found = enumerators(
    index,
    asks.map(({ name }) => ({ name, where })),
  );
  return asks.map(({ enum: owner }, i) => {
    const own = (found[i] ?? []).filter((one) => owner === undefined || one.enum === parseTypeName(owner).name);
    return columnOf(index, own, (a, b) => a.value === b.value);
  });
}

/** Functions by name. Static functions of one name with different signatures are ambiguous. */
export function functionColumns(
  index: BtfIndex,
  names: readonly string[],
  where: KernelFilter | undefined,
): Column<FuncVariant>[] {
  const found = declarationsOf(index, 'func', names, where);
  return names.map((name) => columnOf(index, found.get(name) ?? [], (a, b) => a.signature === b.signature));
}
