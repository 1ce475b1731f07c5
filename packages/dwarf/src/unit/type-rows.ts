// The rows of types, and of what they consist of: members and dimensions.

import { Tag } from '../read/constants.ts';
import { Has, Slot } from '../read/shapes.ts';
import { addReferredAnnotation } from './annotation-rows.ts';
import { AnnotationTarget, type Records, T, TypeKind } from './records.ts';

/** Adds the row of a type; 0 for entries that are none. */
export function addType(records: Records, tag: number, mask: number, values: Int32Array, offset: number): number {
  const kind = kindOf(tag);
  if (kind === 0) return 0;
  const name = (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0;
  let ref = (mask & Has.Type) !== 0 ? values[Slot.Type]! : 0;
  const size = (mask & Has.ByteSize) !== 0 ? values[Slot.ByteSize]! : 0;
  let flags = 0;
  if (kind === TypeKind.Base) {
    flags = (mask & Has.Encoding) !== 0 ? values[Slot.Encoding]! : 0;
    if ((mask & Has.ByteSize) === 0 && (mask & Has.BitSize) !== 0) {
      return records.addType(kind, name, 0, (values[Slot.BitSize]! + 7) >>> 3, flags, offset);
    }
  } else if (kind === TypeKind.Struct || kind === TypeKind.Union || kind === TypeKind.Enum) {
    if ((mask & Has.Declaration) !== 0 && values[Slot.Declaration] !== 0) {
      if ((mask & Has.Signature) !== 0)
        return records.addType(TypeKind.Alias, 0, values[Slot.Signature]!, 0, 0, offset);
      flags = 1;
    } else if (kind !== TypeKind.Enum) ref = 0;
  } else if (kind === TypeKind.Pointer && (mask & Has.Annotation) !== 0) flags = values[Slot.Annotation]!;
  const row = records.addType(kind, name, ref, size, flags, offset);
  if ((mask & Has.Annotation) !== 0 && kind !== TypeKind.Pointer) {
    addReferredAnnotation(records, AnnotationTarget.Type, row, -1, values, offset);
  }
  return row;
}

function kindOf(tag: number): number {
  switch (tag) {
    case Tag.BaseType:
      return TypeKind.Base;
    case Tag.PointerType:
    case Tag.ReferenceType:
    case Tag.RvalueReferenceType:
      return TypeKind.Pointer;
    case Tag.ConstType:
      return TypeKind.Const;
    case Tag.VolatileType:
      return TypeKind.Volatile;
    case Tag.RestrictType:
      return TypeKind.Restrict;
    case Tag.Typedef:
      return TypeKind.Typedef;
    case Tag.StructureType:
    case Tag.ClassType:
    case Tag.InterfaceType:
      return TypeKind.Struct;
    case Tag.UnionType:
      return TypeKind.Union;
    case Tag.EnumerationType:
      return TypeKind.Enum;
    case Tag.ArrayType:
      return TypeKind.Array;
    case Tag.SubroutineType:
      return TypeKind.Proto;
    case Tag.UnspecifiedType:
      return TypeKind.Void;
    // Differs from pahole: it fails on DW_TAG_atomic_type. An _Atomic type has the layout of the type it qualifies
    case Tag.AtomicType:
    case Tag.ImmutableType:
      return TypeKind.Alias;
    default:
      return 0;
  }
}

export function addMember(records: Records, type: number, mask: number, values: Int32Array): void {
  const name = (mask & Has.Name) !== 0 ? values[Slot.Name]! : 0;
  const ref = (mask & Has.Type) !== 0 ? values[Slot.Type]! : 0;
  const isUnion = records.types.data[type * T.Stride] === TypeKind.Union;
  const bitSize = (mask & Has.BitSize) !== 0 ? values[Slot.BitSize]! : 0;
  if ((mask & Has.DataBitOffset) !== 0) {
    records.addElement(type, name, ref, values[Slot.DataBitOffset]!, bitSize, 0);
    return;
  }
  // neither place nor union: a static member of C++
  if ((mask & Has.MemberLocation) === 0 && !isUnion) return;
  const bytes = (mask & Has.MemberLocation) !== 0 ? values[Slot.MemberLocation]! : 0;
  const storage = (mask & Has.ByteSize) !== 0 ? values[Slot.ByteSize]! : 0;
  const bitOffset = (mask & Has.BitOffset) !== 0 ? values[Slot.BitOffset]! : 0;
  const old = bitSize === 0 ? 0 : 1 + ((storage & 0x7f) << 16) + (bitOffset & 0x7fff) + (bitOffset < 0 ? 0x8000 : 0);
  records.addElement(type, name, ref, bytes * 8, bitSize, old);
}

/** The number of elements, modulo 2^32; 0 where it is not known. */
export function dimension(mask: number, values: Int32Array): number {
  if ((mask & Has.UpperBound) !== 0) return (values[Slot.UpperBound]! + 1) | 0;
  return (mask & Has.Count) !== 0 ? values[Slot.Count]! : 0;
}
