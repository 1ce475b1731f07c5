// A small BTF with just the declarations that an object asks for, made from the rows of the index: it answers the object
// as the kernel's whole BTF does, without that being rebuilt.

import { type Btf, BtfBuilder, BtfKind, IntEncoding } from '@btfq/btf-format';
import type { Kernel } from './answers.ts';
import { decodeTypedef } from './declaration-body.ts';
import { compositeOf } from './members.ts';
import type { DeclarationRow, Rows } from './rows.ts';
import { type CompositeBody, decodeEnum, type EnumBody, type TypeCode, TypeTag } from './type-code.ts';
import { VarintReader } from './varints.ts';

/**
 * The BTF of these rows of one kernel; types that are only pointed to are void. undefined where a row says something that
 * cannot be written this way (integers of odd bits, as before 2019): then the kernel's own BTF must be read.
 */
export function declaredTarget(rows: Rows, declared: readonly DeclarationRow[], kernel: Kernel): Btf | undefined {
  const writer = new TargetWriter(rows, declared, kernel);
  return writer.write();
}

class TargetWriter {
  private readonly rows: Rows;
  private readonly declared: readonly DeclarationRow[];
  private readonly builder: BtfBuilder;
  private readonly pointerSize: number | null;
  /** Ids of declarations by kind and name: several where one kernel has several of a name. */
  private readonly ids = new Map<string, { readonly id: number; readonly discriminator: number }[]>();
  /** Ids of the types written out in full, by their row; they follow the declarations. */
  private readonly inline = new Map<number, number>();
  private readonly queue: number[] = [];
  private next: number;
  private odd = false;

  constructor(rows: Rows, declared: readonly DeclarationRow[], kernel: Kernel) {
    this.rows = rows;
    this.declared = declared;
    this.builder = new BtfBuilder({ littleEndian: kernel.littleEndian });
    this.pointerSize = kernel.pointerSize;
    declared.forEach(({ kind, name, discriminator }, i) => {
      const key = `${kind} ${name}`;
      const one = { id: i + 1, discriminator: discriminator >>> 0 };
      const others = this.ids.get(key);
      if (others === undefined) this.ids.set(key, [one]);
      else others.push(one);
    });
    this.next = declared.length + 1;
  }

  write(): Btf | undefined {
    for (const row of this.declared) this.declaration(row);
    for (const id of this.queue) this.type(this.rows.type(id)); // grows while it is walked
    if (this.odd) return undefined;
    // by the size of `long` a BTF tells that of a pointer
    if (this.pointerSize === 4) this.builder.addInt('long', 4, IntEncoding.Signed);
    return this.builder.toBtf();
  }

  private declaration(row: DeclarationRow): void {
    const name = this.rows.text(row.name);
    switch (row.kind) {
      case BtfKind.Struct:
      case BtfKind.Union:
        this.composite(row.kind === BtfKind.Union, name, compositeOf(row.body));
        break;
      case BtfKind.Enum:
        this.enumeration(name, decodeEnum(new VarintReader(row.body)));
        break;
      default:
        this.builder.addTypedef(name, this.idOf(decodeTypedef(row.body).type));
        break;
    }
  }

  private composite(union: boolean, name: string, { size, members }: CompositeBody): void {
    if (union) this.builder.addUnion(name, size);
    else this.builder.addStruct(name, size);
    for (const { name: member, type, bitOffset, bitSize } of members) {
      if (bitSize === 0 && bitOffset % 8 !== 0) this.odd = true;
      else this.builder.addField(this.rows.text(member), this.idOf(type), bitOffset, bitSize);
    }
  }

  private enumeration(name: string, { size, signed, wide, values }: EnumBody): void {
    if (wide) this.builder.addEnum64(name, size, signed);
    else this.builder.addEnum(name, size);
    for (const { name: enumerator, value } of values) {
      if (wide) this.builder.addEnum64Value(this.rows.text(enumerator), value);
      else this.builder.addEnumValue(this.rows.text(enumerator), value);
    }
    // an enum of 32 bits is signed where a value is negative; one that only says so is not written as such
    if (!wide && signed !== values.some(({ value }) => value < 0n)) this.odd = true;
  }

  /** The id of a type, which is written later if it is none of the declarations. */
  private idOf(row: number): number {
    const code = this.rows.type(row);
    if (code.tag === TypeTag.Void) return 0;
    if ('discriminator' in code) {
      const known = this.declarationOf(code);
      if (known !== undefined) return known;
    }
    let id = this.inline.get(row);
    if (id === undefined) {
      id = this.next++;
      this.inline.set(row, id);
      this.queue.push(row);
    }
    return id;
  }

  /** A code without discriminator means the only one of its name. */
  private declarationOf({
    tag,
    name,
    discriminator,
  }: Extract<TypeCode, { discriminator: number }>): number | undefined {
    const all = this.ids.get(`${tag} ${name}`) ?? [];
    const fits = discriminator === 0 ? all : all.filter((one) => one.discriminator === discriminator);
    if (fits.length > 1) this.odd = true;
    return fits[0]?.id;
  }

  private type(code: TypeCode): void {
    const { builder, rows } = this;
    switch (code.tag) {
      case TypeTag.Int: {
        const bits = code.encoding & 0xff;
        const plain = ((code.encoding >>> 16) & 0xff) === 0 && bits === code.size * 8;
        if (!plain) this.odd = true;
        builder.addInt(rows.text(code.name), code.size, (code.encoding >>> 24) & 0xf);
        break;
      }
      case TypeTag.Float:
        builder.addFloat(rows.text(code.name), code.size);
        break;
      case TypeTag.Ptr:
        builder.addPtr(0);
        break;
      case TypeTag.Array:
        builder.addArray(this.idOf(code.type), 0, code.nelems);
        break;
      case TypeTag.Const:
        builder.addConst(this.idOf(code.type));
        break;
      case TypeTag.Volatile:
        builder.addVolatile(this.idOf(code.type));
        break;
      case TypeTag.Restrict:
        builder.addRestrict(this.idOf(code.type));
        break;
      case TypeTag.TypeTag:
        builder.addTypeTag(rows.text(code.name), this.idOf(code.type), code.attribute);
        break;
      case TypeTag.AnonymousStruct:
      case TypeTag.AnonymousUnion:
        this.composite(code.tag === TypeTag.AnonymousUnion, '', code.body);
        break;
      case TypeTag.AnonymousEnum:
        this.enumeration('', code.body);
        break;
      case TypeTag.Struct:
      case TypeTag.Union:
        builder.addFwd(rows.text(code.name), code.tag === TypeTag.Union); // only declared in this kernel
        break;
      case TypeTag.FuncProto:
        builder.addFuncProto(0); // a typedef of a function: nothing looks into it
        break;
      default:
        this.odd = true;
        builder.addPtr(0); // keeps the ids in step; the result is not used
        break;
    }
  }
}
