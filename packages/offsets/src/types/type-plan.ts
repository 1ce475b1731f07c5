// Types of one BTF as definitions that any language can lay out: every byte of a struct is a field, bits, or padding.

import { type Btf, BtfKind, decodeType, IntEncoding, pointerSize, resolveSize, skipModifiers } from '@btfq/btf-format';
import { OffsetsError } from '../errors.ts';

/** A type as a member has it. */
export type Shape =
  | { readonly shape: 'int'; readonly size: number; readonly signed: boolean; readonly use: 'number' | 'char' | 'bool' }
  | { readonly shape: 'float'; readonly size: number }
  /** An address, as wide as those of the kernel. `to` is what C calls the target. */
  | { readonly shape: 'pointer'; readonly size: number; readonly to: string }
  | { readonly shape: 'array'; readonly size: number; readonly count: number; readonly element: Shape }
  | {
      readonly shape: 'enum';
      readonly size: number;
      readonly signed: boolean;
      readonly definition: EnumDefinition | undefined;
    }
  | { readonly shape: 'composite'; readonly size: number; readonly definition: CompositeDefinition }
  /** What no language has: bytes. */
  | { readonly shape: 'bytes'; readonly size: number };

/** A member, or what unnamed members give. */
export interface PlannedField {
  /** As C has it; '' for an unnamed union or struct. */
  readonly name: string;
  readonly shape: Shape;
  /** Bits from the start. */
  readonly bitOffset: number;
  /** Of a bitfield, else 0. */
  readonly bitSize: number;
}

/** A struct or union. `fields` are in order of offset; bitfields stand where their first bit is. */
export interface CompositeDefinition {
  readonly kind: 'struct' | 'union';
  /** C's name, or one made from what it is in: `event_u`, `event_anon_0`. */
  readonly name: string;
  readonly size: number;
  readonly fields: readonly PlannedField[];
}

export interface EnumDefinition {
  readonly kind: 'enum';
  readonly name: string;
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly { readonly name: string; readonly value: bigint }[];
}

/** All definitions that some types need, each behind those that it needs. */
export interface TypePlan {
  readonly littleEndian: boolean;
  readonly pointerSize: 4 | 8;
  readonly definitions: readonly (CompositeDefinition | EnumDefinition)[];
}

/** How deep types nest by value, and how many definitions there may be. */
const MAX_DEPTH = 64;
const MAX_DEFINITIONS = 20_000;

/**
 * Plans these types and all that they hold by value; pointers are addresses. Ids of typedefs give the struct without a tag
 * their name. Throws `bad-type-request` for what is no struct, union or enum, and for types that hold themselves.
 */
export function planTypes(btf: Btf, ids: readonly number[]): TypePlan {
  const planner = new Planner(btf);
  for (const id of ids) planner.root(id);
  return { littleEndian: btf.littleEndian, pointerSize: planner.pointerSize, definitions: planner.definitions };
}

class Planner {
  readonly definitions: (CompositeDefinition | EnumDefinition)[] = [];
  readonly pointerSize: 4 | 8;
  private readonly btf: Btf;
  private readonly known = new Map<number, CompositeDefinition | EnumDefinition>();
  private readonly names = new Set<string>();
  private readonly open = new Set<number>();

  constructor(btf: Btf) {
    this.btf = btf;
    this.pointerSize = pointerSize(btf) ?? 8;
  }

  root(id: number): void {
    const bare = skipModifiers(this.btf, id);
    const type = decodeType(this.btf, bare);
    const target = this.bare(bare);
    const shape = this.shapeOf(bare, type.name === '' ? `type_${bare}` : type.name, 0);
    if (shape.shape !== 'composite' && !(shape.shape === 'enum' && shape.definition !== undefined)) {
      throw new OffsetsError('bad-type-request', `${type.name || `type ${id}`} is not a struct, union or enum`, {
        hint: this.btf.kind(target) === BtfKind.Fwd ? 'it is only declared here, not defined' : undefined,
      });
    }
  }

  /** Below modifiers and typedefs. */
  private bare(id: number): number {
    let bare = skipModifiers(this.btf, id);
    for (let depth = 0; this.btf.kind(bare) === BtfKind.Typedef && depth < MAX_DEPTH; depth++) {
      bare = skipModifiers(this.btf, this.btf.sizeOrType(bare));
    }
    return bare;
  }

  /** `name`: what a type without one is called. */
  private shapeOf(id: number, name: string, depth: number): Shape {
    if (depth > MAX_DEPTH) throw new OffsetsError('bad-type-request', `${name} nests too deep`);
    const type = decodeType(this.btf, skipModifiers(this.btf, id));
    switch (type.kind) {
      case BtfKind.Int: {
        const { encoding, size } = type;
        if (![1, 2, 4, 8].includes(size)) return { shape: 'bytes', size };
        // gcc says char of every type of one byte, clang of none
        const isChar = type.name === 'char' || ((encoding & IntEncoding.Char) !== 0 && !/signed/.test(type.name));
        const use = encoding & IntEncoding.Bool ? 'bool' : isChar ? 'char' : 'number';
        return {
          shape: 'int',
          size,
          signed: (encoding & IntEncoding.Signed) !== 0,
          use: use === 'bool' && size !== 1 ? 'number' : use,
        };
      }
      case BtfKind.Float:
        return type.size === 4 || type.size === 8
          ? { shape: 'float', size: type.size }
          : { shape: 'bytes', size: type.size };
      case BtfKind.Ptr:
        return {
          shape: 'pointer',
          size: this.pointerSize,
          to: this.btf.name(skipModifiers(this.btf, type.type)) || 'void',
        };
      case BtfKind.Typedef:
        return this.shapeOf(type.type, type.name, depth + 1);
      case BtfKind.Array: {
        const element = this.shapeOf(type.type, name, depth + 1);
        return { shape: 'array', count: type.nelems, element, size: type.nelems * element.size };
      }
      case BtfKind.Enum:
      case BtfKind.Enum64: {
        const { size, signed } = type;
        const definition =
          this.known.get(type.id) ??
          this.define(type.id, {
            kind: 'enum',
            name: this.fresh(type.name || name),
            size,
            signed,
            values: type.values,
          });
        return { shape: 'enum', size, signed, definition: definition as EnumDefinition };
      }
      case BtfKind.Struct:
      case BtfKind.Union:
        return { shape: 'composite', size: type.size, definition: this.composite(type.id, type.name || name, depth) };
      default:
        return { shape: 'bytes', size: resolveSize(this.btf, type.id, this.pointerSize) ?? 0 };
    }
  }

  private composite(id: number, wanted: string, depth: number): CompositeDefinition {
    const known = this.known.get(id);
    if (known !== undefined) return known as CompositeDefinition;
    if (this.open.has(id)) throw new OffsetsError('bad-type-request', `${wanted} holds itself`);
    this.open.add(id);
    const type = decodeType(this.btf, id);
    if (type.kind !== BtfKind.Struct && type.kind !== BtfKind.Union) throw new RangeError(`type ${id} has no members`);
    const name = this.fresh(wanted);
    const fields = type.members.flatMap((member, i): PlannedField[] => {
      const narrow = this.narrow(member.type);
      const bitSize = member.bitfieldSize || (narrow?.bits ?? 0);
      const bitOffset = member.bitOffset + (narrow?.bitOffset ?? 0);
      const shape = this.shapeOf(member.type, `${name}_${member.name || `anon_${i}`}`, depth + 1);
      if (bitSize === 0 && bitOffset % 8 !== 0)
        throw new OffsetsError('bad-type-request', `${name}.${member.name} does not begin at a byte`);
      if (member.name === '' && bitSize > 0) return []; // unnamed bits are padding
      const end = bitOffset + (bitSize > 0 ? bitSize : shape.size * 8);
      if (end > type.size * 8)
        throw new OffsetsError('bad-type-request', `${name}.${member.name} ends behind its ${type.name || 'struct'}`);
      return [{ name: member.name, shape, bitOffset, bitSize }];
    });
    this.open.delete(id);
    const kind = type.kind === BtfKind.Struct ? 'struct' : 'union';
    const sorted = [...fields].sort((a, b) => a.bitOffset - b.bitOffset);
    return this.define(id, {
      kind,
      name,
      size: type.size,
      fields: kind === 'struct' ? sorted : fields,
    }) as CompositeDefinition;
  }

  /** Before 5.0 a bitfield's width was that of an INT narrower than its bytes. */
  private narrow(id: number): { bits: number; bitOffset: number } | undefined {
    const bare = this.bare(id);
    if (this.btf.kind(bare) !== BtfKind.Int) return undefined;
    const type = decodeType(this.btf, bare);
    if (type.kind !== BtfKind.Int || type.size > 8) return undefined;
    return type.bits < type.size * 8 && !(type.encoding & IntEncoding.Bool)
      ? { bits: type.bits, bitOffset: type.bitOffset }
      : undefined;
  }

  private define(id: number, definition: CompositeDefinition | EnumDefinition): CompositeDefinition | EnumDefinition {
    this.known.set(id, definition);
    if (this.definitions.push(definition) > MAX_DEFINITIONS)
      throw new OffsetsError('bad-type-request', `more than ${MAX_DEFINITIONS} definitions`);
    return definition;
  }

  private fresh(wanted: string): string {
    const base = wanted.replace(/\W+/g, '_').replace(/^(\d)/, '_$1');
    let name = base;
    for (let i = 2; this.names.has(name); i++) name = `${base}__${i}`;
    this.names.add(name);
    return name;
  }
}

/** A part of a struct, in order: what a language lays out one after the other. */
export type LayoutPart =
  | { readonly part: 'field'; readonly field: PlannedField; readonly offset: number }
  | { readonly part: 'bits'; readonly offset: number; readonly size: number; readonly fields: readonly PlannedField[] }
  | { readonly part: 'padding'; readonly offset: number; readonly size: number };

/** A struct's bytes from its first to its last. Members that overlap what is before them are left out. */
export function layoutParts({ fields, size }: CompositeDefinition): LayoutPart[] {
  const parts: LayoutPart[] = [];
  let end = 0;
  let bits: { from: number; to: number; fields: PlannedField[] } | undefined;
  const pad = (to: number): void => {
    if (to > end) parts.push({ part: 'padding', offset: end, size: to - end });
    end = Math.max(end, to);
  };
  const close = (): void => {
    if (bits === undefined) return;
    pad(bits.from);
    parts.push({ part: 'bits', offset: bits.from, size: bits.to - bits.from, fields: bits.fields });
    end = bits.to;
    bits = undefined;
  };
  for (const field of fields) {
    if (field.bitSize > 0) {
      const from = Math.floor(field.bitOffset / 8);
      const to = Math.ceil((field.bitOffset + field.bitSize) / 8);
      if (bits !== undefined && from < bits.to) {
        bits.to = Math.max(bits.to, to);
        bits.fields.push(field);
      } else {
        close();
        bits = { from: Math.max(from, end), to, fields: [field] };
      }
      continue;
    }
    close();
    const offset = field.bitOffset / 8;
    if (field.shape.size === 0 || offset < end) continue;
    pad(offset);
    parts.push({ part: 'field', field, offset });
    end = offset + field.shape.size;
  }
  close();
  pad(size);
  return parts;
}
