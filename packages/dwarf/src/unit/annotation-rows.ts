// The rows of annotations: tags that the source gives (annotations.ts says what becomes of them).

import { Has, Slot } from '../read/shapes.ts';
import { A, AnnotationTarget, type Records } from './records.ts';
import { Owner } from './open-entries.ts';

/** An annotation as an entry: clang's is a child of what it is about, gcc's stands anywhere and is referred to. */
export function addAnnotation(
  records: Records,
  owner: number,
  row: number,
  component: number,
  mask: number,
  values: Int32Array,
  offset: number,
): void {
  const target =
    owner === Owner.Type
      ? AnnotationTarget.Type
      : owner === Owner.Function || owner === Owner.Param
        ? AnnotationTarget.Function
        : owner === Owner.Variable
          ? AnnotationTarget.Variable
          : AnnotationTarget.None;
  pushAnnotation(records, [
    target,
    row,
    component,
    (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0,
    (mask & Has.ConstValue) !== 0 ? values[Slot.ConstValue]! : 0,
    (mask & Has.Annotation) !== 0 ? values[Slot.Annotation]! : 0,
    offset,
  ]);
}

/** gcc's: an attribute of what it is about refers to the first of a chain. */
export function addReferredAnnotation(
  records: Records,
  target: number,
  row: number,
  component: number,
  values: Int32Array,
  offset: number,
): void {
  pushAnnotation(records, [target, row, component, 0, 0, values[Slot.Annotation]!, offset]);
}

function pushAnnotation({ annotations }: Records, row: readonly number[]): void {
  annotations.reserve(A.Stride);
  for (const value of row) annotations.push(value);
}
