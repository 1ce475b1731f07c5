// BTF made by hand, written from the format's definition and independently of `@btfq/btf-format`, so that reader and
// writer of the product are not checked against themselves. Nothing is validated: wrong BTF is what it is for.
import { ByteWriter } from './bytes.ts';

/** A member of a struct or union: `offset` in bits; `bits` makes it a bitfield of that width. */
export interface MemberSpec {
  readonly name?: string;
  readonly type: number;
  readonly offset?: number;
  readonly bits?: number;
}

/** Header fields to overwrite after the sections are laid out, by their names in `struct btf_header`. */
export interface HeaderPatch {
  readonly magic?: number;
  readonly version?: number;
  readonly flags?: number;
  readonly hdr_len?: number;
  readonly type_off?: number;
  readonly type_len?: number;
  readonly str_off?: number;
  readonly str_len?: number;
}

/** How `BtfBytes` numbers what it adds, and in which byte order it writes. */
export interface BtfBytesOptions {
  readonly littleEndian?: boolean;
  /** For split BTF: the first type id and the first string offset are those after the base's last. */
  readonly firstId?: number;
  readonly firstString?: number;
}

/** Collects types and strings; each method that adds a type returns its id. Ids count from 1, or from `firstId`. */
export class BtfBytes {
  readonly types: ByteWriter;
  readonly strings: ByteWriter;
  readonly #offsets = new Map<string, number>();
  readonly #firstString: number;
  #nextId: number;

  constructor({ littleEndian = true, firstId = 1, firstString = 0 }: BtfBytesOptions = {}) {
    this.types = new ByteWriter(littleEndian);
    this.strings = new ByteWriter(littleEndian);
    this.#nextId = firstId;
    this.#firstString = firstString;
    this.#offsets.set('', 0);
    if (firstString === 0) this.strings.cString('');
  }

  /** The id that the next type will have. */
  get nextId(): number {
    return this.#nextId;
  }

  /** The offset of a string, added where it is new. */
  string(text: string): number {
    let offset = this.#offsets.get(text);
    if (offset === undefined) {
      offset = this.#firstString + this.strings.length;
      this.strings.cString(text);
      this.#offsets.set(text, offset);
    }
    return offset;
  }

  /** Any type: `struct btf_type` as given, then the 32-bit words of `rest`. */
  type(kind: number, name: string, sizeOrType: number, rest: readonly number[] = [], vlen = 0, kflag = false): number {
    const info = ((kflag ? 0x80000000 : 0) | (kind << 24) | vlen) >>> 0;
    this.types.u32(this.string(name), info, sizeOrType, ...rest);
    return this.#nextId++;
  }

  /** `encoding`: 1 signed, 2 char, 4 bool. */
  int(name: string, size: number, encoding = 0, bits = size * 8, offset = 0): number {
    return this.type(1, name, size, [(encoding << 24) | (offset << 16) | bits]);
  }

  ptr(type: number): number {
    return this.type(2, '', type);
  }

  array(type: number, indexType: number, count: number): number {
    return this.type(3, '', 0, [type, indexType, count]);
  }

  struct(name: string, size: number, members: readonly MemberSpec[]): number {
    return this.#composite(4, name, size, members);
  }

  union(name: string, size: number, members: readonly MemberSpec[]): number {
    return this.#composite(5, name, size, members);
  }

  #composite(kind: number, name: string, size: number, members: readonly MemberSpec[]): number {
    const kflag = members.some(({ bits }) => bits !== undefined);
    const rest = members.flatMap(({ name: member = '', type, offset = 0, bits = 0 }) => [
      this.string(member),
      type,
      kflag ? (bits << 24) | offset : offset,
    ]);
    return this.type(kind, name, size, rest, members.length, kflag);
  }

  enum(name: string, values: Readonly<Record<string, number>>, size = 4, signed = false): number {
    const entries = Object.entries(values);
    const rest = entries.flatMap(([enumerator, value]) => [this.string(enumerator), value]);
    return this.type(6, name, size, rest, entries.length, signed);
  }

  fwd(name: string, isUnion = false): number {
    return this.type(7, name, 0, [], 0, isUnion);
  }

  typedef(name: string, type: number): number {
    return this.type(8, name, type);
  }

  volatile(type: number): number {
    return this.type(9, '', type);
  }

  const(type: number): number {
    return this.type(10, '', type);
  }

  restrict(type: number): number {
    return this.type(11, '', type);
  }

  /** `linkage`: 0 static, 1 global, 2 extern. */
  func(name: string, prototype: number, linkage = 1): number {
    return this.type(12, name, prototype, [], linkage);
  }

  /** Parameters as [name, type]; a last `['', 0]` stands for `...`. */
  funcProto(returns: number, parameters: readonly (readonly [name: string, type: number])[] = []): number {
    const rest = parameters.flatMap(([name, type]) => [this.string(name), type]);
    return this.type(13, '', returns, rest, parameters.length);
  }

  var(name: string, type: number, linkage = 1): number {
    return this.type(14, name, type, [linkage]);
  }

  /** Variables as [VAR's id, offset, size]. */
  datasec(
    name: string,
    size: number,
    variables: readonly (readonly [type: number, offset: number, size: number])[],
  ): number {
    return this.type(15, name, size, variables.flat(), variables.length);
  }

  float(name: string, size: number): number {
    return this.type(16, name, size);
  }

  /** `component`: a member's or parameter's index, -1 for the whole. */
  declTag(name: string, type: number, component = -1, kflag = false): number {
    return this.type(17, name, type, [component], 0, kflag);
  }

  typeTag(name: string, type: number, kflag = false): number {
    return this.type(18, name, type, [], 0, kflag);
  }

  enum64(name: string, values: Readonly<Record<string, bigint>>, size = 8, signed = false): number {
    const entries = Object.entries(values);
    const rest = entries.flatMap(([enumerator, value]) => [
      this.string(enumerator),
      Number(BigInt.asUintN(32, value)),
      Number(BigInt.asUintN(32, value >> 32n)),
    ]);
    return this.type(19, name, size, rest, entries.length, signed);
  }

  /** Header (24 bytes), types, strings. `patch` overwrites header fields afterwards: the sections stay where they are. */
  build(patch: HeaderPatch = {}): Uint8Array {
    const types = this.types.bytes();
    const strings = this.strings.bytes();
    const header = {
      magic: 0xeb9f,
      version: 1,
      flags: 0,
      hdr_len: 24,
      type_off: 0,
      type_len: types.length,
      str_off: types.length,
      str_len: strings.length,
      ...patch,
    };
    return new ByteWriter(this.types.littleEndian)
      .u16(header.magic)
      .u8(header.version, header.flags)
      .u32(header.hdr_len, header.type_off, header.type_len, header.str_off, header.str_len)
      .raw(types)
      .raw(strings)
      .bytes();
  }
}
