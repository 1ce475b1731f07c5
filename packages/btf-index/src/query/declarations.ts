// Declarations by kind and name over kernels: each that looks different once, with the kernels that have it.

import { createHash } from 'node:crypto';
import type { Declaration, DeclarationKind, LayoutField, Linkage, VariantOf } from '../answer-types.ts';
import { decodeFunc, decodeTypedef, decodeVar } from '../encoding/declaration-body.ts';
import { type Ranges, unite } from '../store/content-tree.ts';
import { compositeOf, flatMembers } from './members.ts';
import { bodyMentions } from '../encoding/references.ts';
import type { BtfIndex } from '../store/open.ts';
import { type DeclarationRow, type Rows, rowsOf } from '../store/row-cache.ts';
import { decodeEnum, TypeTag } from '../encoding/type-code.ts';
import { isEllipsis, paramsText, typeText } from './type-text.ts';
import { VarintReader } from '../varints.ts';
import { type KernelFilter, maskOf } from './kernel-filter.ts';

/** `declaration.kind` by the kind's word. */
export const KIND_CODE = { struct: 4, union: 5, enum: 6, typedef: 8, func: 12, var: 14 } as const satisfies Record<
  DeclarationKind,
  number
>;
const KIND_WORD = new Map(Object.entries(KIND_CODE).map(([word, code]) => [code as number, word as DeclarationKind]));

/** The word for a `declaration.kind`; undefined for those that no question is about. */
export function kindWord(code: number): DeclarationKind | undefined {
  return KIND_WORD.get(code);
}

const LINKAGES: readonly Linkage[] = ['static', 'global', 'extern'];

/** What one declaration says, without saying where it is. */
export type Content<K extends DeclarationKind = DeclarationKind> = K extends DeclarationKind
  ? Omit<VariantOf[K], 'id' | 'hash' | 'kernelIds'>
  : never;

/** Decodes a row. */
export function contentOf(rows: Rows, row: DeclarationRow): Content {
  const kind = kindWord(row.kind) as DeclarationKind;
  const name = rows.text(row.name);
  switch (kind) {
    case 'struct':
    case 'union': {
      const body = compositeOf(row.body);
      const fields = flatMembers(rows, body).map(
        (member): LayoutField => ({
          name: rows.text(member.name),
          type: typeText(rows, member.type),
          offset: Math.floor(member.bitOffset / 8),
          bitOffset: member.bitOffset,
          bitSize: member.bitSize || null,
          size: member.size < 0 ? null : member.size,
          depth: member.depth,
        }),
      );
      return { kind, name, size: body.size, fields };
    }
    case 'enum': {
      const body = decodeEnum(new VarintReader(row.body));
      const enumerators = body.values.map((one) => ({ name: rows.text(one.name), value: one.value }));
      return { kind, name, size: body.size, signed: body.signed, enumerators };
    }
    case 'typedef':
      return { kind, name, type: typeText(rows, decodeTypedef(row.body).type) };
    case 'func': {
      const { linkage, proto } = decodeFunc(row.body);
      const code = rows.type(proto);
      if (code.tag !== TypeTag.FuncProto) throw new RangeError(`function ${name} has no prototype`);
      return {
        kind,
        name,
        linkage: linkageWord(linkage),
        signature: typeText(rows, code.returns, `${name}(${paramsText(rows, code.params)})`),
        returns: typeText(rows, code.returns),
        params: code.params.map((param, i) => ({
          name: rows.text(param.name),
          type: isEllipsis(rows, code.params, i) ? '...' : typeText(rows, param.type),
        })),
      };
    }
    case 'var': {
      const { linkage, type } = decodeVar(row.body);
      return { kind, name, linkage: linkageWord(linkage), type: typeText(rows, type) };
    }
  }
}

function linkageWord(linkage: number): Linkage {
  return LINKAGES[linkage] ?? 'extern';
}

/** 16 hexadecimal digits of what a declaration says: the same wherever it says the same. */
export function contentHash(content: Content): string {
  const text = JSON.stringify(content, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * Every distinct declaration of a kind and name, by its first kernel. Where several in one kernel share the name, each is
 * an answer of its own. Empty where no kernel has one.
 *
 * ```ts
 * for (const layout of declarations(index, 'struct', 'task_struct')) console.log(layout.size, layout.kernelIds.length);
 * ```
 */
export function declarations<K extends DeclarationKind>(
  index: BtfIndex,
  kind: K,
  name: string,
  where?: KernelFilter,
): readonly VariantOf[K][] {
  const rows = rowsOf(index);
  const id = rows.name(name);
  if (id === undefined || id === 0) return [];
  const declared = rows.declared(KIND_CODE[kind], id);
  const mentioned = declared.map((row) => bodyMentions(row.kind, row.body));
  rows.loadSets(declared.map(({ set }) => set));
  rows.loadTypes(mentioned.flatMap(({ types }) => types));
  rows.loadTexts(mentioned.flatMap(({ names }) => names));
  const alike = new Map<string, { content: Content; id: number; ranges: Ranges[] }>();
  for (const row of declared) {
    const content = contentOf(rows, row);
    const hash = contentHash(content);
    const known = alike.get(hash);
    if (known) known.ranges.push(rows.ranges(row.set));
    else alike.set(hash, { content, id: row.id, ranges: [rows.ranges(row.set)] });
  }
  const catalog = index.catalog();
  const mask = maskOf(index, where);
  const found: Declaration[] = [];
  for (const [hash, { content, id: row, ranges }] of alike) {
    const kernelIds = catalog.kernelIdsIn(unite(ranges), mask);
    if (kernelIds.length > 0) found.push({ id: row, hash, ...content, kernelIds });
  }
  const first = (one: Declaration) => catalog.rank[one.kernelIds[0] as number] as number;
  found.sort((a, b) => first(a) - first(b) || (a.hash < b.hash ? -1 : 1));
  return found as VariantOf[K][];
}

/** As `declarations`, for many names at once. */
export function declarationsOf<K extends DeclarationKind>(
  index: BtfIndex,
  kind: K,
  names: readonly string[],
  where?: KernelFilter,
): Map<string, readonly VariantOf[K][]> {
  const rows = rowsOf(index);
  const distinct = [...new Set(names)];
  rows.loadNames(distinct);
  const ids = distinct.map((name) => rows.name(name) ?? 0).filter((id) => id !== 0);
  rows.loadDeclared(ids.map((id) => [KIND_CODE[kind], id]));
  const mentioned = ids.flatMap((id) =>
    rows.declared(KIND_CODE[kind], id).map((row) => bodyMentions(row.kind, row.body)),
  );
  rows.loadTypes(mentioned.flatMap(({ types }) => types));
  rows.loadTexts([...ids, ...mentioned.flatMap(({ names }) => names)]);
  return new Map(distinct.map((name) => [name, declarations(index, kind, name, where)]));
}

/** Which of these names some kernel has a declaration of this kind of: two statements, and nothing decoded. */
export function declaredNames(index: BtfIndex, kind: DeclarationKind, names: readonly string[]): Set<string> {
  const rows = rowsOf(index);
  const distinct = [...new Set(names)];
  rows.loadNames(distinct);
  const ids = new Map(distinct.map((name) => [name, rows.name(name) ?? 0]));
  rows.loadDeclared([...ids.values()].filter((id) => id !== 0).map((id) => [KIND_CODE[kind], id]));
  const isDeclared = (name: string) => {
    const id = ids.get(name) ?? 0;
    return id !== 0 && rows.declared(KIND_CODE[kind], id).length > 0;
  };
  return new Set(distinct.filter(isDeclared));
}

/** By kernel id, the declarations it has: several where they share a name. */
export function variantsByKernel<T extends Declaration>(all: readonly T[]): Map<number, T[]> {
  const byKernel = new Map<number, T[]>();
  for (const one of all) {
    for (const id of one.kernelIds) {
      const list = byKernel.get(id);
      if (list) list.push(one);
      else byKernel.set(id, [one]);
    }
  }
  return byKernel;
}
