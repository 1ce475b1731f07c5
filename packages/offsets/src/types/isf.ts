// A whole BTF as volatility's intermediate symbol format, version 6.2, in the shape that dwarf2json writes. BTF has no
// addresses: symbols come from elsewhere, with their addresses, or there are none.

import { type Btf, BtfKind, decodeType, IntEncoding, pointerSize } from '@btfq/btf-format';

/** A symbol with its address. */
export interface IsfSymbol {
  readonly name: string;
  readonly address: bigint;
}

/** The JSON. `producer` is the program that writes it; `symbols` those of the kernel, where they are known. */
export function isfJson(
  btf: Btf,
  producer: { readonly name: string; readonly version: string },
  symbols: readonly IsfSymbol[] = [],
): string {
  const writer = new IsfWriter(btf);
  const types = writer.types();
  const variables = new Map<string, number>();
  for (let id = 1; id < btf.typeCount; id++)
    if (btf.kind(id) === BtfKind.Var) variables.set(btf.name(id), btf.sizeOrType(id));
  const named = symbols.map(({ name, address }): [string, object] => {
    const type = variables.get(name);
    return [name, { address: Number(address), ...(type === undefined ? {} : { type: writer.reference(type) }) }];
  });
  const text = JSON.stringify(
    { metadata: { producer, format: '6.2.0' }, ...types, symbols: Object.fromEntries(named) },
    null,
    1,
  );
  // addresses of kernels are beyond what a number of JavaScript holds
  const exact = new Map(symbols.map(({ name, address }) => [name, address]));
  if (exact.size === 0) return `${text}\n`;
  let current: string | undefined;
  return `${text
    .split('\n')
    .map((line) => {
      const name = /^ {2}"(.*)": \{$/.exec(line)?.[1];
      if (name !== undefined) current = JSON.parse(`"${name}"`) as string;
      return line.replace(/^( {3}"address": )\d+/, (_, head: string) => `${head}${exact.get(current ?? '') ?? 0n}`);
    })
    .join('\n')}\n`;
}

type Reference = Readonly<Record<string, unknown>>;

class IsfWriter {
  private readonly btf: Btf;
  private readonly endian: 'little' | 'big';
  private readonly base = new Map<string, object>();
  /** By name the id that has it: of several of a name, the first. */
  private readonly owners = new Map<string, number>();

  constructor(btf: Btf) {
    this.btf = btf;
    this.endian = btf.littleEndian ? 'little' : 'big';
    this.base.set('void', { size: 0, signed: false, kind: 'void', endian: this.endian });
    this.base.set('pointer', { size: pointerSize(btf) ?? 8, signed: false, kind: 'int', endian: this.endian });
  }

  types(): { base_types: object; user_types: object; enums: object } {
    const users = new Map<string, object>();
    const enums = new Map<string, object>();
    for (let id = 1; id < this.btf.typeCount; id++) {
      const type = decodeType(this.btf, id);
      switch (type.kind) {
        case BtfKind.Struct:
        case BtfKind.Union: {
          const name = this.nameOf(id);
          if (this.owners.get(`user ${name}`) !== id) break;
          const fields = type.members.map((member, i): [string, object] => [
            member.name === '' ? `unnamed_field_${i}` : member.name,
            {
              type: this.member(member.type, member.bitOffset, member.bitfieldSize),
              offset: Math.floor(member.bitOffset / 8) - this.back(member.type, member.bitOffset, member.bitfieldSize),
              ...(member.name === '' ? { anonymous: true } : {}),
            },
          ]);
          users.set(name, {
            size: type.size,
            fields: Object.fromEntries(fields),
            kind: type.kind === BtfKind.Struct ? 'struct' : 'union',
          });
          break;
        }
        case BtfKind.Enum:
        case BtfKind.Enum64: {
          const name = this.nameOf(id);
          if (this.owners.get(`enum ${name}`) !== id) break;
          const constants = Object.fromEntries(
            type.values.map(({ name: value, value: number }) => [value, Number(number)]),
          );
          enums.set(name, { size: type.size, base: this.enumBase(type.size, type.signed), constants });
          break;
        }
        case BtfKind.Int:
        case BtfKind.Float:
          this.baseName(id);
          break;
        default:
          break;
      }
    }
    return {
      base_types: Object.fromEntries(this.base),
      user_types: Object.fromEntries(users),
      enums: Object.fromEntries(enums),
    };
  }

  reference(id: number, depth = 0): Reference {
    if (depth > 64 || id === 0) return { kind: 'base', name: 'void' };
    const type = decodeType(this.btf, id);
    switch (type.kind) {
      case BtfKind.Int:
      case BtfKind.Float:
        return { kind: 'base', name: this.baseName(id) };
      case BtfKind.Ptr:
        return { kind: 'pointer', subtype: this.reference(type.type, depth + 1) };
      case BtfKind.Array:
        return { kind: 'array', count: type.nelems, subtype: this.reference(type.type, depth + 1) };
      case BtfKind.Struct:
      case BtfKind.Union:
        return { kind: type.kind === BtfKind.Struct ? 'struct' : 'union', name: this.nameOf(id) };
      case BtfKind.Fwd:
        return { kind: type.union ? 'union' : 'struct', name: type.name };
      case BtfKind.Enum:
      case BtfKind.Enum64:
        return { kind: 'enum', name: this.nameOf(id) };
      case BtfKind.FuncProto:
        return { kind: 'function' };
      default:
        return 'type' in type ? this.reference(type.type, depth + 1) : { kind: 'base', name: 'void' };
    }
  }

  private member(id: number, bitOffset: number, bitSize: number): Reference {
    if (bitSize === 0) return this.reference(id);
    const place = (bitOffset % 8) + 8 * this.back(id, bitOffset, bitSize);
    const size = this.sizeOf(id) * 8;
    // volatility counts from the least significant bit
    const position = this.endian === 'little' ? place : size - place - bitSize;
    return { kind: 'bitfield', bit_length: bitSize, bit_position: position, type: this.reference(id) };
  }

  /** How many bytes a bitfield's storage begins before the byte of its first bit: where its type is aligned. */
  private back(id: number, bitOffset: number, bitSize: number): number {
    if (bitSize === 0) return 0;
    return Math.floor(bitOffset / 8) % Math.max(1, this.sizeOf(id));
  }

  private sizeOf(id: number): number {
    for (let depth = 0, at = id; depth < 64; depth++) {
      const type = decodeType(this.btf, at);
      if ('size' in type) return type.size;
      if (!('type' in type)) return 1;
      at = type.type;
    }
    return 1;
  }

  /** A struct's, union's or enum's name; one without is called by its id, as dwarf2json does by its place. */
  private nameOf(id: number): string {
    const name = this.btf.name(id) || `unnamed_${id.toString(16)}`;
    const kind = this.btf.kind(id);
    const key = `${kind === BtfKind.Enum || kind === BtfKind.Enum64 ? 'enum' : 'user'} ${name}`;
    if (!this.owners.has(key)) this.owners.set(key, id);
    return name;
  }

  private baseName(id: number): string {
    const type = decodeType(this.btf, id);
    if (type.kind !== BtfKind.Int && type.kind !== BtfKind.Float) return 'void';
    const { name, size } = type;
    if (!this.base.has(name)) {
      const encoding = type.kind === BtfKind.Int ? type.encoding : 0;
      const kind =
        type.kind === BtfKind.Float
          ? 'float'
          : encoding & IntEncoding.Bool
            ? 'bool'
            : encoding & IntEncoding.Char || name.includes('char')
              ? 'char'
              : 'int';
      this.base.set(name, {
        size,
        signed: type.kind === BtfKind.Float || (encoding & IntEncoding.Signed) !== 0,
        kind,
        endian: this.endian,
      });
    }
    return name;
  }

  private enumBase(size: number, signed: boolean): string {
    const name = `${signed ? 'i' : 'u'}${size * 8}`;
    if (!this.base.has(name)) this.base.set(name, { size, signed, kind: 'int', endian: this.endian });
    return name;
  }
}
