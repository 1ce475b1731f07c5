// What a type is made of: the declarations that it contains by value, by kind and name.

import { BtfKind } from '@btfq/btf-format';
import { decodeTypedef } from '../encoding/declaration-body.ts';
import { type CompositeBody, TypeTag } from '../encoding/type-code.ts';
import { compositeOf } from '../query/unnamed.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { type DeclarationRow, type Rows, rowsOf } from '../store/row-cache.ts';

/** A kind, and the row of a name. */
export type KindAndName = readonly [kind: number, name: number];

/** Rows of a name, and of its flavours (`task_struct___old`): candidates are searched by essential names. */
export function rowsOfEssentialName(index: BtfIndex, essential: string): number[] {
  const found = index
    .statement('SELECT id FROM name WHERE text = ? OR (text >= ? AND text < ?)')
    .all(essential, `${essential}___`, `${essential}__\``) as [number][];
  return found.map(([id]) => id);
}

/** Says every named type that a declaration contains by value. */
export function followContents(rows: Rows, row: DeclarationRow, add: (kind: number, name: number) => void): void {
  if (row.kind === BtfKind.Typedef) followType(decodeTypedef(row.body).type);
  else if (row.kind === BtfKind.Struct || row.kind === BtfKind.Union) followMembers(compositeOf(row.body));

  function followMembers({ members }: CompositeBody): void {
    for (const { type } of members) followType(type);
  }

  function followType(id: number): void {
    const code = rows.type(id);
    switch (code.tag) {
      case TypeTag.Array:
      case TypeTag.Const:
      case TypeTag.Volatile:
      case TypeTag.Restrict:
      case TypeTag.TypeTag:
        followType(code.type);
        break;
      case TypeTag.Struct:
      case TypeTag.Union:
      case TypeTag.Enum:
      case TypeTag.Typedef:
        add(code.tag, code.name);
        break;
      case TypeTag.AnonymousStruct:
      case TypeTag.AnonymousUnion:
        followMembers(code.body);
        break;
      default:
        break; // pointers are compatible whatever they point to
    }
  }
}

/** One root with all that any kernel's declaration of it contains. */
export interface Closure {
  readonly entries: readonly KindAndName[];
  /** Which entries are the root itself. */
  readonly own: ReadonlySet<number>;
}

/** Closures of single roots; what declarations contain is read once for all of them. */
export class Closures {
  private readonly index: BtfIndex;
  private readonly rows: Rows;
  private readonly contents = new Map<string, readonly KindAndName[]>();

  constructor(index: BtfIndex) {
    this.index = index;
    this.rows = rowsOf(index);
  }

  of(essential: string, kinds: readonly number[]): Closure {
    const entries: KindAndName[] = [];
    const seen = new Set<string>();
    const add = (entry: KindAndName) => {
      const key = entry.join(' ');
      if (!seen.has(key)) {
        seen.add(key);
        entries.push(entry);
      }
    };
    for (const name of rowsOfEssentialName(this.index, essential)) for (const kind of kinds) add([kind, name]);
    const own = new Set(entries.keys());
    // grows while it is walked
    for (let i = 0; i < entries.length; i++) for (const entry of this.contained(entries[i] as KindAndName)) add(entry);
    return { entries, own };
  }

  private contained([kind, name]: KindAndName): readonly KindAndName[] {
    const key = `${kind} ${name}`;
    let found = this.contents.get(key);
    if (found === undefined) {
      const own = new Map<string, KindAndName>();
      for (const row of this.rows.declared(kind, name)) {
        followContents(this.rows, row, (other, text) => void own.set(`${other} ${text}`, [other, text]));
      }
      this.contents.set(key, (found = [...own.values()]));
    }
    return found;
  }
}
