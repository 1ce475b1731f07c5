// Tags that the source gives (`btf_decl_tag`, `btf_type_tag`): clang's are children of what they are about, in the order of
// the source; gcc's are a chain that begins at an attribute. dwarves' add_gnu_annotation_chain, die__add_btf_type_tag.

import type { NameTable } from '../read/names.ts';
import type { OffsetMap } from './offset-map.ts';
import { A, AnnotationTarget, type Records, T, TypeKind } from './records.ts';

/** A chain of gcc's is not longer. */
const MAX_CHAIN = 256;

/** Tags by row. Decl tags are pairs of value and component, -1 for the whole. */
export interface Annotations {
  /** Type tags of pointers, the outermost first. */
  readonly pointers: ReadonlyMap<number, readonly number[]>;
  readonly types: ReadonlyMap<number, readonly number[]>;
  readonly functions: ReadonlyMap<number, readonly number[]>;
  readonly variables: ReadonlyMap<number, readonly number[]>;
}

/** The numbers of the two names. */
export interface TagNames {
  readonly declTag: number;
  readonly typeTag: number;
}

export function tagNames(names: NameTable): TagNames {
  return { declTag: names.internText('btf_decl_tag'), typeTag: names.internText('btf_type_tag') };
}

/** The tags of all rows; undefined where there are none. */
export function collectAnnotations(records: Records, map: OffsetMap, names: TagNames): Annotations | undefined {
  const pointers = new Map<number, number[]>();
  const types = new Map<number, number[]>();
  const functions = new Map<number, number[]>();
  const variables = new Map<number, number[]>();
  const rows = records.types.data;
  const notes = records.annotations.data;
  const count = records.annotationCount;
  const add = (to: Map<number, number[]>, row: number, ...values: number[]) => {
    const list = to.get(row);
    if (list === undefined) to.set(row, values);
    else list.push(...values);
  };
  for (let note = 1; note < count; note++) {
    const at = note * A.Stride;
    const target = notes[at + A.Target]!;
    if (target === AnnotationTarget.None) continue;
    const row = notes[at + A.Owner]!;
    const to = target === AnnotationTarget.Type ? types : target === AnnotationTarget.Function ? functions : variables;
    const own = notes[at + A.Name]!;
    if (own !== 0) {
      if (own === names.declTag) add(to, row, notes[at + A.Value]!, notes[at + A.Component]!);
      else if (own === names.typeTag && target === AnnotationTarget.Type && rows[row * T.Stride] === TypeKind.Pointer) {
        // the source's order: the last tag is nearest to the pointer
        const list = pointers.get(row);
        if (list === undefined) pointers.set(row, [notes[at + A.Value]!]);
        else list.unshift(notes[at + A.Value]!);
      }
      continue;
    }
    for (const { name, value } of chain(records, map, notes[at + A.Next]!)) {
      if (name === names.declTag) add(to, row, value, notes[at + A.Component]!);
    }
  }
  const typeCount = records.typeCount;
  if (count > 1) {
    for (let row = 1; row < typeCount; row++) {
      const at = row * T.Stride;
      if (rows[at] !== TypeKind.Pointer || rows[at + T.Flags] === 0 || pointers.has(row)) continue;
      for (const { name, value } of chain(records, map, rows[at + T.Flags]!)) {
        if (name !== names.typeTag) break;
        add(pointers, row, value);
      }
    }
  }
  const found = pointers.size + types.size + functions.size + variables.size;
  return found === 0 ? undefined : { pointers, types, functions, variables };
}

function* chain(records: Records, map: OffsetMap, first: number): Generator<{ name: number; value: number }> {
  let offset = first;
  for (let i = 0; i < MAX_CHAIN && offset !== 0; i++) {
    const note = map.annotation(offset);
    if (note === 0) return;
    const at = note * A.Stride;
    yield { name: records.annotations.data[at + A.Name]!, value: records.annotations.data[at + A.Value]! };
    offset = records.annotations.data[at + A.Next]!;
  }
}
