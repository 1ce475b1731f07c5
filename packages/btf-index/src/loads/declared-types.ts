// Single declarations of a kernel as small BTFs, made from the rows of the index: what load checks look up (a function with its
// prototype, an enum, the members of a struct) without the kernel's whole BTF. Kernels with the same rows share them.

import { type Btf, BtfKind, encodeBtf, IntEncoding, parseBtf } from '@btfq/btf-format';
import type { TypeAt } from '@btfq/load-check';
import type { Kernel } from '../answer-types.ts';
import { decodeFunc, decodeTypedef, decodeVar } from '../encoding/declaration-body.ts';
import { type CompositeBody, decodeEnum, type EnumBody, TypeTag } from '../encoding/type-code.ts';
import { compositeOf } from '../query/unnamed.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { contains } from '../store/content-tree.ts';
import { type DeclarationRow, type Rows, rowsOf } from '../store/row-cache.ts';
import { VarintReader } from '../varints.ts';

/** Looks declarations up in the kernels of an index. */
export class DeclaredTypes {
  private readonly rows: Rows;
  private readonly index: BtfIndex;
  /** Small BTFs by their root's row. */
  private readonly made = new Map<number, MadeOfRoot>();
  /** By kind and name, the row at each position: -1 where there is none, -2 where that was not looked up. */
  private readonly rowAt = new Map<string, Int32Array>();

  constructor(index: BtfIndex) {
    this.index = index;
    this.rows = rowsOf(index);
  }

  /** The declarations of one kernel; `asked` is said of every other declaration that an answer rests on. */
  of(kernel: Kernel): DeclaredKernel {
    const catalog = this.index.catalog();
    const rank = catalog.rank[kernel.id]!;
    const position = catalog.tree.position[catalog.contentOf[rank]!]!;
    return { kernel, position };
  }

  /** A declaration of a kind and name, in the kernel itself or (by name of the module) in one of its modules. */
  find(
    at: DeclaredKernel,
    kind: BtfKind,
    name: string,
    asked: (kind: number, name: string) => void,
  ): TypeAt | undefined {
    const row = this.row(at, kind, name);
    if (row !== undefined) return this.typeAt(at, row, 'vmlinux', asked);
    if (!at.kernel.modules) return undefined;
    for (const candidate of this.candidates(kind, name)) {
      for (const { module, ranges } of this.rows.modulePlaces(candidate.set)) {
        if (contains(ranges, at.position)) return this.typeAt(at, candidate, this.rows.text(module), asked);
      }
    }
    return undefined;
  }

  /** Whether the kernel itself has a declaration. */
  has(at: DeclaredKernel, kind: BtfKind, name: string): boolean {
    return this.row(at, kind, name) !== undefined;
  }

  /** Which declarations of a kind and name a kernel itself has, as something to compare. */
  signature(at: DeclaredKernel, kind: number, name: string): string {
    let text = '';
    for (const row of this.candidates(kind, name)) {
      if (contains(this.rows.ranges(row.set), at.position)) text += ` ${row.id}`;
      else if (at.kernel.modules && this.rows.modulePlaces(row.set).some(({ ranges }) => contains(ranges, at.position)))
        text += ` m${row.id}`;
    }
    return text;
  }

  private candidates(kind: number, name: string): readonly DeclarationRow[] {
    const id = this.rows.name(name);
    // the index keeps both widths of enums as one kind
    return id === undefined ? [] : this.rows.declared(kind === BtfKind.Enum64 ? BtfKind.Enum : kind, id);
  }

  private row(at: DeclaredKernel, kind: number, name: string): DeclarationRow | undefined {
    const key = `${kind} ${name}`;
    let places = this.rowAt.get(key);
    if (places === undefined) this.rowAt.set(key, (places = new Int32Array(this.rows.slotSize).fill(NOT_LOOKED_UP)));
    const candidates = this.candidates(kind, name);
    let found = places[at.position]!;
    if (found === NOT_LOOKED_UP) {
      found = candidates.findIndex(
        (row) =>
          contains(this.rows.ranges(row.set), at.position) &&
          (row.kind !== BtfKind.Enum || isWide(row) === (kind === BtfKind.Enum64)),
      );
      places[at.position] = found;
    }
    return candidates[found];
  }

  private typeAt(
    at: DeclaredKernel,
    root: DeclarationRow,
    module: string,
    asked: (kind: number, name: string) => void,
  ): TypeAt {
    let made = this.made.get(root.id);
    if (made === undefined) this.made.set(root.id, (made = { names: [], byRows: new Map() }));
    const { littleEndian, pointerSize } = at.kernel;
    const keyOf = (names: MadeOfRoot['names']) =>
      `${littleEndian} ${pointerSize} ${names.map(({ kind, name }) => this.row(at, kind, name)?.id).join()}`;
    let own = made.byRows.get(keyOf(made.names));
    if (own === undefined) {
      const used = new Map<string, KindAndName>();
      const writer = new DeclarationWriter(this.rows, at.kernel, (kind, name) => {
        used.set(`${kind} ${name}`, { kind, name });
        return this.row(at, kind, name);
      });
      own = { used: [...used.values()], btf: writer.write(root) };
      const { names } = made;
      const further = own.used.filter(
        ({ kind, name }) => !names.some((each) => each.kind === kind && each.name === name),
      );
      // the others were distinguished by fewer names
      if (further.length > 0) this.made.set(root.id, (made = { names: [...names, ...further], byRows: new Map() }));
      made.byRows.set(keyOf(made.names), own);
    }
    for (const { kind, name } of own.used) asked(kind, name);
    return { btf: own.btf, module, id: 1 };
  }
}

/** A kernel, and the position of its content. */
export interface DeclaredKernel {
  readonly kernel: Kernel;
  readonly position: number;
}

interface KindAndName {
  readonly kind: number;
  readonly name: string;
}

interface Made {
  /** The declarations that went into it besides the root. */
  readonly used: readonly KindAndName[];
  readonly btf: Btf;
}

/** Small BTFs of one root, by the rows of all names that any of them used. */
interface MadeOfRoot {
  readonly names: readonly KindAndName[];
  readonly byRows: Map<string, Made>;
}

const NOT_LOOKED_UP = -2;

function isWide(row: DeclarationRow): boolean {
  return decodeEnum(new VarintReader(row.body)).wide;
}

/** Writes a declaration as type 1, and what it is made of as deep as load checks look: structs that it names are empty. */
class DeclarationWriter {
  private readonly rows: Rows;
  private readonly kernel: Kernel;
  private readonly declared: (kind: number, name: string) => DeclarationRow | undefined;
  private readonly records: number[][] = [[]];
  private readonly strings = new Map<string, number>([['', 0]]);
  private text = '\0';
  private readonly ids = new Map<string, number>();

  constructor(rows: Rows, kernel: Kernel, declared: (kind: number, name: string) => DeclarationRow | undefined) {
    this.rows = rows;
    this.kernel = kernel;
    this.declared = declared;
  }

  write(root: DeclarationRow): Btf {
    const { kind, body } = root;
    const name = this.rows.text(root.name);
    this.records.push([]);
    if (kind === BtfKind.Struct || kind === BtfKind.Union)
      this.set(1, this.composite(kind, name, compositeOf(body), true));
    else if (kind === BtfKind.Enum) this.set(1, this.enumeration(name, decodeEnum(new VarintReader(body))));
    else if (kind === BtfKind.Typedef) this.set(1, this.record(kind, name, this.type(decodeTypedef(body).type)));
    else if (kind === BtfKind.Func)
      this.set(1, this.record(kind, name, this.type(decodeFunc(body).proto), [], decodeFunc(body).linkage));
    else if (kind === BtfKind.Var)
      this.set(1, this.record(kind, name, this.type(decodeVar(body).type), [decodeVar(body).linkage]));
    else this.set(1, this.record(BtfKind.Fwd, name, 0));
    // by the size of `long` a BTF says that of a pointer
    if (this.kernel.pointerSize === 4) this.add(this.record(BtfKind.Int, 'long', 4, [(IntEncoding.Signed << 24) | 32]));
    const words = Uint32Array.from(this.records.flat());
    const strings = new TextEncoder().encode(this.text);
    return parseBtf(encodeBtf({ words, strings, littleEndian: this.kernel.littleEndian }));
  }

  private set(id: number, record: number[]): void {
    this.records[id] = record;
  }

  private add(record: number[]): number {
    this.records.push(record);
    return this.records.length - 1;
  }

  private record(
    kind: number,
    name: string,
    third: number,
    rest: readonly number[] = [],
    vlen = 0,
    flag = false,
  ): number[] {
    return [this.string(name), ((Number(flag) << 31) | (kind << 24) | vlen) >>> 0, third, ...rest];
  }

  private string(name: string): number {
    let offset = this.strings.get(name);
    if (offset === undefined) {
      offset = new TextEncoder().encode(this.text).length;
      this.strings.set(name, offset);
      this.text += `${name}\0`;
    }
    return offset;
  }

  /** Members have names and places; their types are only written where `whole` asks for none of them. */
  private composite(kind: number, name: string, { size, members }: CompositeBody, shallow: boolean): number[] {
    if (!shallow) return this.record(kind, name, size);
    const flag = members.some(({ bitSize }) => bitSize > 0);
    const rest = members.flatMap(({ name: member, bitOffset, bitSize }) => [
      this.string(this.rows.text(member)),
      0,
      flag ? ((bitSize << 24) | bitOffset) >>> 0 : bitOffset,
    ]);
    return this.record(kind, name, size, rest, members.length, flag);
  }

  private enumeration(name: string, { size, signed, wide, values }: EnumBody): number[] {
    const rest = values.flatMap(({ name: enumerator, value }) => {
      const low = Number(BigInt.asUintN(32, value));
      return [
        this.string(this.rows.text(enumerator)),
        low,
        ...(wide ? [Number(BigInt.asUintN(32, value >> 32n))] : []),
      ];
    });
    return this.record(wide ? BtfKind.Enum64 : BtfKind.Enum, name, size, rest, values.length, signed);
  }

  /** The id of a type by its row. */
  private type(row: number): number {
    const code = this.rows.type(row);
    if (code.tag === TypeTag.Void) return 0;
    const key = `${row}`;
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.add([]);
    this.ids.set(key, id);
    const { rows } = this;
    switch (code.tag) {
      case TypeTag.Int:
        this.set(id, this.record(BtfKind.Int, rows.text(code.name), code.size, [code.encoding]));
        break;
      case TypeTag.Float:
        this.set(id, this.record(BtfKind.Float, rows.text(code.name), code.size));
        break;
      case TypeTag.Ptr:
      case TypeTag.Const:
      case TypeTag.Volatile:
      case TypeTag.Restrict:
        this.set(id, this.record(code.tag, '', this.type(code.type)));
        break;
      case TypeTag.TypeTag:
        this.set(id, this.record(BtfKind.TypeTag, rows.text(code.name), this.type(code.type), [], 0, code.attribute));
        break;
      case TypeTag.Array: {
        this.set(id, this.record(BtfKind.Array, '', 0, [this.type(code.type), 0, code.nelems]));
        break;
      }
      case TypeTag.FuncProto: {
        const params = code.params.flatMap((param) => [this.string(rows.text(param.name)), this.type(param.type)]);
        this.set(id, this.record(BtfKind.FuncProto, '', this.type(code.returns), params, code.params.length));
        break;
      }
      case TypeTag.AnonymousStruct:
      case TypeTag.AnonymousUnion: {
        const kind = code.tag === TypeTag.AnonymousUnion ? BtfKind.Union : BtfKind.Struct;
        this.set(id, this.composite(kind, '', code.body, false));
        break;
      }
      case TypeTag.AnonymousEnum:
        this.set(id, this.enumeration('', code.body));
        break;
      case TypeTag.Struct:
      case TypeTag.Union:
      case TypeTag.Enum:
      case TypeTag.Typedef:
        this.set(id, this.named(code.tag, rows.text(code.name)));
        break;
      default:
        this.set(id, this.record(BtfKind.Fwd, '', 0));
    }
    return id;
  }

  /** A type by name: its kind and size; a typedef with what it stands for. Only declared where the kernel has none. */
  private named(kind: number, name: string): number[] {
    const row = this.declared(kind, name);
    if (row === undefined) return this.record(BtfKind.Fwd, name, 0, [], 0, kind === BtfKind.Union);
    if (kind === BtfKind.Typedef) return this.record(kind, name, this.type(decodeTypedef(row.body).type));
    if (kind === BtfKind.Enum) return this.enumeration(name, { ...decodeEnum(new VarintReader(row.body)), values: [] });
    return this.composite(kind, name, compositeOf(row.body), false);
  }
}
