// Types as members, parameters and typedefs have them, as rows of the table `type`: each a code of a few numbers that
// names declarations by kind and name and says everything without a name in full, by other rows.

import type { VarintReader } from '../varints.ts';

/** The first number of a code; BTF's kinds where there is one. */
export const TypeTag = {
  Void: 0,
  /** name, size, encoding word */
  Int: 1,
  /** type */
  Ptr: 2,
  /** type, nelems */
  Array: 3,
  /** name, discriminator; so do the next three */
  Struct: 4,
  Union: 5,
  Enum: 6,
  Typedef: 8,
  /** type; so do the next two */
  Volatile: 9,
  Const: 10,
  Restrict: 11,
  /** name */
  Func: 12,
  /** return type, count, (name, type) each */
  FuncProto: 13,
  /** name */
  Var: 14,
  /** name, size */
  Float: 16,
  /** tag's name, whether it is an attribute, type */
  TypeTag: 18,
  /** body of a struct: see declaration-body.ts; so do the next two, of a union and of an enum */
  AnonymousStruct: 0x44,
  AnonymousUnion: 0x45,
  AnonymousEnum: 0x46,
  /** What no C declaration can hold: kind */
  Other: 0x7f,
} as const;

/** A decoded code. Ids are rows of `type` and `name`. */
export type TypeCode =
  | { readonly tag: typeof TypeTag.Void }
  | { readonly tag: typeof TypeTag.Int; readonly name: number; readonly size: number; readonly encoding: number }
  | { readonly tag: typeof TypeTag.Float; readonly name: number; readonly size: number }
  | {
      readonly tag: typeof TypeTag.Ptr | typeof TypeTag.Volatile | typeof TypeTag.Const | typeof TypeTag.Restrict;
      readonly type: number;
    }
  | { readonly tag: typeof TypeTag.Array; readonly type: number; readonly nelems: number }
  | {
      readonly tag: typeof TypeTag.Struct | typeof TypeTag.Union | typeof TypeTag.Enum | typeof TypeTag.Typedef;
      readonly name: number;
      readonly discriminator: number;
    }
  | { readonly tag: typeof TypeTag.Func | typeof TypeTag.Var; readonly name: number }
  | {
      readonly tag: typeof TypeTag.FuncProto;
      readonly returns: number;
      readonly params: readonly { readonly name: number; readonly type: number }[];
    }
  | { readonly tag: typeof TypeTag.TypeTag; readonly name: number; readonly attribute: boolean; readonly type: number }
  | { readonly tag: typeof TypeTag.AnonymousStruct | typeof TypeTag.AnonymousUnion; readonly body: CompositeBody }
  | { readonly tag: typeof TypeTag.AnonymousEnum; readonly body: EnumBody }
  | { readonly tag: typeof TypeTag.Other; readonly kind: number };

/** A member; offsets and widths in bits, `bitSize` 0 for none; `size` in bytes, -1 for none. */
export interface MemberCode {
  readonly name: number;
  readonly type: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly size: number;
}

export interface CompositeBody {
  readonly size: number;
  readonly members: readonly MemberCode[];
}

export interface EnumBody {
  readonly size: number;
  readonly signed: boolean;
  /** Whether it is an ENUM64. */
  readonly wide: boolean;
  readonly values: readonly { readonly name: number; readonly value: bigint }[];
}

export function decodeTypeCode(input: VarintReader): TypeCode {
  const tag = input.next();
  switch (tag) {
    case TypeTag.Void:
      return { tag };
    case TypeTag.Int:
      return { tag, name: input.next(), size: input.next(), encoding: input.next() };
    case TypeTag.Float:
      return { tag, name: input.next(), size: input.next() };
    case TypeTag.Ptr:
    case TypeTag.Volatile:
    case TypeTag.Const:
    case TypeTag.Restrict:
      return { tag, type: input.next() };
    case TypeTag.Array:
      return { tag, type: input.next(), nelems: input.next() };
    case TypeTag.Struct:
    case TypeTag.Union:
    case TypeTag.Enum:
    case TypeTag.Typedef:
      return { tag, name: input.next(), discriminator: input.next() };
    case TypeTag.Func:
    case TypeTag.Var:
      return { tag, name: input.next() };
    case TypeTag.FuncProto: {
      const returns = input.next();
      const count = input.next();
      const params = Array.from({ length: count }, () => ({ name: input.next(), type: input.next() }));
      return { tag, returns, params };
    }
    case TypeTag.TypeTag:
      return { tag, name: input.next(), attribute: input.next() === 1, type: input.next() };
    case TypeTag.AnonymousStruct:
    case TypeTag.AnonymousUnion:
      return { tag, body: decodeComposite(input) };
    case TypeTag.AnonymousEnum:
      return { tag, body: decodeEnum(input) };
    case TypeTag.Other:
      return { tag, kind: input.next() };
    default:
      throw new RangeError(`no type has the tag ${tag}`);
  }
}

/** size, count; of each member name, type, (distance from the end of the one before) * 2 + bitfield, [bits], size + 1. */
export function decodeComposite(input: VarintReader): CompositeBody {
  const size = input.next();
  const count = input.next();
  const members: MemberCode[] = [];
  let end = 0;
  for (let i = 0; i < count; i++) {
    const name = input.next();
    const type = input.next();
    const word = input.next();
    const bitfield = word % 2 === 1;
    const turned = (word - (bitfield ? 1 : 0)) / 2;
    const bitOffset = end + (turned % 2 === 1 ? -(turned + 1) / 2 : turned / 2);
    const bitSize = bitfield ? input.next() : 0;
    const bytes = input.next() - 1;
    members.push({ name, type, bitOffset, bitSize, size: bytes });
    end = bitOffset + (bitfield ? bitSize : Math.max(bytes, 0) * 8);
  }
  return { size, members };
}

/** size, flags (1 signed, 2 ENUM64), count; of each value its name and signed number, or for ENUM64 its two words. */
export function decodeEnum(input: VarintReader): EnumBody {
  const size = input.next();
  const flags = input.next();
  const count = input.next();
  const signed = (flags & 1) === 1;
  const wide = (flags & 2) === 2;
  const values = Array.from({ length: count }, () => {
    const name = input.next();
    if (!wide) return { name, value: BigInt(input.nextSigned()) };
    const value = BigInt(input.next()) | (BigInt(input.next()) << 32n);
    return { name, value: signed ? BigInt.asIntN(64, value) : value };
  });
  return { size, signed, wide, values };
}
