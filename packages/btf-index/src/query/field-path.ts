// Where a path of fields leads, from one declaration on, in each of its kernels: a path goes on into declarations by name,
// and which one a name means depends on the kernel.

import { decodeTypedef } from '../encoding/declaration-body.ts';
import { type Ranges, unite } from '../store/content-tree.ts';
import type { Composite } from './composites.ts';
import type { PathStep } from './path-grammar.ts';
import type { Rows } from '../store/row-cache.ts';
import { type CompositeBody, type TypeCode, TypeTag } from '../encoding/type-code.ts';
import { withoutModifiers } from './type-text.ts';
import { compositeOf, meant, membersNamed, membersNamedIn } from './unnamed.ts';

/** What a path leads to in some kernels. `bitSize` 0 for no bitfield; `size` -1 for none. */
export interface Place {
  readonly type: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly size: number;
  readonly ranges: Ranges;
}

/** Modifiers, typedefs and members that a path goes through, at most. */
const MAX_STEPS = 64;

/** A step with its name's row; undefined where nothing in the index has that name. */
export type ResolvedStep = { readonly name: number | undefined } | { readonly element: number };

export function resolveSteps(rows: Rows, steps: readonly PathStep[]): ResolvedStep[] {
  return steps.map((step) => ('name' in step ? { name: rows.name(step.name) } : step));
}

/** Reads all that `places` will ask for, for many declarations and paths, by one statement a step and kind of row. */
export function loadPaths(
  rows: Rows,
  starts: readonly { readonly body: CompositeBody; readonly steps: readonly ResolvedStep[] }[],
): void {
  let bodies = [...starts];
  for (let depth = 0; depth < 16 && bodies.length > 0; depth++) {
    const ahead: { readonly type: number; readonly steps: readonly ResolvedStep[] }[] = [];
    for (const { body, steps } of bodies) {
      const [step, ...rest] = steps;
      if (step === undefined || !('name' in step) || step.name === undefined) continue;
      const direct = body.members.find((member) => member.name === step.name);
      if (direct !== undefined) ahead.push({ type: direct.type, steps: rest });
      else for (const member of body.members) if (member.name === 0) ahead.push({ type: member.type, steps });
    }
    rows.loadTypes(ahead.map(({ type }) => type));
    bodies = loadBehind(rows, ahead);
  }
}

/** Goes through modifiers, arrays and typedefs to the next bodies, reading the declarations on the way together. */
function loadBehind(
  rows: Rows,
  ahead: readonly { readonly type: number; readonly steps: readonly ResolvedStep[] }[],
): { body: CompositeBody; steps: readonly ResolvedStep[] }[] {
  const bodies: { body: CompositeBody; steps: readonly ResolvedStep[] }[] = [];
  let waiting = [...ahead];
  for (let depth = 0; depth < 16 && waiting.length > 0; depth++) {
    const named: {
      readonly code: Extract<TypeCode, { discriminator: number }>;
      readonly steps: readonly ResolvedStep[];
    }[] = [];
    for (const { type, steps } of waiting) {
      if (steps.length === 0) continue;
      let code = withoutModifiers(rows, type);
      let rest = steps;
      while (code.tag === TypeTag.Array && rest[0] !== undefined && 'element' in rest[0]) {
        code = withoutModifiers(rows, code.type);
        rest = rest.slice(1);
      }
      if (code.tag === TypeTag.AnonymousStruct || code.tag === TypeTag.AnonymousUnion) {
        bodies.push({ body: code.body, steps: rest });
      } else if (code.tag === TypeTag.Struct || code.tag === TypeTag.Union || code.tag === TypeTag.Typedef) {
        named.push({ code, steps: rest });
      }
    }
    const distinct = new Map(named.map((one) => [`${one.code.tag} ${one.code.name} ${one.steps.length}`, one]));
    rows.loadDeclared([...distinct.values()].map(({ code }) => [code.tag, code.name]));
    waiting = [];
    for (const { code, steps } of distinct.values()) {
      for (const row of rows.declared(code.tag, code.name)) {
        if (code.tag === TypeTag.Typedef) waiting.push({ type: decodeTypedef(row.body).type, steps });
        else bodies.push({ body: compositeOf(row.body), steps });
      }
    }
    rows.loadTypes(waiting.map(({ type }) => type));
  }
  return bodies;
}

/** A place, and the declarations of the outermost struct by which it is reached. */
export interface ReachedPlace extends Place {
  readonly from: readonly number[];
}

/**
 * Where a path leads from all declarations of one struct or union. Places that are alike are joined before the path goes on from
 * them: hundreds of versions of a struct have a member in a few places only.
 */
export function places(
  rows: Rows,
  composites: readonly Composite[],
  /** Names the composites: what was found before is known by it. */
  key: string,
  steps: readonly ResolvedStep[],
  /** Bodies with the members that the first step means. */
  bodyOf: (composite: Composite) => CompositeBody,
): readonly ReachedPlace[] {
  const [step, ...rest] = steps;
  if (step === undefined || !('name' in step) || step.name === undefined || step.name === 0) return [];
  const { name } = step;
  // scanning hundreds of versions for one name is most of the work: asked again, it is known
  const first = rows.remembered(`${key} ${name}`, () =>
    join(
      composites.flatMap((composite) =>
        membersNamed(rows, bodyOf(composite), name, composite.ranges).map((member) => ({
          ...member,
          from: [composite.id],
        })),
      ),
    ),
  );
  return rest.length === 0 ? first : follow(rows, first, rest);
}

/** Joins places that are alike but for their kernels. */
function join(all: readonly ReachedPlace[]): ReachedPlace[] {
  const alike = new Map<string, { place: ReachedPlace; ranges: Ranges[]; from: number[] }>();
  for (const place of all) {
    const key = `${place.type} ${place.bitOffset} ${place.bitSize} ${place.size}`;
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { place, ranges: [place.ranges], from: [...place.from] });
    else {
      known.ranges.push(place.ranges);
      known.from.push(...place.from);
    }
  }
  return [...alike.values()].map(({ place, ranges, from }) => ({ ...place, ranges: unite(ranges), from }));
}

/** Follows the rest of a path from places on. */
function follow(rows: Rows, from: readonly ReachedPlace[], steps: readonly ResolvedStep[], depth = 0): ReachedPlace[] {
  if (steps.length === 0) return join(from);
  if (depth > MAX_STEPS) return [];
  const [step, ...rest] = steps as [ResolvedStep, ...ResolvedStep[]];
  const onward: ReachedPlace[] = []; // one type nearer, with the same steps ahead
  const arrived: ReachedPlace[] = []; // one step further
  for (const place of from) {
    if (place.ranges.length === 0) continue;
    const code = rows.type(place.type);
    switch (code.tag) {
      case TypeTag.Const:
      case TypeTag.Volatile:
      case TypeTag.Restrict:
      case TypeTag.TypeTag:
        onward.push({ ...place, type: code.type });
        break;
      case TypeTag.Typedef:
        for (const { row, ranges } of meant(rows, code, place.ranges)) {
          onward.push({ ...place, ...decodeTypedef(row.body), ranges });
        }
        break;
      case TypeTag.Array: {
        if (!('element' in step) || (code.nelems > 0 && step.element >= code.nelems)) break;
        if (place.size <= 0 || code.nelems === 0) break; // a flexible array's elements have no size of their own here
        const size = place.size / code.nelems;
        arrived.push({ ...place, type: code.type, size, bitOffset: place.bitOffset + step.element * size * 8 });
        break;
      }
      case TypeTag.AnonymousStruct:
      case TypeTag.AnonymousUnion: {
        if (!('name' in step) || !step.name) break;
        for (const member of membersNamed(rows, code.body, step.name, place.ranges)) {
          arrived.push({ ...place, ...member, bitOffset: place.bitOffset + member.bitOffset });
        }
        break;
      }
      case TypeTag.Struct:
      case TypeTag.Union: {
        if (!('name' in step) || !step.name) break;
        for (const { row, ranges } of meant(rows, code, place.ranges)) {
          for (const member of membersNamedIn(rows, row.body, step.name, ranges)) {
            arrived.push({ ...place, ...member, bitOffset: place.bitOffset + member.bitOffset });
          }
        }
        break;
      }
      default:
        break;
    }
  }
  const later = onward.length > 0 ? follow(rows, join(onward), steps, depth + 1) : [];
  const next = arrived.length > 0 ? follow(rows, join(arrived), rest, depth + 1) : [];
  return join([...later, ...next]);
}
