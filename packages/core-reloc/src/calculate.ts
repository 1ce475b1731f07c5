// From specs to values: relo_core.c bpf_core_calc_field_relo, bpf_core_calc_type_relo, bpf_core_calc_enumval_relo.
// All arithmetic of field values is on 32 unsigned bits, as libbpf's is; only enumerators need 64.

import { type Btf, BtfKind, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { relocationBasis, RelocationKind } from './relo-kinds.ts';
import { type Accessor, Errno, type Spec } from './result.ts';
import { arrayOf, enumeratorValue, intOf, isEnum, memberOf, sizeOf } from './type-walk.ts';

/** Byte order of the machine that loads the program, and the size of its pointers where the BTF must not decide it. */
export interface Machine {
  readonly littleEndian: boolean;
  readonly pointerBytes?: number;
}

/** The value that one spec gives. */
export interface Calculated {
  /** 0, or a positive error number; nothing else holds then. */
  readonly errno: number;
  readonly value: bigint;
  /** Bytes that a load or store of the field moves, and the field's type; 0 where it has no bearing. */
  readonly size: number;
  readonly typeId: number;
  /** Whether an instruction must hold this value before it is patched. */
  readonly validate: boolean;
}

const given = (value: number | bigint, validate: boolean, size = 0, typeId = 0): Calculated => ({
  errno: 0,
  value: BigInt(value),
  size,
  typeId,
  validate,
});
const error = (errno: number): Calculated => ({ errno, value: 0n, size: 0, typeId: 0, validate: true });

/** The value of a relocation of this spec's kind; for TYPE_ID_LOCAL ask nobody, it is the type id. */
export function calculate(spec: Spec, machine: Machine): Calculated {
  switch (relocationBasis(spec.kind)) {
    case 'field':
      return calculateField(spec, machine);
    case 'type':
      return calculateType(spec, machine);
    case 'enumval':
      return calculateEnumval(spec);
    default:
      return error(Errno.NotSupported);
  }
}

function calculateType(spec: Spec, machine: Machine): Calculated {
  switch (spec.kind) {
    case RelocationKind.TypeIdTarget:
      return given(spec.rootTypeId, false); // ids change when objects are linked: not worth a check
    case RelocationKind.TypeExists:
    case RelocationKind.TypeMatches:
      return given(1, true);
    case RelocationKind.TypeSize: {
      const size = sizeOf(spec.btf, spec.rootTypeId, machine.pointerBytes);
      return size < 0 ? error(Errno.Invalid) : given(size, true);
    }
    default:
      return error(Errno.NotSupported);
  }
}

function calculateEnumval(spec: Spec): Calculated {
  if (spec.kind === RelocationKind.EnumvalExists) return given(1, true);
  const { typeId, index } = spec.accessors[0] as Accessor;
  return given(enumeratorValue(spec.btf, typeId, index), true);
}

function calculateField(spec: Spec, machine: Machine): Calculated {
  if (spec.kind === RelocationKind.FieldExists) return given(1, true);
  const last = spec.accessors.at(-1) as Accessor;
  return last.named ? calculateMember(spec, last, machine) : calculateElement(spec, last.typeId, machine);
}

function calculateElement(spec: Spec, elementType: number, machine: Machine): Calculated {
  const { btf } = spec;
  if (spec.kind === RelocationKind.FieldByteOffset) {
    const size = accessSize(btf, elementType, machine);
    return size < 0 ? error(Errno.Invalid) : given(spec.bitOffset >>> 3, true, size, elementType);
  }
  if (spec.kind !== RelocationKind.FieldByteSize) return error(Errno.Invalid);
  const size = sizeOf(btf, elementType, machine.pointerBytes);
  return size < 0 ? error(Errno.Invalid) : given(size, true);
}

function calculateMember(spec: Spec, last: Accessor, machine: Machine): Calculated {
  const { btf, bitOffset } = spec;
  const member = memberOf(btf, last.typeId, last.index);
  const typeId = skipModifiersAndTypedefs(btf, member.type);
  const bitfield = member.bitfieldSize > 0;
  const place = bitfield
    ? placeOfBitfield(bitOffset, member.bitfieldSize, btf.sizeOrType(typeId))
    : placeOfField(bitOffset, sizeOf(btf, typeId, machine.pointerBytes));
  if (typeof place === 'number') return error(place);
  const { byteOffset, byteSize, bits } = place;
  switch (spec.kind) {
    case RelocationKind.FieldByteOffset: {
      if (bitfield) return given(byteOffset, false);
      const size = accessSize(btf, typeId, machine);
      return size < 0 ? error(Errno.Invalid) : given(byteOffset, true, size, typeId);
    }
    case RelocationKind.FieldByteSize:
      return given(byteSize, !bitfield);
    case RelocationKind.FieldSigned:
      return given(isSigned(btf, typeId) ? 1 : 0, true);
    case RelocationKind.FieldLshiftU64: {
      const shift = machine.littleEndian
        ? 64 - (bitOffset + bits - byteOffset * 8)
        : (8 - byteSize) * 8 + (bitOffset - byteOffset * 8);
      return given(shift >>> 0, !bitfield);
    }
    case RelocationKind.FieldRshiftU64:
      return given((64 - bits) >>> 0, true);
    default:
      return error(Errno.NotSupported);
  }
}

/** Where to load from to have all bits of a field. */
interface Place {
  readonly byteOffset: number;
  readonly byteSize: number;
  readonly bits: number;
}

function placeOfField(bitOffset: number, size: number): Place | number {
  return size < 0 ? Errno.Invalid : { byteOffset: bitOffset >>> 3, byteSize: size, bits: (size * 8) >>> 0 };
}

/**
 * The smallest aligned load, from the declared type's size upwards, that covers a bitfield.
 * Differs from libbpf: a declared type without a size is an error; libbpf divides by zero.
 */
function placeOfBitfield(bitOffset: number, bits: number, declaredSize: number): Place | number {
  if (declaredSize === 0) return Errno.Invalid;
  let byteSize = declaredSize;
  const alignedTo = (size: number) => Math.trunc((bitOffset >>> 3) / size) * size;
  let byteOffset = alignedTo(byteSize);
  while ((bitOffset + bits - byteOffset * 8) >>> 0 > (byteSize * 8) >>> 0) {
    if (byteSize >= 8) return Errno.TooBig;
    byteSize *= 2;
    byteOffset = alignedTo(byteSize);
  }
  return { byteOffset, byteSize, bits };
}

/** How wide a load of this type is: for arrays, that of one element. Negative where it has no size. */
function accessSize(btf: Btf, typeId: number, machine: Machine): number {
  let id = skipModifiersAndTypedefs(btf, typeId);
  for (let left = btf.typeCount; left > 0 && btf.kind(id) === BtfKind.Array; left--) {
    id = skipModifiersAndTypedefs(btf, arrayOf(btf, id).type);
  }
  return sizeOf(btf, id, machine.pointerBytes);
}

function isSigned(btf: Btf, typeId: number): boolean {
  const kind = btf.kind(typeId);
  if (isEnum(kind)) return btf.kindFlag(typeId);
  return kind === BtfKind.Int && (intOf(btf, typeId).encoding & 1) !== 0;
}
