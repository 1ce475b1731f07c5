// Where a field is, in every kernel.

import type { FieldAnswer, FieldInKernel, FieldPlace, FieldVariant } from '../answer-types.ts';
import { KIND_CODE } from './declarations.ts';
import { intersect, type Ranges, subtract, unite } from '../store/content-tree.ts';
import { compositeOf, flatMembers, type PathStep, parsePath } from './members.ts';
import { nearWords } from './did-you-mean.ts';
import type { BtfIndex } from '../store/open.ts';
import { loadPaths, type Place, places, type ResolvedStep, resolveSteps } from './field-path.ts';
import { type Rows, rowsOf } from '../store/row-cache.ts';
import { typeText } from './type-text.ts';
import { type KernelFilter, maskOf } from './kernel-filter.ts';

/**
 * A field of a struct or union over kernels; `path` goes through members (`se.vruntime`), elements (`comm[0]`) and, as C
 * does, through anonymous members without naming them. undefined where no kernel has such a struct.
 *
 * ```ts
 * const answer = field(index, 'struct', 'task_struct', 'pid');
 * for (const variant of answer?.variants ?? []) console.log(variant.offset, variant.kernelIds.length);
 * ```
 *
 * Throws `bad-path`.
 */
export function field(
  index: BtfIndex,
  kind: 'struct' | 'union',
  struct: string,
  path: string,
  where?: KernelFilter,
): FieldAnswer | undefined {
  return fields(index, [{ kind, struct, path, where }])[0];
}

/** One question of `fields`. */
export interface FieldQuery {
  readonly kind: 'struct' | 'union';
  readonly struct: string;
  readonly path: string;
  readonly where?: KernelFilter | undefined;
}

/** As `field`, for many at once: as many statements as the longest path has steps, however many are asked. */
export function fields(index: BtfIndex, asks: readonly FieldQuery[]): (FieldAnswer | undefined)[] {
  const rows = rowsOf(index);
  const paths = asks.map(({ path }) => parsePath(path));
  rows.loadNames(asks.map(({ struct }) => struct));
  rows.loadNames(paths.flatMap((steps) => steps.flatMap((step) => ('name' in step ? [step.name] : []))));
  const asked = asks.map((ask, i) => ({
    ask,
    name: rows.name(ask.struct) ?? 0,
    steps: resolveSteps(rows, paths[i] as PathStep[]),
  }));
  rows.loadDeclared(asked.filter(({ name }) => name !== 0).map(({ ask, name }) => [KIND_CODE[ask.kind], name]));
  loadPaths(
    rows,
    asked.flatMap(({ ask, name, steps }) => {
      const kind = KIND_CODE[ask.kind];
      if (name === 0 || rows.isLoaded(`path ${kind} ${name} ${JSON.stringify(steps)}`)) return [];
      return rows.declared(kind, name).map((row) => ({ row, steps }));
    }),
  );
  return asked.map(({ ask, name, steps }) => answer(index, rows, ask, name, steps));
}

function answer(
  index: BtfIndex,
  rows: Rows,
  { kind, struct, path, where }: FieldQuery,
  name: number,
  steps: readonly ResolvedStep[],
): FieldAnswer | undefined {
  const outer = name === 0 ? [] : rows.declared(KIND_CODE[kind], name);
  if (outer.length === 0) return undefined;

  const variants = new Map<string, { place: FieldPlace; ranges: Ranges[]; declarationIds: Set<number> }>();
  const texts = new Map<number, string>();
  for (const place of places(rows, outer, steps)) {
    const key = keyOf(rows, place, texts);
    let variant = variants.get(key);
    if (variant === undefined) {
      variant = { place: placeOf(place, texts), ranges: [], declarationIds: new Set() };
      variants.set(key, variant);
    }
    variant.ranges.push(place.ranges);
    for (const id of place.from) variant.declarationIds.add(id);
  }

  const catalog = index.catalog();
  const mask = maskOf(index, where);
  const everywhere: Ranges = catalog.tree.count > 0 ? [0, catalog.tree.count] : [];
  const withStruct = rows.remembered(`where ${KIND_CODE[kind]} ${name}`, () =>
    unite(outer.map((row) => rows.ranges(row.set))),
  );
  const united = [...variants.values()].map(({ place, ranges, declarationIds }) => ({
    place,
    declarationIds,
    ranges: unite(ranges),
  }));
  const withField = unite(united.map(({ ranges }) => ranges));
  const found = united
    .map(
      ({ place, declarationIds, ranges }): FieldVariant => ({
        ...place,
        kernelIds: catalog.kernelIdsIn(ranges, mask),
        declarationIds: [...declarationIds],
      }),
    )
    .filter((variant) => variant.kernelIds.length > 0);
  const first = (variant: FieldVariant) => catalog.rank[variant.kernelIds[0] as number] as number;
  found.sort((a, b) => first(a) - first(b) || a.bitOffset - b.bitOffset || (a.type < b.type ? -1 : 1));
  return {
    kind,
    struct,
    field: path,
    variants: found,
    absentFrom: catalog.kernelIdsIn(subtract(withStruct, withField), mask),
    withoutStruct: catalog.kernelIdsIn(subtract(everywhere, withStruct), mask),
    ambiguousIn: catalog.kernelIdsIn(
      overlaps(
        united.map(({ ranges }) => ranges),
        withField,
      ),
      mask,
    ),
  };
}

function keyOf(rows: Rows, place: Place, texts: Map<number, string>): string {
  let text = texts.get(place.type);
  if (text === undefined) texts.set(place.type, (text = typeText(rows, place.type)));
  return `${place.bitOffset} ${place.bitSize} ${place.size} ${text}`;
}

function placeOf(place: Place, texts: Map<number, string>): FieldPlace {
  return {
    offset: Math.floor(place.bitOffset / 8),
    bitOffset: place.bitOffset,
    bitSize: place.bitSize || null,
    size: place.size < 0 ? null : place.size,
    type: texts.get(place.type) as string,
  };
}

/** Positions that are in more than one of these. */
function overlaps(sets: readonly Ranges[], all: Ranges): Ranges {
  let seen: Ranges = [];
  let twice: Ranges = [];
  const total = sets.reduce((n, set) => n + sizeOf(set), 0);
  if (total === sizeOf(all)) return [];
  for (const set of sets) {
    twice = unite([twice, intersect(seen, set)]);
    seen = unite([seen, set]);
  }
  return twice;
}

function sizeOf(ranges: Ranges): number {
  let size = 0;
  for (let i = 0; i < ranges.length; i += 2) size += (ranges[i + 1] as number) - (ranges[i] as number);
  return size;
}

/** An answer turned round: one row for each kernel and variant, in kernel order. */
export function fieldInKernels(index: BtfIndex, answer: FieldAnswer): FieldInKernel[] {
  const { rank } = index.catalog();
  const found: FieldInKernel[] = [];
  answer.variants.forEach((variant, i) => {
    for (const kernelId of variant.kernelIds) found.push({ kernelId, variant: i });
  });
  return found.sort((a, b) => (rank[a.kernelId] as number) - (rank[b.kernelId] as number) || a.variant - b.variant);
}

/** Paths like this one: names near its last, in any version of the struct that the rest of the path leads to. */
export function nearFields(
  index: BtfIndex,
  kind: 'struct' | 'union',
  struct: string,
  path: string,
  limit = 3,
): string[] {
  const dot = path.lastIndexOf('.');
  if (dot > 0) {
    const outer = path.slice(0, dot);
    const type = field(index, kind, struct, outer)?.variants.at(-1)?.type;
    const found = /^(?:const )?(?:volatile )?(struct|union) (\w+)$/.exec(type ?? '');
    if (found === null) return [];
    const near = nearFields(index, found[1] as 'struct' | 'union', found[2] as string, path.slice(dot + 1), limit);
    return near.map((name) => `${outer}.${name}`);
  }
  const rows = rowsOf(index);
  const name = rows.name(struct);
  const names = new Set<string>();
  for (const row of name === undefined ? [] : rows.declared(KIND_CODE[kind], name)) {
    for (const member of flatMembers(rows, compositeOf(row.body))) names.add(rows.text(member.name));
  }
  names.delete(path);
  return nearWords(path, names, limit);
}
