// A type's row as the tuple of its node (nodes.ts says how they look). All that is decided about a single type is decided
// here: encodings, bitfields of old DWARF, dimensions, enums of eight bytes. dwarves' btf_encoder.c.

import { BtfKind, IntEncoding } from '@btfq/btf-format';
import { DwarfError } from '../errors.ts';
import { Ints } from '../ints.ts';
import { Encoding } from '../read/constants.ts';
import { E, EnumFlag, type Records, T, TypeKind } from '../unit/records.ts';
import { KIND_FLAG, NAME_FLAG, type NodeTable } from './nodes.ts';

/** What the tuples depend on besides the rows. */
export interface TupleOptions {
  readonly littleEndian: boolean;
  readonly addressSize: number;
  readonly floats: boolean;
  readonly enum64: boolean;
  readonly flatArrays: boolean;
  /** The name for integers that BTF cannot express. */
  readonly fakeInt: number;
}

const MAX_INT_SIZE = 16;
const FLOAT_SIZES: ReadonlySet<number> = new Set([2, 4, 8, 12, 16]);
/** With bitfields, 24 bits are left for an offset. */
const MAX_BITFIELD_OFFSET = 0xffffff;
const MAX_SIZE_DEPTH = 64;

/** Writes tuples into `words[0, length)`. */
export class TupleWriter {
  words = new Int32Array(1024);
  length = 0;
  /** The type tags of pointers, the outermost first. */
  tags: ReadonlyMap<number, readonly number[]> | undefined;
  readonly #records: Records;
  readonly #options: TupleOptions;
  readonly #rowOf: (ref: number) => number;
  readonly #nameTuple = new Int32Array(2);
  /** The dimensions of the array at hand. */
  readonly #counts = new Ints(16);

  constructor(records: Records, options: TupleOptions, rowOf: (ref: number) => number) {
    this.#records = records;
    this.#options = options;
    this.#rowOf = rowOf;
  }

  /** The node of a composite's name. */
  name(kind: number, name: number, nodes: NodeTable): number {
    this.#nameTuple[0] =
      (kind === TypeKind.Struct ? BtfKind.Struct : kind === TypeKind.Union ? BtfKind.Union : BtfKind.Enum) | NAME_FLAG;
    this.#nameTuple[1] = name;
    return nodes.intern(this.#nameTuple, 2);
  }

  /**
   * Writes the tuple of a row. `target` is what the row refers to, `ref` says it for the elements' rows. `between` is called
   * for each node that lies between the row and its target (inner dimensions, type tags), with that one's tuple in `words`;
   * what it returns stands for the node.
   */
  write(row: number, target: number, ref: (row: number) => number, between: () => number): void {
    const types = this.#records.types.data;
    const at = row * T.Stride;
    switch (types[at]!) {
      case TypeKind.Base:
        this.#base(at);
        break;
      case TypeKind.Pointer:
        this.#pointer(row, target, between);
        break;
      case TypeKind.Const:
        this.#two(BtfKind.Const, target);
        break;
      case TypeKind.Volatile:
        this.#two(BtfKind.Volatile, target);
        break;
      case TypeKind.Restrict:
        this.#two(BtfKind.Restrict, target);
        break;
      case TypeKind.Typedef:
        this.#three(BtfKind.Typedef, types[at + T.Name]!, target);
        break;
      case TypeKind.TypeTag:
        this.#three(BtfKind.TypeTag | (types[at + T.Flags] === 0 ? 0 : KIND_FLAG), types[at + T.Name]!, target);
        break;
      case TypeKind.Array:
        this.#array(at, target, between);
        break;
      case TypeKind.Proto:
        this.#proto(at, target, ref);
        break;
      case TypeKind.Enum:
        this.#enum(at);
        break;
      default:
        this.#composite(at, types[at] === TypeKind.Union ? BtfKind.Union : BtfKind.Struct, ref);
    }
  }

  /** Bytes of a type, through typedefs and qualifiers; 0 where it has none. */
  sizeOf(row: number, depth = 0): number {
    if (row === 0 || depth > MAX_SIZE_DEPTH) return 0;
    const types = this.#records.types.data;
    const at = row * T.Stride;
    switch (types[at]!) {
      case TypeKind.Pointer:
        return types[at + T.Size]! || this.#options.addressSize;
      case TypeKind.Enum:
        return types[at + T.Size]! || 4;
      case TypeKind.Base:
      case TypeKind.Struct:
      case TypeKind.Union:
        return types[at + T.Size]!;
      case TypeKind.Array: {
        const elements = this.#records.elements.data;
        let count = 1;
        for (let e = types[at + T.First]!; e !== 0; e = elements[e + E.Next]!) count *= elements[e + E.Ref]! >>> 0;
        return count * this.sizeOf(this.#rowOf(types[at + T.Ref]!), depth + 1);
      }
      case TypeKind.Proto:
      case TypeKind.Void:
        return 0;
      default:
        return this.sizeOf(this.#rowOf(types[at + T.Ref]!), depth + 1);
    }
  }

  #base(at: number): void {
    const types = this.#records.types.data;
    const encoding = types[at + T.Flags]!;
    let name = types[at + T.Name]!;
    let size = types[at + T.Size]!;
    let bits = 0;
    if (encoding === Encoding.Signed || encoding === Encoding.SignedChar) bits = IntEncoding.Signed;
    else if (encoding === Encoding.Boolean) bits = IntEncoding.Bool;
    else if (encoding === Encoding.Float && this.#options.floats && FLOAT_SIZES.has(size)) {
      this.#four(BtfKind.Float, name, size, 0);
      return;
    }
    // Differs from pahole: it stops at complex numbers. They become integers of their size, or of none that BTF has
    if (name === 0 || size <= 0 || size > MAX_INT_SIZE || (size & (size - 1)) !== 0) {
      name = this.#options.fakeInt;
      size = 4;
    }
    this.#four(BtfKind.Int, name, size, bits);
  }

  #pointer(row: number, target: number, between: () => number): void {
    let inner = target;
    const tags = this.tags?.get(row);
    if (tags !== undefined) {
      for (let i = tags.length - 1; i >= 0; i--) {
        this.#three(BtfKind.TypeTag, tags[i]!, inner);
        inner = between();
      }
    }
    this.#two(BtfKind.Ptr, inner);
  }

  /** One ARRAY for each dimension, the last one innermost. */
  #array(at: number, target: number, between: () => number): void {
    const types = this.#records.types.data;
    const elements = this.#records.elements.data;
    const counts = this.#counts;
    counts.length = 0;
    for (let e = types[at + T.First]!; e !== 0; e = elements[e + E.Next]!) counts.push(elements[e + E.Ref]!);
    if (counts.length === 0) counts.push(0);
    if (this.#options.flatArrays) {
      let product = 1;
      for (let i = 0; i < counts.length; i++) product = Math.imul(product, counts.data[i]!);
      counts.length = 0;
      counts.push(product);
    }
    let inner = target;
    for (let i = counts.length - 1; i > 0; i--) {
      this.#three(BtfKind.Array, inner, counts.data[i]!);
      inner = between();
    }
    this.#three(BtfKind.Array, inner, counts.data[0]!);
  }

  #proto(at: number, target: number, ref: (row: number) => number): void {
    const types = this.#records.types.data;
    const elements = this.#records.elements.data;
    const count = types[at + T.Count]!;
    this.#room(3 + (count + 1) * 2);
    const { words } = this;
    words[0] = BtfKind.FuncProto;
    words[1] = target;
    let w = 3;
    for (let e = types[at + T.First]!; e !== 0; e = elements[e + E.Next]!) {
      words[w++] = elements[e + E.Name]!;
      words[w++] = ref(this.#rowOf(elements[e + E.Ref]!));
    }
    if (types[at + T.Flags] === 1) {
      words[w++] = 0;
      words[w++] = 0;
    }
    words[2] = (w - 3) / 2;
    this.length = w;
  }

  #enum(at: number): void {
    const types = this.#records.types.data;
    const elements = this.#records.elements.data;
    const flags = types[at + T.Flags]!;
    const size = types[at + T.Size]! || 4;
    const fromBtf = (flags & EnumFlag.FromBtf) !== 0;
    const wide = fromBtf ? (flags & EnumFlag.Wide) !== 0 : size > 4 && this.#options.enum64;
    const stride = wide ? 3 : 2;
    this.#room(4 + types[at + T.Count]! * stride);
    const { words } = this;
    let negative = false;
    let w = 4;
    for (let e = types[at + T.First]!; e !== 0; e = elements[e + E.Next]!) {
      words[w++] = elements[e + E.Name]!;
      words[w++] = elements[e + E.Bits]!;
      if (wide) words[w++] = elements[e + E.BitSize]!;
      else if (elements[e + E.BitSize]! < 0) negative = true;
    }
    let signed = negative && (size <= 4 || this.#options.enum64);
    if (fromBtf) signed = (flags & EnumFlag.Signed) !== 0;
    else if (wide) signed = this.#isSigned(types[at + T.Ref]!);
    words[0] = (wide ? BtfKind.Enum64 : BtfKind.Enum) | (signed ? KIND_FLAG : 0);
    words[1] = types[at + T.Name]!;
    words[2] = size;
    words[3] = (w - 4) / stride;
    this.length = w;
  }

  #isSigned(ref: number): boolean {
    if (ref === 0) return false;
    const types = this.#records.types.data;
    const at = this.#rowOf(ref) * T.Stride;
    const encoding = types[at] === TypeKind.Base ? types[at + T.Flags] : 0;
    return encoding === Encoding.Signed || encoding === Encoding.SignedChar;
  }

  #composite(at: number, kind: number, ref: (row: number) => number): void {
    const types = this.#records.types.data;
    const elements = this.#records.elements.data;
    this.#room(4 + types[at + T.Count]! * 3);
    const { words } = this;
    let bitfields = false;
    let w = 4;
    for (let e = types[at + T.First]!; e !== 0; e = elements[e + E.Next]!) {
      const row = this.#rowOf(elements[e + E.Ref]!);
      words[w] = elements[e + E.Name]!;
      words[w + 1] = ref(row);
      const bitSize = elements[e + E.BitSize]!;
      let bits = elements[e + E.Bits]!;
      if (bitSize !== 0) {
        bitfields = true;
        const old = elements[e + E.Old]!;
        if (old !== 0) bits = this.#oldBits(bits, bitSize, old - 1, row);
        words[w + 2] = (bits & MAX_BITFIELD_OFFSET) | (bitSize << 24);
      } else words[w + 2] = bits;
      w += 3;
    }
    if (bitfields) this.#checkOffsets(at);
    words[0] = kind | (bitfields ? KIND_FLAG : 0);
    words[1] = types[at + T.Name]!;
    words[2] = types[at + T.Size]!;
    words[3] = (w - 4) / 3;
    this.length = w;
  }

  /** DW_AT_bit_offset counts from the highest bit of the storage unit, which in little-endian is its far end. */
  #oldBits(bits: number, bitSize: number, old: number, row: number): number {
    const low = old & 0xffff;
    const bitOffset = low >= 0x8000 ? low - 0x10000 : low;
    if (!this.#options.littleEndian) return bits + bitOffset;
    const storage = old >>> 16 || this.sizeOf(row);
    return bits + storage * 8 - bitOffset - bitSize;
  }

  #checkOffsets(at: number): void {
    const types = this.#records.types.data;
    const elements = this.#records.elements.data;
    for (let e = types[at + T.First]!; e !== 0; e = elements[e + E.Next]!) {
      const bits = elements[e + E.Bits]!;
      if (bits >>> 0 <= MAX_BITFIELD_OFFSET) continue;
      throw new DwarfError('limit', `a member at bit ${bits >>> 0} beside bitfields`, {
        section: '.debug_info',
        offset: types[at + T.Offset]!,
        expected: `at most ${MAX_BITFIELD_OFFSET}, for BTF has 24 bits for it`,
      });
    }
  }

  #room(length: number): void {
    if (length > this.words.length) this.words = new Int32Array(length * 2);
  }

  #two(head: number, a: number): void {
    const { words } = this;
    words[0] = head;
    words[1] = a;
    this.length = 2;
  }

  #three(head: number, a: number, b: number): void {
    this.#two(head, a);
    this.words[2] = b;
    this.length = 3;
  }

  #four(head: number, a: number, b: number, c: number): void {
    this.#three(head, a, b);
    this.words[3] = c;
    this.length = 4;
  }
}
