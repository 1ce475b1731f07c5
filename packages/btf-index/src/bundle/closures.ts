// What a type is made of: the declarations that it contains by value, by kind and name.

import { BtfKind } from '@btfq/btf-format';
import { decodeTypedef } from '../encoding/declaration-body.ts';
import { type MemberCode, TypeTag } from '../encoding/type-code.ts';
import { compositeOf } from '../query/unnamed.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import type { DeclarationRow, Rows } from '../store/row-cache.ts';

/** A kind, and the row of a name. */
export type KindAndName = readonly [kind: number, name: number];

/** Rows of a name, and of its flavours (`task_struct___old`): candidates are searched by essential names. */
export function rowsOfEssentialName(index: BtfIndex, essential: string): number[] {
  const found = index
    .statement('SELECT id FROM name WHERE text = ? OR (text >= ? AND text < ?)')
    .all(essential, `${essential}___`, `${essential}__\``) as [number][];
  return found.map(([id]) => id);
}

/** What of composites counts, where it is not all of them. */
export interface Contents {
  /** The members of a struct or union, where they were decoded already. */
  membersOf(row: DeclarationRow): readonly MemberCode[];
  /** Which of some members count. */
  kept(members: readonly MemberCode[]): readonly MemberCode[];
}

const ALL: Contents = { membersOf: ({ body }) => compositeOf(body).members, kept: (members) => members };

/** Says every named type that a declaration contains by value. */
export function followContents(
  rows: Rows,
  row: DeclarationRow,
  add: (kind: number, name: number) => void,
  { membersOf, kept }: Contents = ALL,
): void {
  if (row.kind === BtfKind.Typedef) followType(decodeTypedef(row.body).type);
  else if (row.kind === BtfKind.Struct || row.kind === BtfKind.Union) followMembers(membersOf(row));

  function followMembers(members: readonly MemberCode[]): void {
    for (const { type } of kept(members)) followType(type);
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
        followMembers(code.body.members);
        break;
      default:
        break; // pointers are compatible whatever they point to
    }
  }
}
