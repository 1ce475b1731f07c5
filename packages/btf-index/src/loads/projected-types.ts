// Declarations as some relocations see them: with the members that they name and no others. Kernels whose structs differ only in
// what is not asked for are alike, and a target with so little in it is made at once.

import { BtfKind } from '@btfq/btf-format';
import { decodeTypedef } from '../encoding/declaration-body.ts';
import { type MemberCode, type TypeCode, TypeTag } from '../encoding/type-code.ts';
import { type Contents, followContents, type KindAndName, rowsOfEssentialName } from '../bundle/closures.ts';
import { compositeOf } from '../query/unnamed.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type DeclarationRow, type Rows, rowsOf } from '../store/row-cache.ts';

interface KeptMembers {
  readonly size: number;
  readonly members: readonly MemberCode[];
}

/** The root and all that it contains by value through members that are asked for. */
export interface ProjectedClosure {
  readonly entries: readonly KindAndName[];
  /** Which entries are the root itself: their indexes. */
  readonly own: ReadonlySet<number>;
}

/** What is left of members: those of these names, unnamed ones, and the last, which may be an array without end. */
export function keptMembers(
  rows: Rows,
  members: readonly MemberCode[],
  wanted: ReadonlySet<number>,
): readonly MemberCode[] {
  const last = members.length - 1;
  const unnamed = rows.name('');
  return members.filter(({ name }, i) => i === last || name === unnamed || wanted.has(name));
}

/** Declarations with members of some names. The rows of an index are decoded once for all sets of names. */
export class ProjectedTypes {
  private readonly index: BtfIndex;
  private readonly rows: Rows;
  /** Every name that will be asked for. */
  private readonly all: ReadonlySet<number>;
  private readonly kept = new Map<number, KeptMembers>();

  constructor(index: BtfIndex, all: ReadonlySet<number>) {
    this.index = index;
    this.rows = rowsOf(index);
    this.all = all;
  }

  /** With members of these names, which must be among all. */
  under(names: ReadonlySet<number>): Projection {
    return new Projection(this.index, this.rows, names, (row) => this.members(row));
  }

  private members(row: DeclarationRow): KeptMembers {
    let found = this.kept.get(row.id);
    if (found === undefined) {
      const { size, members } = compositeOf(row.body);
      this.kept.set(row.id, (found = { size, members: keptMembers(this.rows, members, this.all) }));
    }
    return found;
  }
}

/** Declarations under one set of names. */
export class Projection {
  readonly names: ReadonlySet<number>;
  private readonly index: BtfIndex;
  private readonly rows: Rows;
  private readonly decoded: (row: DeclarationRow) => KeptMembers;
  private readonly keys = new Map<number, string>();
  private readonly numbers = new Map<string, number>();

  constructor(index: BtfIndex, rows: Rows, names: ReadonlySet<number>, decoded: (row: DeclarationRow) => KeptMembers) {
    this.index = index;
    this.rows = rows;
    this.names = names;
    this.decoded = decoded;
  }

  /** A number for what a declaration is under these names. */
  keyOf(row: DeclarationRow): number {
    const text = `${row.kind} ${row.name} ${row.discriminator} ${this.textOf(row)}`;
    let number = this.numbers.get(text);
    if (number === undefined) this.numbers.set(text, (number = this.numbers.size));
    return number;
  }

  closure(essential: string, kinds: readonly number[]): ProjectedClosure {
    const entries: KindAndName[] = [];
    const seen = new Set<string>();
    const add = (kind: number, name: number) => {
      const key = `${kind} ${name}`;
      if (seen.has(key)) return;
      seen.add(key);
      entries.push([kind, name]);
    };
    for (const name of rowsOfEssentialName(this.index, essential)) for (const kind of kinds) add(kind, name);
    const own = new Set(entries.keys());
    const contents: Contents = {
      membersOf: (row) => this.decoded(row).members,
      kept: (members) => keptMembers(this.rows, members, this.names),
    };
    // grows while it is walked
    for (let i = 0; i < entries.length; i++) {
      const [kind, name] = entries[i] as KindAndName;
      for (const row of this.rows.declared(kind, name)) followContents(this.rows, row, add, contents);
    }
    return { entries, own };
  }

  private textOf(row: DeclarationRow): string {
    if (row.kind === BtfKind.Typedef) return this.typeKey(decodeTypedef(row.body).type);
    if (row.kind !== BtfKind.Struct && row.kind !== BtfKind.Union) return `${row.id}`;
    const { size, members } = this.decoded(row);
    return this.compositeText(size, members);
  }

  private compositeText(size: number, members: readonly MemberCode[]): string {
    const kept = keptMembers(this.rows, members, this.names);
    return `${size}{${kept.map((member) => this.memberText(member)).join(';')}}`;
  }

  private memberText({ name, type, bitOffset, bitSize }: MemberCode): string {
    return `${name} ${this.typeKey(type)} ${bitOffset} ${bitSize}`;
  }

  /** What a type is, as far as relocations look: pointers are alike whatever they point to. */
  private typeKey(id: number): string {
    let key = this.keys.get(id);
    if (key === undefined) this.keys.set(id, (key = this.typeText(id, this.rows.type(id))));
    return key;
  }

  private typeText(id: number, code: TypeCode): string {
    switch (code.tag) {
      case TypeTag.Ptr:
        return '*';
      case TypeTag.Array:
        return `${this.typeKey(code.type)}[${code.nelems}]`;
      case TypeTag.AnonymousStruct:
      case TypeTag.AnonymousUnion:
        return `${code.tag}${this.compositeText(code.body.size, code.body.members)}`;
      default:
        return `${id}`;
    }
  }
}
