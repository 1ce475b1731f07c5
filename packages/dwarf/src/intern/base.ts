// The base of a module's BTF as rows, so that the module's types meet the base's in the same table of nodes.

import { type Btf, BtfKind, decodeType, IntEncoding } from '@btfq/btf-format';
import { Encoding } from '../read/constants.ts';
import type { NameTable } from '../read/names.ts';
import { EnumFlag, type Records, TypeKind } from '../unit/records.ts';

/** Adds a row for every type of the base; the offset of a row is its id. Returns the string offsets of names. */
export function addBase(base: Btf, records: Records, names: NameTable): Map<number, number> {
  const strings = new Map<number, number>();
  const name = (text: string): number => {
    if (text === '') return 0;
    const bytes = new TextEncoder().encode(text);
    return names.intern(bytes, 0, bytes.length);
  };
  for (let id = 1; id < base.typeCount; id++) {
    const type = decodeType(base, id);
    const add = (kind: number, text: string, ref: number, size: number, flags: number) =>
      records.addType(kind, name(text), ref, size, flags, id);
    switch (type.kind) {
      case BtfKind.Int:
        add(TypeKind.Base, type.name, 0, type.size, encodingOf(type.encoding));
        break;
      case BtfKind.Float:
        add(TypeKind.Base, type.name, 0, type.size, Encoding.Float);
        break;
      case BtfKind.Ptr:
        add(TypeKind.Pointer, '', type.type, 0, 0);
        break;
      case BtfKind.Const:
        add(TypeKind.Const, '', type.type, 0, 0);
        break;
      case BtfKind.Volatile:
        add(TypeKind.Volatile, '', type.type, 0, 0);
        break;
      case BtfKind.Restrict:
        add(TypeKind.Restrict, '', type.type, 0, 0);
        break;
      case BtfKind.Typedef:
        add(TypeKind.Typedef, type.name, type.type, 0, 0);
        break;
      case BtfKind.TypeTag:
        add(TypeKind.TypeTag, type.name, type.type, 0, type.attribute ? 1 : 0);
        break;
      case BtfKind.Fwd:
        add(type.union ? TypeKind.Union : TypeKind.Struct, type.name, 0, 0, 1);
        break;
      case BtfKind.Array: {
        const row = add(TypeKind.Array, '', type.type, 0, 0);
        records.addElement(row, 0, type.nelems | 0, 0, 0, 0);
        break;
      }
      case BtfKind.FuncProto: {
        const row = add(TypeKind.Proto, '', type.returnType, 0, 0);
        for (const param of type.params) records.addElement(row, name(param.name), param.type, 0, 0, 0);
        break;
      }
      case BtfKind.Struct:
      case BtfKind.Union: {
        const row = add(type.kind === BtfKind.Struct ? TypeKind.Struct : TypeKind.Union, type.name, 0, type.size, 0);
        for (const member of type.members) {
          records.addElement(row, name(member.name), member.type, member.bitOffset | 0, member.bitfieldSize, 0);
        }
        break;
      }
      case BtfKind.Enum:
      case BtfKind.Enum64: {
        let flags: number = EnumFlag.FromBtf;
        if (type.kind === BtfKind.Enum64) flags |= EnumFlag.Wide;
        if (type.signed) flags |= EnumFlag.Signed;
        if (type.values.length === 0 && type.name !== '') flags |= EnumFlag.Declaration;
        const row = add(TypeKind.Enum, type.name, 0, type.size, flags);
        for (const { name: text, value } of type.values) {
          const bits = BigInt.asUintN(64, BigInt(value));
          records.addElement(row, name(text), 0, Number(bits & 0xffffffffn) | 0, Number(bits >> 32n) | 0, 0);
        }
        break;
      }
      default:
    }
  }
  const { bytes } = base.strings;
  for (let at = 0; at < bytes.length; ) {
    let end = bytes.indexOf(0, at);
    if (end < 0) end = bytes.length;
    const id = names.intern(bytes, at, end);
    if (id !== 0 && !strings.has(id)) strings.set(id, base.startStringOffset + at);
    at = end + 1;
  }
  return strings;
}

function encodingOf(encoding: number): number {
  if ((encoding & IntEncoding.Signed) !== 0) return Encoding.Signed;
  return (encoding & IntEncoding.Bool) !== 0 ? Encoding.Boolean : 0;
}
