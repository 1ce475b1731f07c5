// A small BTF with just the declarations that an object asks for, made from the rows of the index: it answers the object
// as the kernel's whole BTF does, without that being rebuilt.

import { type Btf, BtfKind, encodeBtf, IntEncoding, parseBtf } from '@btfq/btf-format';
import type { Kernel } from '../answer-types.ts';
import { decodeTypedef } from '../encoding/declaration-body.ts';
import { compositeOf } from '../query/unnamed.ts';
import type { DeclarationRow, Rows } from '../store/row-cache.ts';
import {
  type CompositeBody,
  decodeEnum,
  type EnumBody,
  type MemberCode,
  type TypeCode,
  TypeTag,
} from '../encoding/type-code.ts';
import { VarintReader } from '../varints.ts';

/** What is left of a composite's members. */
export type MemberFilter = (members: readonly MemberCode[]) => readonly MemberCode[];

/**
 * The BTF of these rows of one kernel; types that are only pointed to are void. undefined where a row says something that
 * cannot be determined without the kernel's own BTF: several types of a name with nothing to say which is meant.
 */
export function declaredTarget(
  rows: Rows,
  declared: readonly DeclarationRow[],
  kernel: Kernel,
  kept: MemberFilter = (members) => members,
): Btf | undefined {
  return new TargetWriter(rows, declared, kernel, kept).write();
}

class TargetWriter {
  private readonly rows: Rows;
  private readonly declared: readonly DeclarationRow[];
  private readonly kernel: Kernel;
  private readonly kept: MemberFilter;
  private readonly words: number[] = [];
  private readonly strings = new Names();
  /** Ids of declarations by kind and name: several where one kernel has several of a name. */
  private readonly ids = new Map<string, { readonly id: number; readonly discriminator: number }[]>();
  /** Ids of the types written out in full, by their row; they follow the declarations. */
  private readonly inline = new Map<number, number>();
  private readonly queue: number[] = [];
  private next: number;
  private unclear = false;

  constructor(rows: Rows, declared: readonly DeclarationRow[], kernel: Kernel, kept: MemberFilter) {
    this.kept = kept;
    this.rows = rows;
    this.declared = declared;
    this.kernel = kernel;
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
    // by the size of `long` a BTF says that of a pointer
    if (this.kernel.pointerSize === 4) this.add(BtfKind.Int, 'long', 4, [(IntEncoding.Signed << 24) | 32]);
    if (this.unclear) return undefined;
    const { littleEndian } = this.kernel;
    return parseBtf(encodeBtf({ words: Uint32Array.from(this.words), strings: this.strings.build(), littleEndian }));
  }

  private add(kind: number, name: string, third: number, rest: readonly number[] = [], vlen = 0, flag = false): void {
    const info = ((Number(flag) << 31) | (kind << 24) | vlen) >>> 0;
    this.words.push(this.strings.add(name), info, third, ...rest);
  }

  private declaration(row: DeclarationRow): void {
    const name = this.rows.text(row.name);
    if (row.kind === BtfKind.Struct || row.kind === BtfKind.Union) {
      this.composite(row.kind, name, compositeOf(row.body));
    } else if (row.kind === BtfKind.Enum) this.enumeration(name, decodeEnum(new VarintReader(row.body)));
    else this.add(BtfKind.Typedef, name, this.idOf(decodeTypedef(row.body).type));
  }

  private composite(kind: number, name: string, { size, members: all }: CompositeBody): void {
    const members = this.kept(all);
    const bitfields = members.some(({ bitSize }) => bitSize > 0);
    const rest: number[] = [];
    for (const { name: member, type, bitOffset, bitSize } of members) {
      rest.push(
        this.strings.add(this.rows.text(member)),
        this.idOf(type),
        bitfields ? ((bitSize << 24) | bitOffset) >>> 0 : bitOffset,
      );
    }
    this.add(kind, name, size, rest, members.length, bitfields);
  }

  private enumeration(name: string, { size, signed, wide, values }: EnumBody): void {
    const rest = values.flatMap(({ name: enumerator, value }) => {
      const low = Number(BigInt.asUintN(32, value));
      const high = wide ? [Number(BigInt.asUintN(32, value >> 32n))] : [];
      return [this.strings.add(this.rows.text(enumerator)), low, ...high];
    });
    this.add(wide ? BtfKind.Enum64 : BtfKind.Enum, name, size, rest, values.length, signed);
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
    if (fits.length > 1) this.unclear = true;
    return fits[0]?.id;
  }

  private type(code: TypeCode): void {
    const { rows } = this;
    switch (code.tag) {
      case TypeTag.Int:
        this.add(BtfKind.Int, rows.text(code.name), code.size, [code.encoding]);
        break;
      case TypeTag.Float:
        this.add(BtfKind.Float, rows.text(code.name), code.size);
        break;
      case TypeTag.Ptr:
        this.add(BtfKind.Ptr, '', 0);
        break;
      case TypeTag.Array:
        this.add(BtfKind.Array, '', 0, [this.idOf(code.type), 0, code.nelems]);
        break;
      case TypeTag.Const:
      case TypeTag.Volatile:
      case TypeTag.Restrict:
        this.add(code.tag, '', this.idOf(code.type));
        break;
      case TypeTag.TypeTag:
        this.add(BtfKind.TypeTag, rows.text(code.name), this.idOf(code.type), [], 0, code.attribute);
        break;
      case TypeTag.AnonymousStruct:
      case TypeTag.AnonymousUnion:
        this.composite(code.tag === TypeTag.AnonymousUnion ? BtfKind.Union : BtfKind.Struct, '', code.body);
        break;
      case TypeTag.AnonymousEnum:
        this.enumeration('', code.body);
        break;
      case TypeTag.Struct:
      case TypeTag.Union: // only declared in this kernel
        this.add(BtfKind.Fwd, rows.text(code.name), 0, [], 0, code.tag === TypeTag.Union);
        break;
      case TypeTag.FuncProto: // a typedef of a function: nothing looks into it
        this.add(BtfKind.FuncProto, '', 0);
        break;
      default:
        this.unclear = true;
        this.add(BtfKind.Ptr, '', 0); // keeps the ids in step; the result is not used
        break;
    }
  }
}

/** A string section, each name once. */
class Names {
  private readonly offsets = new Map<string, number>([['', 0]]);
  private readonly parts: Uint8Array[] = [Uint8Array.of(0)];
  private end = 1;

  add(name: string): number {
    let offset = this.offsets.get(name);
    if (offset === undefined) {
      offset = this.end;
      let bytes = encoded.get(name);
      if (bytes === undefined) {
        bytes = encoder.encode(`${name}\0`);
        if (encoded.size > KEPT_NAMES) encoded.clear();
        encoded.set(name, bytes);
      }
      this.offsets.set(name, offset);
      this.parts.push(bytes);
      this.end += bytes.length;
    }
    return offset;
  }

  build(): Uint8Array {
    const out = new Uint8Array(this.end);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

const encoder = new TextEncoder();
/** Names as UTF-8: kernels share nearly all of them. */
const encoded = new Map<string, Uint8Array>();
const KEPT_NAMES = 50_000;
