// Which types may stand for each other: bpf_core_fields_are_compat for the members that a path goes through,
// bpf_core_types_are_compat for relocations of whole types (relo_core.c).

import { type Btf, BtfKind, essentialName, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { Errno } from './result.ts';
import { arrayOf, intOf, isComposite, kindsCompatible, paramType, type Work } from './type-walk.ts';

/** How deep types are followed on one level, and how many levels of parameters: libbpf's constants. */
const MAX_DEPTH = 32;
const MAX_LEVELS = 32;

/**
 * Whether a target field may be read as the local one: structs and unions of any kind and name, pointers, floats,
 * integers whatever their size, arrays by their elements, enums and forward declarations by name.
 */
export function fieldsAreCompatible(local: Btf, localId: number, target: Btf, targetId: number, work: Work): boolean {
  while (work.left-- > 0) {
    localId = skipModifiersAndTypedefs(local, localId);
    targetId = skipModifiersAndTypedefs(target, targetId);
    const kind = local.kind(localId);
    const targetKind = target.kind(targetId);
    if (isComposite(kind) && isComposite(targetKind)) return true;
    if (!kindsCompatible(kind, targetKind)) return false;
    switch (kind) {
      case BtfKind.Ptr:
      case BtfKind.Float:
        return true;
      case BtfKind.Fwd:
      case BtfKind.Enum64:
      case BtfKind.Enum: {
        const name = essentialName(local.name(localId));
        const targetName = essentialName(target.name(targetId));
        return name === '' || targetName === '' || name === targetName;
      }
      case BtfKind.Int:
        return intOf(local, localId).bitOffset === 0 && intOf(target, targetId).bitOffset === 0;
      case BtfKind.Array:
        localId = arrayOf(local, localId).type;
        targetId = arrayOf(target, targetId).type;
        break;
      default:
        return false;
    }
  }
  return false;
}

/**
 * Whether a target type may stand for a local root type of the same name: 1, 0, or a negative error number where
 * libbpf gives up (nested too deep). Names within are ignored, kinds must agree.
 */
export function typesAreCompatible(
  local: Btf,
  localId: number,
  target: Btf,
  targetId: number,
  work: Work,
  level = MAX_LEVELS,
): number {
  if (!kindsCompatible(local.kind(localId), target.kind(targetId))) return 0;
  for (let depth = MAX_DEPTH; depth > 0; depth--) {
    if (work.left-- <= 0) return -Errno.TooBig;
    localId = skipModifiersAndTypedefs(local, localId);
    targetId = skipModifiersAndTypedefs(target, targetId);
    const kind = local.kind(localId);
    if (!kindsCompatible(kind, target.kind(targetId))) return 0;
    switch (kind) {
      case BtfKind.Unknown:
      case BtfKind.Struct:
      case BtfKind.Union:
      case BtfKind.Enum:
      case BtfKind.Fwd:
      case BtfKind.Enum64:
        return 1;
      case BtfKind.Int:
        return intOf(local, localId).bitOffset === 0 && intOf(target, targetId).bitOffset === 0 ? 1 : 0;
      case BtfKind.Ptr:
        localId = local.sizeOrType(localId);
        targetId = target.sizeOrType(targetId);
        break;
      case BtfKind.Array:
        localId = arrayOf(local, localId).type;
        targetId = arrayOf(target, targetId).type;
        break;
      case BtfKind.FuncProto: {
        const count = local.vlen(localId);
        if (count !== target.vlen(targetId)) return 0;
        for (let i = 0; i < count; i++) {
          if (level <= 0) return -Errno.Invalid;
          const localParam = skipModifiersAndTypedefs(local, paramType(local, localId, i));
          const targetParam = skipModifiersAndTypedefs(target, paramType(target, targetId, i));
          const compatible = typesAreCompatible(local, localParam, target, targetParam, work, level - 1);
          if (compatible <= 0) return compatible;
        }
        localId = skipModifiersAndTypedefs(local, local.sizeOrType(localId));
        targetId = skipModifiersAndTypedefs(target, target.sizeOrType(targetId));
        break;
      }
      default:
        return 0;
    }
  }
  return -Errno.Invalid;
}
