// Where a field is, in every kernel.

import { decoded } from '../store/sqlite-errors.ts';
import type { FieldAnswer, FieldInKernel, FieldPlace, FieldVariant } from '../answer-types.ts';
import {
  bodyOfComposite,
  type Composite,
  type CompositeKind,
  compositeKind,
  compositesNamed,
  loadComposites,
  parseTypeName,
} from './composites.ts';
import { intersect, type Ranges, subtract, unite } from '../store/content-tree.ts';
import { type PathStep, parsePath } from './path-grammar.ts';
import { flatMembers } from './unnamed.ts';
import { nearWords } from './did-you-mean.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { loadPaths, type Place, places, type ResolvedStep, resolveSteps } from './field-path.ts';
import type { CompositeBody } from '../encoding/type-code.ts';
import { type Rows, rowsOf } from '../store/row-cache.ts';
import { typeText } from './type-text.ts';
import { type KernelFilter, maskOf } from './kernel-filter.ts';
import { contentsAt } from './module-slots.ts';
import { answerAt, inParts } from './places.ts';

/**
 * A field of a struct or union over kernels. `composite` asks all of the name together, kernel by kernel: structs, unions,
 * and typedefs of those without a tag. `struct` may begin with the word itself (`struct task_struct`). `path` goes through members (`se.vruntime`), elements (`comm[0]`) and, as C
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
  kind: CompositeKind,
  struct: string,
  path: string,
  where?: KernelFilter,
): FieldAnswer | undefined {
  return fields(index, [{ kind, struct, path, where }])[0];
}

/** One question of `fields`. */
export interface FieldQuery {
  readonly kind: CompositeKind;
  readonly struct: string;
  readonly path: string;
  readonly where?: KernelFilter | undefined;
}

/** As `field`, for many at once: as many statements as the longest path has steps, however many are asked. */
export function fields(index: BtfIndex, asks: readonly FieldQuery[]): (FieldAnswer | undefined)[] {
  return decoded(index.path, () => {
    const rows = rowsOf(index);
    const paths = asks.map(({ path }) => parsePath(path));
    const names = asks.map(({ struct }) => parseTypeName(struct).name);
    rows.loadNames(names);
    rows.loadNames(paths.flatMap((steps) => steps.flatMap((step) => ('name' in step ? [step.name] : []))));
    const asked = asks.map((ask, i) => ({
      ask,
      kind: compositeKind(ask.kind, ask.struct),
      name: rows.name(names[i]!) ?? 0,
      steps: resolveSteps(rows, paths[i] as PathStep[]),
    }));
    loadComposites(
      rows,
      asked.map(({ name }) => name),
    );
    // many asks of one struct read its versions once, and of their members those that are asked for
    const first = new Set(
      asked.map(({ steps: [step] }) => (step !== undefined && 'name' in step ? step.name : undefined)),
    );
    const bodies = new Map<Composite, CompositeBody>();
    const bodyOf = (composite: Composite): CompositeBody => {
      const known = bodies.get(composite) ?? bodyOfComposite(composite, (member) => first.has(member));
      bodies.set(composite, known);
      return known;
    };
    loadPaths(
      rows,
      asked.flatMap(({ kind, name, steps }) => {
        if (kind === undefined || rows.isLoaded(`path ${kind} ${name} ${JSON.stringify(steps)}`)) return [];
        return compositesNamed(rows, name, kind).map((composite) => ({ body: bodyOf(composite), steps }));
      }),
    );
    return asked.map(({ ask, kind, name, steps }) =>
      kind === undefined ? undefined : answer(index, rows, ask, kind, name, steps, bodyOf),
    );
  });
}

function answer(
  index: BtfIndex,
  rows: Rows,
  { struct, path, where }: FieldQuery,
  kind: CompositeKind,
  name: number,
  steps: readonly ResolvedStep[],
  bodyOf: (composite: Composite) => CompositeBody,
): FieldAnswer | undefined {
  const outer = compositesNamed(rows, name, kind);
  if (outer.length === 0) return undefined;

  const variants = new Map<string, { place: FieldPlace; ranges: Ranges[]; declarationIds: Set<number> }>();
  const texts = new Map<number, string>();
  for (const place of places(rows, outer, `${kind} ${name}`, steps, bodyOf)) {
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
  const having = rows.remembered(`where ${kind} ${name}`, () => unite(outer.map(({ ranges }) => ranges)));
  const withStruct = contentsAt(rows, inParts(rows, having, where));
  const united = [...variants.values()].map(({ place, ranges, declarationIds }) => {
    const parts = inParts(rows, unite(ranges), where);
    return { place, declarationIds, parts, ranges: contentsAt(rows, parts) };
  });
  const withField = unite(united.map(({ ranges }) => ranges));
  const found = united
    .map(
      ({ place, declarationIds, parts }): FieldVariant => ({
        ...place,
        ...answerAt(index, parts, where),
        declarationIds: [...declarationIds],
      }),
    )
    .filter((variant) => variant.kernelIds.length > 0);
  const first = (variant: FieldVariant) => catalog.rank[variant.kernelIds[0]!]!;
  found.sort((a, b) => first(a) - first(b) || a.bitOffset - b.bitOffset || (a.type < b.type ? -1 : 1));
  const withoutStruct = catalog.kernelIdsIn(subtract(everywhere, withStruct), mask);
  return {
    kind: outer.some((one) => one.kind === 'struct') ? 'struct' : 'union',
    struct: parseTypeName(struct).name,
    field: path,
    variants: found,
    absentFrom: catalog.kernelIdsIn(subtract(withStruct, withField), mask),
    withoutStruct,
    unknownIn: withoutStruct.filter((id) => catalog.kernels[catalog.rank[id]!]?.modules === null),
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
    type: texts.get(place.type)!,
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
  for (let i = 0; i < ranges.length; i += 2) size += ranges[i + 1]! - ranges[i]!;
  return size;
}

/** An answer turned round: one row for each kernel and variant, in kernel order. */
export function fieldInKernels(index: BtfIndex, answer: FieldAnswer): FieldInKernel[] {
  return decoded(index.path, () => {
    const { rank } = index.catalog();
    const found: FieldInKernel[] = [];
    answer.variants.forEach((variant, i) => {
      for (const kernelId of variant.kernelIds) found.push({ kernelId, variant: i });
    });
    return found.sort((a, b) => rank[a.kernelId]! - rank[b.kernelId]! || a.variant - b.variant);
  });
}

/** Kernels by what a name is in them: `struct`, `union`, `typedef of struct`; '' nowhere. In the order of kernels. */
export function compositeWords(
  index: BtfIndex,
  struct: string,
  kind: CompositeKind = 'composite',
): Map<number, string> {
  const rows = rowsOf(index);
  const words = new Map<number, string>();
  const meantKind = compositeKind(kind, struct);
  const name = rows.name(parseTypeName(struct).name) ?? 0;
  for (const one of meantKind === undefined ? [] : compositesNamed(rows, name, meantKind)) {
    const word = one.row === undefined ? `typedef of a ${one.kind}` : one.kind;
    for (const id of index.catalog().kernelIdsIn(contentsAt(rows, one.ranges))) if (!words.has(id)) words.set(id, word);
  }
  return words;
}

/** The first part of a path that is a pointer, where more of the path follows: `real_cred` of `real_cred.uid`. */
export function pointerInPath(index: BtfIndex, kind: CompositeKind, struct: string, path: string): string | undefined {
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const outer = path.slice(0, dot);
    const found = field(index, kind, struct, outer)?.variants ?? [];
    if (found.some(({ type }) => type.endsWith('*'))) return outer;
  }
  return undefined;
}

/** Versions of a struct that are looked at for names like a word. */
const MAX_VERSIONS_FOR_NAMES = 200;

/** Paths like this one: names near its last, in any version of the struct that the rest of the path leads to. */
export function nearFields(index: BtfIndex, kind: CompositeKind, struct: string, path: string, limit = 3): string[] {
  const dot = path.lastIndexOf('.');
  if (dot > 0) {
    const outer = path.slice(0, dot);
    const type = field(index, kind, struct, outer)?.variants.at(-1)?.type;
    const found = /^(?:const )?(?:volatile )?((?:(?:struct|union) )?\w+)$/.exec(type ?? '');
    if (found === null) return [];
    const near = nearFields(index, 'composite', found[1]!, path.slice(dot + 1), limit);
    return near.map((name) => `${outer}.${name}`);
  }
  const rows = rowsOf(index);
  const meantKind = compositeKind(kind, struct);
  const name = rows.name(parseTypeName(struct).name) ?? 0;
  const names = new Set<string>();
  const versions = meantKind === undefined ? [] : compositesNamed(rows, name, meantKind);
  // Names come and go slowly: of thousands of versions a few are enough to propose near names.
  const step = Math.max(1, Math.floor(versions.length / MAX_VERSIONS_FOR_NAMES));
  for (const [i, composite] of versions.entries()) {
    if (i % step !== 0 && i !== versions.length - 1) continue;
    for (const text of namesIn(rows, composite)) names.add(text);
  }
  names.delete(path);
  return nearWords(path, names, limit);
}

function namesIn(rows: Rows, { body, ranges }: Composite): string[] {
  return flatMembers(rows, body(), ranges).flatMap(({ members }) => members.map(({ name }) => rows.text(name)));
}
