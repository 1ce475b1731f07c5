// The members of an unnamed member's type, which count as members of its parent: the one rule for fields, paths, layouts,
// history, differences and names. The type may be qualified, a typedef, or a struct with a tag (-fms-extensions, in kernels
// from 6.19 on), and what a name stands for depends on the kernel.

import { decodeTypedef } from '../encoding/declaration-body.ts';
import { type CompositeBody, decodeComposite, type MemberCode, type TypeCode, TypeTag } from '../encoding/type-code.ts';
import { intersect, type Ranges, subtract } from '../store/content-tree.ts';
import type { DeclarationRow, Rows } from '../store/row-cache.ts';
import { VarintReader } from '../varints.ts';
import { meantAt } from './module-slots.ts';

/** How deep unnamed members nest in each other, and how many names a type goes through, at most. */
export const MAX_UNNAMED_DEPTH = 32;

/** A composite's body, and the kernels in which it is meant. */
export interface BodyInKernels {
  readonly body: CompositeBody;
  readonly kind: 'struct' | 'union';
  readonly ranges: Ranges;
}

/** The declarations that a reference by name means, each with the kernels where it does. */
export function meant(
  rows: Rows,
  code: Extract<TypeCode, { discriminator: number }>,
  ranges: Ranges,
): { row: DeclarationRow; ranges: Ranges }[] {
  const declared = rows
    .declared(code.tag, code.name)
    .filter((row) => code.discriminator === 0 || row.discriminator >>> 0 === code.discriminator);
  return meantAt(rows, declared, ranges);
}

/** Which composites a type is in these kernels, through modifiers and typedefs. `tagged`: those with a name too. */
export function compositesOf(rows: Rows, type: number, ranges: Ranges, tagged = true, depth = 0): BodyInKernels[] {
  if (depth > MAX_UNNAMED_DEPTH) return [];
  const code = rows.type(type);
  switch (code.tag) {
    case TypeTag.Const:
    case TypeTag.Volatile:
    case TypeTag.Restrict:
    case TypeTag.TypeTag:
      return compositesOf(rows, code.type, ranges, tagged, depth + 1);
    case TypeTag.Typedef:
      return meant(rows, code, ranges).flatMap(({ row, ranges: own }) =>
        compositesOf(rows, decodeTypedef(row.body).type, own, tagged, depth + 1),
      );
    case TypeTag.AnonymousStruct:
    case TypeTag.AnonymousUnion:
      return [{ body: code.body, kind: code.tag === TypeTag.AnonymousStruct ? 'struct' : 'union', ranges }];
    case TypeTag.Struct:
    case TypeTag.Union:
      if (!tagged) return [];
      return meant(rows, code, ranges).map(({ row, ranges: own }) => ({
        body: compositeOf(row.body),
        kind: code.tag === TypeTag.Struct ? 'struct' : 'union',
        ranges: own,
      }));
    default:
      return [];
  }
}

/** The body of a STRUCT's or UNION's declaration. */
export function compositeOf(body: Uint8Array): CompositeBody {
  return decodeComposite(new VarintReader(body));
}

/** A member in some kernels; its offset counts from where the search began. */
export interface MemberInKernels extends MemberCode {
  readonly ranges: Ranges;
}

/** The members of this name, the composite's own or by way of unnamed ones, each with its kernels. */
export function membersNamed(
  rows: Rows,
  body: CompositeBody,
  name: number,
  ranges: Ranges,
  depth = 0,
): MemberInKernels[] {
  for (const member of body.members) if (member.name === name) return [{ ...member, ranges }];
  return behindUnnamed(
    rows,
    body.members.filter((member) => member.name === 0),
    name,
    ranges,
    depth,
  );
}

/** As `membersNamed`, in an encoded body. */
export function membersNamedIn(rows: Rows, body: Uint8Array, name: number, ranges: Ranges): MemberInKernels[] {
  return membersNamed(
    rows,
    bodyWith(body, (own) => own === name),
    name,
    ranges,
  );
}

/**
 * An encoded body with the members of these names alone, and with unnamed ones. Reads past the others without making anything of
 * them: a struct that people ask about has hundreds of members and, over thousands of kernels, thousands of versions.
 */
export function bodyWith(body: Uint8Array, isMeant: (name: number) => boolean): CompositeBody {
  const input = new VarintReader(body);
  const size = input.next();
  const count = input.next();
  let end = 0;
  const members: MemberCode[] = [];
  for (let i = 0; i < count; i++) {
    const name = input.next();
    const type = input.next();
    const word = input.next();
    if (word > 0x7fffffff) return compositeOf(body); // beyond bit operations
    const turned = word >>> 1;
    const distance = turned & 1 ? -((turned + 1) >>> 1) : turned >>> 1;
    const bitSize = word & 1 ? input.next() : 0;
    const size = input.next() - 1;
    const bitOffset = end + distance;
    if (name === 0 || isMeant(name)) members.push({ name, type, bitOffset, bitSize, size });
    end = bitOffset + (bitSize > 0 ? bitSize : size > 0 ? size * 8 : 0);
  }
  return { size, members };
}

const NO_TYPES: readonly number[] = [];

/** The types of an encoded body's own members without a name. */
export function unnamedTypes(body: Uint8Array): readonly number[] {
  const input = new VarintReader(body);
  input.next();
  let found: number[] | undefined;
  for (let left = input.next(); left > 0; left--) {
    const name = input.next();
    const type = input.next();
    if (input.next() % 2 === 1) input.next();
    input.next();
    if (name === 0) (found ??= []).push(type);
  }
  return found ?? NO_TYPES;
}

function behindUnnamed(
  rows: Rows,
  unnamed: readonly MemberCode[],
  name: number,
  ranges: Ranges,
  depth: number,
): MemberInKernels[] {
  if (depth >= MAX_UNNAMED_DEPTH) return [];
  return unnamed.flatMap((member) =>
    compositesOf(rows, member.type, ranges).flatMap((inner) =>
      membersNamed(rows, inner.body, name, inner.ranges, depth + 1).map((found) => ({
        ...found,
        bitOffset: found.bitOffset + member.bitOffset,
      })),
    ),
  );
}

/** A member as it stands in a whole layout. */
export interface FlatMember extends MemberCode {
  /** 0 for the composite's own, one more inside each unnamed member. */
  readonly depth: number;
}

/** All members of a composite in order, in the kernels where they are these. */
export interface FlatMembers {
  readonly members: readonly FlatMember[];
  readonly ranges: Ranges;
}

/**
 * All members in order, offsets from the start of the outermost; an unnamed member is followed by what it gives. One
 * entry, or several where an unnamed member's type is not the same in all of these kernels.
 */
export function flatMembers(rows: Rows, body: CompositeBody, ranges: Ranges, depth = 0): FlatMembers[] {
  let variants: { members: FlatMember[]; ranges: Ranges }[] = [{ members: [], ranges }];
  for (const member of body.members) {
    const inner =
      member.name === 0 && depth < MAX_UNNAMED_DEPTH
        ? compositesOf(rows, member.type, ranges).flatMap((one) => flatMembers(rows, one.body, one.ranges, depth + 1))
        : [];
    for (const variant of variants) variant.members.push({ ...member, depth });
    if (inner.length === 0) continue;
    variants = variants.flatMap((variant) => branches(variant, inner, member.bitOffset));
  }
  return variants;
}

/** One list of members, continued by what an unnamed member is in each part of its kernels. */
function branches(
  variant: { members: FlatMember[]; ranges: Ranges },
  inner: readonly FlatMembers[],
  bitOffset: number,
): { members: FlatMember[]; ranges: Ranges }[] {
  const found: { members: FlatMember[]; ranges: Ranges }[] = [];
  let left = variant.ranges;
  for (const one of inner) {
    const ranges = intersect(left, one.ranges);
    if (ranges.length === 0) continue;
    left = subtract(left, ranges);
    const placed = one.members.map((member) => ({ ...member, bitOffset: member.bitOffset + bitOffset }));
    found.push({ members: [...variant.members, ...placed], ranges });
  }
  // where nothing is known of the type, the member stays as it is
  if (left.length > 0) found.push({ members: variant.members, ranges: left });
  return found;
}
