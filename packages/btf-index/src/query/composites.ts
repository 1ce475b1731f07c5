// Structs and unions by name, kernel by kernel: what was a union once may be a struct now, and a typedef of a struct
// without a tag is asked for by the typedef's name, as `atomic_t` is.

import { decodeTypedef } from '../encoding/declaration-body.ts';
import { type CompositeBody, TypeTag } from '../encoding/type-code.ts';
import type { Ranges } from '../store/content-tree.ts';
import type { DeclarationRow, Rows } from '../store/row-cache.ts';
import { bodyWith, compositeOf, compositesOf } from './unnamed.ts';

/** Which composites of a name are meant: `composite` is all of them. */
export type CompositeKind = 'struct' | 'union' | 'composite';

/** One struct or union of a name, and the kernels that have it. */
export interface Composite {
  readonly kind: 'struct' | 'union';
  /** Row id of the declaration: of the typedef, where that is what has the name. */
  readonly id: number;
  readonly ranges: Ranges;
  /** The row itself, where the composite has the name as its tag. */
  readonly row: DeclarationRow | undefined;
  readonly body: () => CompositeBody;
}

const TAGS: readonly (readonly [number, 'struct' | 'union'])[] = [
  [TypeTag.Struct, 'struct'],
  [TypeTag.Union, 'union'],
];

/** `struct task_struct` and the like: which kind a text asks for, and the name alone. */
export function parseTypeName(text: string): { readonly kind: string | undefined; readonly name: string } {
  const [, kind, name] = /^\s*(struct|union|enum|typedef)\s+(\S+)\s*$/.exec(text) ?? [];
  return kind === undefined || name === undefined ? { kind: undefined, name: text } : { kind, name };
}

/** The kind that a name's own word and the question leave; undefined where they contradict each other. */
export function compositeKind(kind: CompositeKind, text: string): CompositeKind | undefined {
  const { kind: word } = parseTypeName(text);
  if (word === undefined || word === 'typedef') return kind;
  if (word !== 'struct' && word !== 'union') return undefined;
  return kind === 'composite' || kind === word ? word : undefined;
}

/** Reads what `compositesNamed` needs of many names at once. */
export function loadComposites(rows: Rows, names: readonly number[]): void {
  const known = names.filter((name) => name !== 0);
  rows.loadDeclared(
    known.flatMap((name) => [TypeTag.Struct, TypeTag.Union, TypeTag.Typedef].map((tag) => [tag, name] as const)),
  );
}

/** All structs and unions of a name: those with the tag first. */
export function compositesNamed(rows: Rows, name: number, kind: CompositeKind): Composite[] {
  if (name === 0) return [];
  return rows.remembered(`composites ${kind} ${name}`, () => {
    const found: Composite[] = [];
    for (const [tag, word] of TAGS) {
      if (kind !== 'composite' && kind !== word) continue;
      for (const row of rows.declared(tag, name)) {
        found.push({
          kind: word,
          id: row.id,
          ranges: rows.everywhere(row.set),
          row,
          body: () => compositeOf(row.body),
        });
      }
    }
    for (const row of rows.declared(TypeTag.Typedef, name)) {
      const { type } = decodeTypedef(row.body);
      for (const { body, kind: word, ranges } of compositesOf(rows, type, rows.everywhere(row.set), false)) {
        if (kind !== 'composite' && kind !== word) continue;
        found.push({ kind: word, id: row.id, ranges, row: undefined, body: () => body });
      }
    }
    return found;
  });
}

/** A composite's body with at least its members of these names, and its unnamed ones. */
export function bodyOfComposite(composite: Composite, isMeant: (name: number) => boolean): CompositeBody {
  const { row } = composite;
  return row === undefined ? composite.body() : bodyWith(row.body, isMeant);
}
