// Whether a member fits its struct, by the kind of its type. kernel/bpf/btf.c: the `check_member` and
// `check_kflag_member` of each kind. Without kflag the whole word is a bit offset; with it, 24 bits are, and 8 the width.

import { BtfKind } from '../kinds.ts';
import type { ResolvedTypes } from './resolved-types.ts';
import { type Violation, violation } from './problem.ts';

const UNSUPPORTED = 'Unsupported check_member';
const EXCEEDS = 'Member exceeds struct_size';

/** What is wrong with a member of type `type` in a struct of `structSize` bytes, or undefined. */
export function checkMember(
  types: ResolvedTypes,
  structSize: number,
  type: number,
  offsetWord: number,
  flag: boolean,
): Violation | undefined {
  const bits = flag ? offsetWord & 0xffffff : offsetWord;
  const width = flag ? offsetWord >>> 24 : 0;
  let id = type;
  for (;;) {
    const kind = types.kind(id);
    switch (kind) {
      case BtfKind.Int:
        return flag ? checkIntBits(types, structSize, id, bits, width) : checkInt(types, structSize, id, bits);
      case BtfKind.Enum:
      case BtfKind.Enum64:
        if (flag) return checkEnumBits(structSize, bits, width);
        return checkBytes(structSize, bits, types.third(id));
      case BtfKind.Ptr:
        return bitfieldOf(width) ?? checkBytes(structSize, bits, types.pointerBytes);
      case BtfKind.Array:
        return bitfieldOf(width) ?? checkBytes(structSize, bits, types.sized(id)?.size ?? 0);
      case BtfKind.Struct:
      case BtfKind.Union:
        return bitfieldOf(width) ?? checkBytes(structSize, bits, types.third(id));
      case BtfKind.Float:
        return bitfieldOf(width) ?? checkFloat(types, structSize, id, bits);
      case BtfKind.Typedef:
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict:
      case BtfKind.TypeTag: {
        const sized = types.sized(id);
        if (sized === undefined) return violation('type-id', 'Invalid member');
        id = sized.id; // no modifier: those resolve to what has a size
        continue;
      }
      default:
        return violation('type-id', flag ? 'Unsupported check_kflag_member' : UNSUPPORTED);
    }
  }
}

/** btf_generic_check_kflag_member. */
function bitfieldOf(width: number): Violation | undefined {
  return width !== 0 ? violation('bitfield', 'Invalid member bitfield_size') : undefined;
}

function checkBytes(structSize: number, bits: number, size: number): Violation | undefined {
  if (bits % 8 !== 0) return violation('offset', 'Member is not byte aligned');
  return (structSize - bits / 8) >>> 0 < size ? violation('size', EXCEEDS) : undefined;
}

function checkInt(types: ResolvedTypes, structSize: number, id: number, bits: number): Violation | undefined {
  const data = types.word(id, 0);
  const start = bits + ((data >>> 16) & 0xff);
  if (start > 0xffffffff) return violation('offset', 'bits_offset exceeds U32_MAX');
  return checkCopiedBits(structSize, start, data & 0xff);
}

function checkIntBits(
  types: ResolvedTypes,
  structSize: number,
  id: number,
  bits: number,
  width: number,
): Violation | undefined {
  if (!isRegularInt(types, id)) return violation('bitfield', 'Invalid member base type');
  const intBits = types.word(id, 0) & 0xff;
  if (width === 0) {
    if (bits % 8 !== 0) return violation('offset', 'Invalid member offset');
  } else if (width > intBits) {
    return violation('bitfield', 'Invalid member bitfield_size');
  }
  return checkCopiedBits(structSize, bits, width || intBits);
}

function checkCopiedBits(structSize: number, start: number, count: number): Violation | undefined {
  const bytes = Math.floor(start / 8);
  const copied = count + (start % 8);
  if (copied > 128) return violation('bitfield', 'nr_copy_bits exceeds 128');
  return structSize - bytes < Math.ceil(copied / 8) ? violation('size', EXCEEDS) : undefined;
}

function checkEnumBits(structSize: number, bits: number, width: number): Violation | undefined {
  const intBits = 32;
  if (width === 0) {
    if (bits % 8 !== 0) return violation('offset', 'Member is not byte aligned');
  } else if (width > intBits) {
    return violation('bitfield', 'Invalid member bitfield_size');
  }
  return structSize < Math.ceil((bits + (width || intBits)) / 8) ? violation('size', EXCEEDS) : undefined;
}

function checkFloat(types: ResolvedTypes, structSize: number, id: number, bits: number): Violation | undefined {
  const size = types.third(id);
  const alignment = Math.min(types.pointerBytes, size) * 8;
  if (bits % alignment !== 0) return violation('offset', 'Member is not properly aligned');
  return Math.floor(bits / 8) + size > structSize ? violation('size', EXCEEDS) : undefined;
}

/** Whole bytes, a power of two of them up to 16, from bit 0: btf_type_int_is_regular. */
export function isRegularInt(types: ResolvedTypes, id: number): boolean {
  const data = types.word(id, 0);
  const bits = data & 0xff;
  const bytes = bits / 8;
  return bits % 8 === 0 && ((data >>> 16) & 0xff) === 0 && bytes > 0 && bytes <= 16 && (bytes & (bytes - 1)) === 0;
}
