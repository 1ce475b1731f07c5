// Declarations by kind and name over kernels: each that looks different once, with the kernels that have it.

import { decoded } from '../store/sqlite-errors.ts';
import type { Declaration, DeclarationKind, Linkage, StructLayout, VariantOf } from '../answer-types.ts';
import { hexOf } from '../bytes.ts';
import { ANONYMOUS_ENUM, decodeFunc, decodeTypedef, decodeVar } from '../encoding/declaration-body.ts';
import type { CompositeBody } from '../encoding/type-code.ts';
import { type Ranges, unite } from '../store/content-tree.ts';
import { type CompositeKind, compositeKind, compositesNamed, loadComposites, parseTypeName } from './composites.ts';
import { anonymousBodyOf, hiddenIn, layoutsOf, MAX_INNER_DEPTH, uniformRanges } from './composite-layout.ts';
import { compositeOf } from './unnamed.ts';
import { bodyMentions } from '../encoding/references.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type DeclarationRow, type RawRow, rowOf, type Rows, rowsOf } from '../store/row-cache.ts';
import { publishedHolders } from '../store/published-parts.ts';
import { decodeEnum, TypeTag } from '../encoding/type-code.ts';
import { fullTypeText, hasHiddenContent, isEllipsis, paramsText, typeText, withoutModifiers } from './type-text.ts';
import { VarintReader } from '../varints.ts';
import type { KernelFilter } from './kernel-filter.ts';
import { answerAt } from './places.ts';

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
  ? Omit<VariantOf[K], 'id' | 'hash' | 'kernelIds' | 'places'>
  : never;

/** What a declaration says in some kernels. */
export interface ContentInKernels {
  readonly content: Content;
  readonly ranges: Ranges;
}

/**
 * Decodes a row: one content, or several where a struct has an unnamed member of a type with a name, which may say
 * something else in each kernel. Of enums without a name `name` is ''.
 */
export function contentsOf(rows: Rows, row: DeclarationRow, ranges = rows.everywhere(row.set)): ContentInKernels[] {
  const kind = kindWord(row.kind);
  if (kind === 'struct' || kind === 'union')
    return layoutsOf(rows, kind, rows.text(row.name), compositeOf(row.body), ranges);
  const type =
    kind === 'typedef' ? decodeTypedef(row.body).type : kind === 'var' ? decodeVar(row.body).type : undefined;
  const body = type === undefined ? undefined : anonymousBodyOf(rows, type);
  const parts = body === undefined ? [ranges] : uniformRanges(rows, body, ranges);
  return parts.map((part) => ({ content: contentOf(rows, row, part), ranges: part }));
}

const HOLDERS = Symbol('declarations with unnamed members of types with names');

/** Declarations that have an unnamed member of a type with a name anywhere: what they say is not in their rows alone. */
export function holders(index: BtfIndex, rows: Rows): readonly DeclarationRow[] {
  return index.cached(HOLDERS, () => {
    const published = publishedHolders(index);
    if (published !== undefined) return published.map((row) => rowOf([...row]));
    const all = (
      index
        .statement(
          `SELECT id, name, kind, discriminator, declaration_set, body FROM declaration
            WHERE kind IN (${KIND_CODE.struct}, ${KIND_CODE.union}, ${KIND_CODE.typedef}, ${KIND_CODE.var})`,
        )
        .all() as RawRow[]
    ).map(rowOf);
    // Read together: one by one, the types of tens of thousands of typedefs take longer than all else here.
    rows.loadTypes(
      all.flatMap(({ kind, body }) =>
        kind === KIND_CODE.typedef ? [decodeTypedef(body).type] : kind === KIND_CODE.var ? [decodeVar(body).type] : [],
      ),
    );
    return all.filter((row) => holdsByName(rows, row));
  });
}

/** Whether a declaration has an unnamed member of a type with a name. */
export function holdsByName(rows: Rows, row: DeclarationRow): boolean {
  const inBody = (body: CompositeBody, depth: number): boolean =>
    depth < MAX_INNER_DEPTH && body.members.some(({ name, type }) => inType(name, type, depth));
  const inType = (name: number, type: number, depth: number): boolean => {
    const inner = anonymousBodyOf(rows, type);
    if (inner !== undefined) return inBody(inner, depth + 1);
    if (name !== 0) return false;
    const { tag } = withoutModifiers(rows, type);
    return tag === TypeTag.Struct || tag === TypeTag.Union || tag === TypeTag.Typedef;
  };
  switch (row.kind) {
    case KIND_CODE.struct:
    case KIND_CODE.union:
      return inBody(compositeOf(row.body), 0);
    case KIND_CODE.typedef:
      return inType(1, decodeTypedef(row.body).type, 0);
    case KIND_CODE.var:
      return inType(1, decodeVar(row.body).type, 0);
    default:
      return false;
  }
}

/** What a declaration that is no composite says; hidden types as they are in these kernels. */
export function contentOf(rows: Rows, row: DeclarationRow, ranges: Ranges): Content {
  const kind = kindWord(row.kind) ?? 'enum';
  const name = row.kind === ANONYMOUS_ENUM ? '' : rows.text(row.name);
  switch (kind) {
    case 'struct':
    case 'union':
      throw new RangeError('composites have their layouts by kernels');
    case 'enum': {
      const body = decodeEnum(new VarintReader(row.body));
      const enumerators = body.values.map((one) => ({ name: rows.text(one.name), value: one.value }));
      return { kind, name, size: body.size, signed: body.signed, enumerators };
    }
    case 'typedef': {
      const { type } = decodeTypedef(row.body);
      return { kind, name, type: typeText(rows, type), ...hiddenIn(rows, type, ranges) };
    }
    case 'func': {
      const { proto } = decodeFunc(row.body);
      const { params, returns, ...func } = funcOf(rows, row);
      return {
        kind,
        name,
        ...func,
        returns: typeText(rows, returns),
        params: params.map((param, i) => ({
          name: rows.text(param.name),
          type: isEllipsis(rows, params, i) ? '...' : typeText(rows, param.type),
        })),
        ...(hasHiddenContent(rows, proto) ? { full: fullTypeText(rows, proto, name) } : {}),
      };
    }
    case 'var': {
      const { linkage, type } = decodeVar(row.body);
      return { kind, name, linkage: linkageWord(linkage), type: typeText(rows, type), ...hiddenIn(rows, type, ranges) };
    }
  }
}

/** A function's linkage and signature, and the types that these are of. */
export function funcOf(rows: Rows, row: DeclarationRow) {
  const name = rows.text(row.name);
  const { linkage, proto } = decodeFunc(row.body);
  const code = rows.type(proto);
  if (code.tag !== TypeTag.FuncProto) throw new RangeError(`function ${name} has no prototype`);
  const { returns, params } = code;
  const signature = typeText(rows, returns, `${name}(${paramsText(rows, params)})`);
  return { linkage: linkageWord(linkage), signature, returns, params };
}

function linkageWord(linkage: number): Linkage {
  return LINKAGES[linkage] ?? 'extern';
}

/** What a declaration says as text: the same wherever it says the same. */
export function contentText(content: Content): string {
  // Values of enumerators are the only big integers; a replacer makes it several times slower.
  if (content.kind !== 'enum') return JSON.stringify(content);
  return JSON.stringify(content, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

/**
 * Every distinct declaration of a kind and name, by its first kernel. Where several in one kernel share the name, each is
 * an answer of its own. The kind's word may stand before the name. Empty where no kernel has one.
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
  return decoded(index.path, () => {
    if (kind === 'struct' || kind === 'union') return layouts(index, name, where, kind) as readonly VariantOf[K][];
    const rows = rowsOf(index);
    const asked = parseTypeName(name);
    if (asked.kind !== undefined && asked.kind !== kind) return [];
    const id = rows.name(asked.name);
    if (id === undefined || id === 0) return [];
    const declared = rows.declared(KIND_CODE[kind], id);
    loadBodies(rows, declared);
    const all = declared.flatMap((row) => contentsOf(rows, row).map((one) => ({ ...one, id: row.id })));
    return distinctDeclarations(index, all, where) as VariantOf[K][];
  });
}

/**
 * Every distinct layout of a name: of structs, unions and typedefs of those without a tag together, or of structs or
 * unions only. By their first kernel.
 */
export function layouts(
  index: BtfIndex,
  name: string,
  where?: KernelFilter,
  kind: CompositeKind = 'composite',
): readonly StructLayout[] {
  return decoded(index.path, () => {
    const rows = rowsOf(index);
    const meant = compositeKind(kind, name);
    const bare = parseTypeName(name).name;
    const id = rows.name(bare) ?? 0;
    if (meant === undefined || id === 0) return [];
    loadComposites(rows, [id]);
    const composites = compositesNamed(rows, id, meant);
    loadBodies(
      rows,
      composites.flatMap(({ row }) => (row === undefined ? [] : [row])),
    );
    const all = composites.flatMap((composite) =>
      layoutsOf(rows, composite.kind, bare, composite.body(), composite.ranges, composite.row === undefined).map(
        (one) => ({
          ...one,
          id: composite.id,
        }),
      ),
    );
    return distinctDeclarations(index, all, where) as StructLayout[];
  });
}

/** Reads what the bodies of these rows speak of, by one statement a level. */
function loadBodies(rows: Rows, declared: readonly DeclarationRow[]): void {
  const mentioned = declared.map((row) => bodyMentions(row.kind, row.body));
  rows.loadSets(declared.map(({ set }) => set));
  rows.loadTypes(mentioned.flatMap(({ types }) => types));
  rows.loadTexts(mentioned.flatMap(({ names }) => names));
}

/** Joins those that say the same, and gives each its kernels. */
function distinctDeclarations(
  index: BtfIndex,
  all: readonly (ContentInKernels & { readonly id: number })[],
  where: KernelFilter | undefined,
): Declaration[] {
  const alike = new Map<string, { content: Content; id: number; ranges: Ranges[] }>();
  for (const { content, id, ranges } of all) {
    const hash = hexOf(index.codec.sha256(contentText(content)).subarray(0, 8));
    const known = alike.get(hash);
    if (known) known.ranges.push(ranges);
    else alike.set(hash, { content, id, ranges: [ranges] });
  }
  const catalog = index.catalog();
  const found: Declaration[] = [];
  for (const [hash, { content, id, ranges }] of alike) {
    const at = answerAt(index, unite(ranges), where);
    if (at.kernelIds.length > 0) found.push({ id, hash, ...content, ...at });
  }
  const first = (one: Declaration) => catalog.rank[one.kernelIds[0]!]!;
  found.sort((a, b) => first(a) - first(b) || (a.hash < b.hash ? -1 : 1));
  return found;
}

/** As `declarations`, for many names at once; `composite`: as `layouts`. */
export function declarationsOf<K extends DeclarationKind>(
  index: BtfIndex,
  kind: K | 'composite',
  names: readonly string[],
  where?: KernelFilter,
): Map<string, readonly VariantOf[K][]> {
  return decoded(index.path, () => {
    const rows = rowsOf(index);
    const distinct = [...new Set(names)];
    const bare = distinct.map((name) => parseTypeName(name).name);
    rows.loadNames(bare);
    const ids = bare.map((name) => rows.name(name) ?? 0).filter((id) => id !== 0);
    const declared = kind === 'composite' || kind === 'struct' || kind === 'union' ? compositeRows : rowsOfKind;
    const found = declared(rows, ids, kind);
    rows.loadTexts(ids);
    loadBodies(rows, found);
    return new Map(
      distinct.map((name) => [
        name,
        kind === 'composite'
          ? (layouts(index, name, where) as unknown as readonly VariantOf[K][])
          : declarations(index, kind, name, where),
      ]),
    );
  });
}

function compositeRows(rows: Rows, ids: readonly number[]): DeclarationRow[] {
  loadComposites(rows, ids);
  return ids.flatMap((id) => [TypeTag.Struct, TypeTag.Union, TypeTag.Typedef].flatMap((tag) => rows.declared(tag, id)));
}

function rowsOfKind(rows: Rows, ids: readonly number[], kind: DeclarationKind | 'composite'): DeclarationRow[] {
  const code = kind === 'composite' ? KIND_CODE.struct : KIND_CODE[kind];
  rows.loadDeclared(ids.map((id) => [code, id]));
  return ids.flatMap((id) => rows.declared(code, id));
}

/** Which of these names some kernel has a declaration of this kind of: two statements. */
export function declaredNames(
  index: BtfIndex,
  kind: DeclarationKind | 'composite',
  names: readonly string[],
): Set<string> {
  const rows = rowsOf(index);
  const distinct = [...new Set(names)];
  const bare = (name: string) => parseTypeName(name).name;
  rows.loadNames(distinct.map(bare));
  const ids = new Map(distinct.map((name) => [name, rows.name(bare(name)) ?? 0]));
  if (isComposite(kind)) loadComposites(rows, [...ids.values()]);
  else rows.loadDeclared([...ids.values()].filter((id) => id !== 0).map((id) => [KIND_CODE[kind], id]));
  const isDeclared = (name: string) => {
    const id = ids.get(name) ?? 0;
    if (id === 0) return false;
    if (!isComposite(kind)) return rows.declared(KIND_CODE[kind], id).length > 0;
    const meant = compositeKind(kind, name);
    return meant !== undefined && compositesNamed(rows, id, meant).length > 0;
  };
  return new Set(distinct.filter(isDeclared));
}

function isComposite(kind: DeclarationKind | 'composite'): kind is CompositeKind {
  return kind === 'struct' || kind === 'union' || kind === 'composite';
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
