// Where a path of fields leads, from one declaration on, in each of its kernels: a path goes on into declarations by name,
// and which one a name means depends on the kernel.

import { decodeTypedef } from './declaration-body.ts';
import { intersect, type Ranges } from './forest.ts';
import { compositeOf, findMember, type PathStep } from './members.ts';
import type { DeclarationRow, Rows } from './rows.ts';
import { type CompositeBody, type TypeCode, TypeTag } from './type-code.ts';
import { withoutModifiers } from './type-text.ts';

/** What a path leads to in some kernels. `bitSize` 0 for no bitfield; `size` -1 for none. */
export interface Place {
  readonly type: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly size: number;
  readonly ranges: Ranges;
}

/** A step with its name's row; undefined where nothing in the index has that name. */
export type ResolvedStep = { readonly name: number | undefined } | { readonly element: number };

export function resolveSteps(rows: Rows, steps: readonly PathStep[]): ResolvedStep[] {
  return steps.map((step) => ('name' in step ? { name: rows.name(step.name) } : step));
}

/** Reads all that `places` will ask for, for many declarations and paths, by one statement a step and kind of row. */
export function loadPaths(
  rows: Rows,
  starts: readonly { readonly row: DeclarationRow; readonly steps: readonly ResolvedStep[] }[],
): void {
  let bodies = starts.map(({ row, steps }) => ({ body: compositeOf(row.body), steps }));
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

/** Where a path leads from a struct's or union's declaration; nothing where it leads nowhere. */
export function places(rows: Rows, row: DeclarationRow, steps: readonly ResolvedStep[]): Place[] {
  return fromComposite(rows, compositeOf(row.body), steps, 0, rows.ranges(row.set));
}

function fromComposite(
  rows: Rows,
  body: CompositeBody,
  steps: readonly ResolvedStep[],
  bitOffset: number,
  ranges: Ranges,
): Place[] {
  const [step, ...rest] = steps;
  if (step === undefined || !('name' in step) || step.name === undefined || step.name === 0) return [];
  const member = findMember(rows, body, step.name);
  if (member === undefined) return [];
  const { type, bitSize, size } = member;
  const place = { type, bitSize, size, bitOffset: bitOffset + member.bitOffset, ranges };
  return rest.length === 0 ? [place] : fromType(rows, place, rest);
}

/** Follows the rest of a path into what a type is. */
function fromType(rows: Rows, place: Place, steps: readonly ResolvedStep[], depth = 0): Place[] {
  if (steps.length === 0) return [place];
  if (place.ranges.length === 0 || depth > 64) return [];
  const code = rows.type(place.type);
  const into = (type: number, size = place.size, ranges = place.ranges) =>
    fromType(rows, { ...place, type, size, ranges }, steps, depth + 1);
  switch (code.tag) {
    case TypeTag.Const:
    case TypeTag.Volatile:
    case TypeTag.Restrict:
    case TypeTag.TypeTag:
      return into(code.type);
    case TypeTag.Typedef:
      return meant(rows, code, place.ranges).flatMap(({ row, ranges }) => {
        const { type, size } = decodeTypedef(row.body);
        return into(type, size, ranges);
      });
    case TypeTag.Array: {
      const [step, ...rest] = steps;
      if (step === undefined || !('element' in step) || (code.nelems > 0 && step.element >= code.nelems)) return [];
      const size = place.size > 0 && code.nelems > 0 ? place.size / code.nelems : -1;
      if (size < 0) return []; // a flexible array's elements have no size of their own here
      const bitOffset = place.bitOffset + step.element * size * 8;
      return fromType(rows, { ...place, type: code.type, size, bitOffset }, rest, depth + 1);
    }
    case TypeTag.AnonymousStruct:
    case TypeTag.AnonymousUnion:
      return fromComposite(rows, code.body, steps, place.bitOffset, place.ranges);
    case TypeTag.Struct:
    case TypeTag.Union:
      return meant(rows, code, place.ranges).flatMap(({ row, ranges }) =>
        fromComposite(rows, compositeOf(row.body), steps, place.bitOffset, ranges),
      );
    default:
      return [];
  }
}

/** The declarations that a reference by name means, each with the kernels where it does. */
export function meant(
  rows: Rows,
  code: Extract<TypeCode, { discriminator: number }>,
  ranges: Ranges,
): { row: DeclarationRow; ranges: Ranges }[] {
  return rows
    .declared(code.tag, code.name)
    .filter((row) => code.discriminator === 0 || row.discriminator >>> 0 === code.discriminator)
    .map((row) => ({ row, ranges: intersect(rows.ranges(row.set), ranges) }))
    .filter((found) => found.ranges.length > 0);
}
