// What a declaration says, as the column `declaration.body` has it. `DeclarationWriter` makes bodies and type codes of
// a BTF's records; the decoders here and in type-code.ts read them without any BTF.

import { BtfKind, infoKind, infoKindFlag, infoVlen } from '@btfq/btf-format';
import { NO_TYPE_SIZE } from '../prepare/type-sizes.ts';
import type { TypeHashes } from '../prepare/type-hashes.ts';
import { TypeTag } from './type-code.ts';
import { VarintReader, VarintWriter } from '../varints.ts';

/** `declaration.kind` of enums without a name: they go by the name of their first enumerator. */
export const ANONYMOUS_ENUM = TypeTag.AnonymousEnum;

/** Where the rows are that codes and bodies speak of. */
export interface Interner {
  /** The row of a name; '' is 0. */
  name(text: string): number;
  /** The row of a type code. */
  type(code: Uint8Array): number;
}

/** What a body speaks of, for the tables that find declarations by it. */
export interface BodyMentions {
  /** Types of members, those of anonymous members too. */
  readonly types: Set<number>;
  /** Names of enumerators. */
  readonly enumerators: Set<number>;
}

/** `declaration.kind` of a type's record; undefined for what is no declaration. */
export function declarationKind(kind: number, named: boolean): number | undefined {
  switch (kind) {
    case BtfKind.Enum:
    case BtfKind.Enum64:
      return named ? TypeTag.Enum : ANONYMOUS_ENUM;
    case BtfKind.Int:
    case BtfKind.Struct:
    case BtfKind.Union:
    case BtfKind.Fwd:
    case BtfKind.Typedef:
    case BtfKind.Func:
    case BtfKind.Var:
    case BtfKind.Float:
      return named ? kind : undefined;
    default:
      return undefined;
  }
}

/** The records and hashes of a BTF, or of the layer of split BTF over its base. */
export interface HashedTypes {
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
  readonly types: TypeHashes;
}

/** Codes and bodies of one prepared BTF's types, or of those of a module over its kernel's. */
export class DeclarationWriter {
  private readonly btf: HashedTypes;
  private readonly text: (offset: number) => string;
  private readonly interner: Interner;
  private readonly base: DeclarationWriter | undefined;
  /** The id of the first own record. */
  private readonly firstId: number;
  /** Rows by type id from `firstId` - 1 on: 0 not asked yet, -1 under way. */
  private readonly rows: Int32Array;
  /** Rows of names by offset. */
  private readonly names = new Map<number, number>();

  /** `text` gives the string at an offset, those of the base too. */
  constructor(btf: HashedTypes, text: (offset: number) => string, interner: Interner, base?: DeclarationWriter) {
    this.btf = btf;
    this.text = text;
    this.interner = interner;
    this.base = base;
    this.firstId = base === undefined ? 1 : base.endId;
    this.rows = new Int32Array(btf.starts.length);
  }

  /** One more than the largest id. */
  get endId(): number {
    return this.firstId + this.btf.starts.length - 1;
  }

  /** The row in `type` of a type id. */
  type(typeId: number): number {
    if (this.base !== undefined && typeId < this.firstId) return this.base.type(typeId);
    const id = typeId - this.firstId + 1;
    const known = this.rows[id]!;
    if (known > 0) return known;
    const out = new VarintWriter(16);
    if (known < 0) {
      out.add(TypeTag.Other); // an anonymous type that contains itself: no C declaration does
      out.add(0);
      return this.interner.type(out.finish());
    }
    this.rows[id] = -1;
    this.code(id, out);
    const row = this.interner.type(out.finish());
    this.rows[id] = row;
    return row;
  }

  private code(id: number, out: VarintWriter): void {
    if (id === 0) {
      out.add(TypeTag.Void);
      return;
    }
    const { words, starts, types } = this.btf;
    const at = starts[id - 1]!;
    const info = words[at + 1]!;
    const kind = infoKind(info);
    const flag = info >>> 31;
    const third = words[at + 2]!;
    const named = words[at] !== 0;
    const byName = (tag: number) => {
      out.add(tag);
      out.add(this.nameAt(at));
      out.add(types.discriminators[id - 1]! >>> 0);
    };
    switch (kind) {
      case BtfKind.Int:
        for (const n of [TypeTag.Int, this.nameAt(at), third, words[at + 3]!]) out.add(n);
        return;
      case BtfKind.Float:
        for (const n of [TypeTag.Float, this.nameAt(at), third]) out.add(n);
        return;
      case BtfKind.Ptr:
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict: {
        const row = this.type(third);
        out.add(kind);
        out.add(row);
        return;
      }
      case BtfKind.Array: {
        const row = this.type(words[at + 3]!);
        for (const n of [TypeTag.Array, row, words[at + 5]!]) out.add(n);
        return;
      }
      case BtfKind.Struct:
      case BtfKind.Union:
        if (named) byName(kind);
        else {
          out.add(kind === BtfKind.Struct ? TypeTag.AnonymousStruct : TypeTag.AnonymousUnion);
          this.composite(at, out);
        }
        return;
      case BtfKind.Fwd:
        byName(flag === 1 ? TypeTag.Union : TypeTag.Struct);
        return;
      case BtfKind.Enum:
      case BtfKind.Enum64:
        if (named) byName(TypeTag.Enum);
        else {
          out.add(TypeTag.AnonymousEnum);
          this.enumeration(at, kind, out);
        }
        return;
      case BtfKind.Typedef:
        byName(TypeTag.Typedef);
        return;
      case BtfKind.Func:
      case BtfKind.Var:
        out.add(kind);
        out.add(this.nameAt(at));
        return;
      case BtfKind.FuncProto: {
        out.add(TypeTag.FuncProto);
        out.add(this.type(third));
        out.add(infoVlen(info));
        for (let i = 0, w = at + 3; i < infoVlen(info); i++, w += 2) {
          out.add(this.nameOf(words[w]!));
          out.add(this.type(words[w + 1]!));
        }
        return;
      }
      case BtfKind.TypeTag: {
        const row = this.type(third);
        for (const n of [TypeTag.TypeTag, this.nameAt(at), flag, row]) out.add(n);
        return;
      }
      default:
        out.add(TypeTag.Other);
        out.add(kind);
    }
  }

  /** The body of the declaration whose record begins at word `at`. */
  body(at: number): Uint8Array {
    const { words, types } = this.btf;
    const out = new VarintWriter(64);
    const info = words[at + 1]!;
    const kind = infoKind(info);
    const third = words[at + 2]!;
    switch (kind) {
      case BtfKind.Struct:
      case BtfKind.Union:
        this.composite(at, out);
        break;
      case BtfKind.Enum:
      case BtfKind.Enum64:
        this.enumeration(at, kind, out);
        break;
      case BtfKind.Typedef:
        out.add(this.type(third));
        out.add(this.sizeOf(third) + 1);
        break;
      case BtfKind.Func:
        out.add(infoVlen(info));
        out.add(this.type(third));
        break;
      case BtfKind.Var:
        out.add(words[at + 3]!);
        out.add(this.type(third));
        out.add(this.sizeOf(third) + 1);
        break;
      case BtfKind.Int:
        out.add(third);
        out.add(words[at + 3]!);
        break;
      case BtfKind.Float:
        out.add(third);
        break;
      case BtfKind.Fwd:
        out.add(info >>> 31);
        break;
      default:
        throw new RangeError(`kind ${kind} is not a declaration; ${types.lo.length} types`);
    }
    return out.finish();
  }

  /** What `member_type` and `enumerator` say of the declaration at word `at`. */
  mentions(at: number): BodyMentions {
    const { words } = this.btf;
    const mentions: BodyMentions = { types: new Set(), enumerators: new Set() };
    const info = words[at + 1]!;
    const kind = infoKind(info);
    if (kind === BtfKind.Struct || kind === BtfKind.Union) this.memberTypes(at, mentions.types, 0);
    else if (kind === BtfKind.Typedef) this.memberTypesOf(words[at + 2]!, mentions.types);
    else if (kind === BtfKind.Enum || kind === BtfKind.Enum64) {
      const stride = kind === BtfKind.Enum ? 2 : 3;
      for (let i = 0, w = at + 3; i < infoVlen(info); i++, w += stride) {
        mentions.enumerators.add(this.nameOf(words[w]!));
      }
    }
    return mentions;
  }

  /** A typedef of a struct without a tag is asked for as a struct is. */
  private memberTypesOf(id: number, types: Set<number>, nesting = 0): void {
    const { words, starts } = this.btf;
    for (let depth = 0; id !== 0 && depth < 32; depth++) {
      if (id < this.firstId) {
        this.base?.memberTypesOf(id, types, nesting);
        return;
      }
      const at = starts[id - this.firstId]!;
      const kind = infoKind(words[at + 1]!);
      switch (kind) {
        case BtfKind.Volatile:
        case BtfKind.Const:
        case BtfKind.Restrict:
        case BtfKind.TypeTag:
          id = words[at + 2]!;
          continue;
        case BtfKind.Struct:
        case BtfKind.Union:
          if (words[at] === 0) this.memberTypes(at, types, nesting);
          return;
        default:
          return;
      }
    }
  }

  private memberTypes(at: number, types: Set<number>, depth: number): void {
    const { words } = this.btf;
    const vlen = infoVlen(words[at + 1]!);
    for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
      const id = words[w + 1]!;
      types.add(this.type(id));
      if (id !== 0 && depth <= 32) this.memberTypesOf(id, types, depth + 1);
    }
  }

  private nameAt(at: number): number {
    return this.nameOf(this.btf.words[at]!);
  }

  /** The row of the name at an offset: of a kernel without relatives most are asked for several times. */
  private nameOf(offset: number): number {
    let row = this.names.get(offset);
    if (row === undefined) {
      row = this.interner.name(this.text(offset));
      this.names.set(offset, row);
    }
    return row;
  }

  private sizeOf(id: number): number {
    if (id === 0) return NO_TYPE_SIZE;
    if (this.base !== undefined && id < this.firstId) return this.base.sizeOf(id);
    return this.btf.types.sizes[id - this.firstId]!;
  }

  private composite(at: number, out: VarintWriter): void {
    const { words } = this.btf;
    const info = words[at + 1]!;
    const hasBitfields = infoKindFlag(info);
    out.add(words[at + 2]!);
    out.add(infoVlen(info));
    let end = 0;
    for (let i = 0, w = at + 3; i < infoVlen(info); i++, w += 3) {
      const id = words[w + 1]!;
      const word = words[w + 2]!;
      const narrow = hasBitfields ? undefined : this.narrowInt(id);
      const bitSize = hasBitfields ? word >>> 24 : (narrow?.bits ?? 0);
      const bitOffset = hasBitfields ? word & 0xffffff : word + (narrow?.offset ?? 0);
      const size = this.sizeOf(id);
      const distance = bitOffset - end;
      const row = this.type(id);
      out.add(this.nameOf(words[w]!));
      out.add(row);
      out.add((distance < 0 ? -2 * distance - 1 : 2 * distance) * 2 + (bitSize > 0 ? 1 : 0));
      if (bitSize > 0) out.add(bitSize);
      out.add(size + 1);
      end = bitOffset + (bitSize > 0 ? bitSize : Math.max(size, 0) * 8);
    }
  }

  /** Before 5.0 a bitfield's width and place were those of an INT narrower than its bytes. */
  private narrowInt(id: number): { bits: number; offset: number } | undefined {
    const { words, starts } = this.btf;
    for (let depth = 0; id !== 0 && depth < 32; depth++) {
      if (id < this.firstId) return this.base?.narrowInt(id);
      const at = starts[id - this.firstId]!;
      const kind = infoKind(words[at + 1]!);
      switch (kind) {
        case BtfKind.Typedef:
        case BtfKind.Volatile:
        case BtfKind.Const:
        case BtfKind.Restrict:
        case BtfKind.TypeTag:
          id = words[at + 2]!;
          continue;
        case BtfKind.Int: {
          const bits = words[at + 3]! & 0xff;
          const offset = (words[at + 3]! >>> 16) & 0xff;
          return bits !== words[at + 2]! * 8 || offset !== 0 ? { bits, offset } : undefined;
        }
        default:
          return undefined;
      }
    }
    return undefined;
  }

  private enumeration(at: number, kind: number, out: VarintWriter): void {
    const { words } = this.btf;
    const info = words[at + 1]!;
    const wide = kind === BtfKind.Enum64;
    const signed = infoKindFlag(info);
    out.add(words[at + 2]!);
    out.add((signed ? 1 : 0) | (wide ? 2 : 0));
    out.add(infoVlen(info));
    for (let i = 0, w = at + 3; i < infoVlen(info); i++, w += wide ? 3 : 2) {
      out.add(this.nameOf(words[w]!));
      if (wide) {
        out.add(words[w + 1]!);
        out.add(words[w + 2]!);
      } else out.addSigned(signed ? words[w + 1]! | 0 : words[w + 1]!);
    }
  }
}

/** Body of a TYPEDEF: what it stands for. `size` in bytes, -1 for none. */
export function decodeTypedef(body: Uint8Array): { type: number; size: number } {
  const input = new VarintReader(body);
  return { type: input.next(), size: input.next() - 1 };
}

/** Body of a FUNC: its linkage and the row of its prototype. */
export function decodeFunc(body: Uint8Array): { linkage: number; proto: number } {
  const input = new VarintReader(body);
  return { linkage: input.next(), proto: input.next() };
}

/** Body of a VAR. */
export function decodeVar(body: Uint8Array): { linkage: number; type: number; size: number } {
  const input = new VarintReader(body);
  return { linkage: input.next(), type: input.next(), size: input.next() - 1 };
}
