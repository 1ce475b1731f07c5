// The stricter relation of BPF_CORE_TYPE_MATCHES: whether the target has all that the local definition says, by name
// and type. relo_core.c __bpf_core_types_match, whose comment states the rules.

import { type Btf, BtfKind, essentialName, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { Errno } from './result.ts';
import { arrayOf, enumeratorNameOff, intOf, isEnum, memberOf, paramType, type Work } from './type-walk.ts';

/** How deep types are followed on one level, and how many levels of members: libbpf's constants. */
const MAX_DEPTH = 32;
const MAX_LEVELS = 32;

/** 1, 0, or a negative error number where libbpf gives up. Root types are taken to have the same name. */
export function typesMatch(
  local: Btf,
  localId: number,
  target: Btf,
  targetId: number,
  work: Work,
  behindPointer = false,
  level = MAX_LEVELS,
): number {
  if (level <= 0) return -Errno.Invalid;
  for (let depth = MAX_DEPTH; depth > 0; depth--) {
    if (work.left-- <= 0) return -Errno.TooBig;
    localId = skipModifiersAndTypedefs(local, localId);
    targetId = skipModifiersAndTypedefs(target, targetId);
    if (essentialName(local.name(localId)) !== essentialName(target.name(targetId))) return 0;
    const kind = local.kind(localId);
    const targetKind = target.kind(targetId);
    switch (kind) {
      case BtfKind.Unknown:
        return kind === targetKind ? 1 : 0;
      case BtfKind.Fwd:
        return forwardMatches(local.kindFlag(localId), targetKind, target.kindFlag(targetId), behindPointer) ? 1 : 0;
      case BtfKind.Enum:
      case BtfKind.Enum64:
        return isEnum(targetKind) && enumsMatch(local, localId, target, targetId, work) ? 1 : 0;
      case BtfKind.Struct:
      case BtfKind.Union:
        if (behindPointer) {
          if (kind === targetKind) return 1;
          return targetKind === BtfKind.Fwd && (kind === BtfKind.Union) === target.kindFlag(targetId) ? 1 : 0;
        }
        return kind === targetKind ? compositesMatch(local, localId, target, targetId, work, level) : 0;
      case BtfKind.Int: {
        if (kind !== targetKind || local.sizeOrType(localId) !== target.sizeOrType(targetId)) return 0;
        return (intOf(local, localId).encoding & 1) === (intOf(target, targetId).encoding & 1) ? 1 : 0;
      }
      case BtfKind.Ptr:
        if (kind !== targetKind) return 0;
        behindPointer = true;
        localId = local.sizeOrType(localId);
        targetId = target.sizeOrType(targetId);
        break;
      case BtfKind.Array: {
        if (kind !== targetKind) return 0;
        const localArray = arrayOf(local, localId);
        const targetArray = arrayOf(target, targetId);
        if (localArray.nelems !== targetArray.nelems) return 0;
        localId = localArray.type;
        targetId = targetArray.type;
        break;
      }
      case BtfKind.FuncProto: {
        const count = local.vlen(localId);
        if (kind !== targetKind || count !== target.vlen(targetId)) return 0;
        for (let i = 0; i < count; i++) {
          const localParam = paramType(local, localId, i);
          const targetParam = paramType(target, targetId, i);
          const matches = typesMatch(local, localParam, target, targetParam, work, behindPointer, level - 1);
          if (matches <= 0) return matches;
        }
        localId = local.sizeOrType(localId);
        targetId = target.sizeOrType(targetId);
        break;
      }
      default:
        return 0;
    }
  }
  return -Errno.Invalid;
}

/** A forward declaration of a union (kflag) or struct; behind a pointer the full type will do. */
function forwardMatches(union: boolean, targetKind: number, targetFlag: boolean, behindPointer: boolean): boolean {
  if (targetKind === BtfKind.Fwd) return union === targetFlag;
  return behindPointer && targetKind === (union ? BtfKind.Union : BtfKind.Struct);
}

/** Every local enumerator must exist in the target; values may differ, sizes not. */
function enumsMatch(local: Btf, localId: number, target: Btf, targetId: number, work: Work): boolean {
  const count = local.vlen(localId);
  const targetCount = target.vlen(targetId);
  if (local.sizeOrType(localId) !== target.sizeOrType(targetId) || count > targetCount) return false;
  const names = new Set<string>();
  for (let i = 0; i < targetCount; i++) names.add(essentialName(target.string(enumeratorNameOff(target, targetId, i))));
  work.left -= count + targetCount;
  for (let i = 0; i < count; i++) {
    if (!names.has(essentialName(local.string(enumeratorNameOff(local, localId, i))))) return false;
  }
  return true;
}

/** Every local member must have one in the target of the same name that matches. */
function compositesMatch(
  local: Btf,
  localId: number,
  target: Btf,
  targetId: number,
  work: Work,
  level: number,
): number {
  const count = local.vlen(localId);
  const targetCount = target.vlen(targetId);
  if (count > targetCount) return 0;
  const byName = new Map<string, number[]>();
  for (let i = 0; i < targetCount; i++) {
    const { nameOff, type } = memberOf(target, targetId, i);
    const name = essentialName(target.string(nameOff));
    const types = byName.get(name);
    if (types === undefined) byName.set(name, [type]);
    else types.push(type);
  }
  work.left -= targetCount;
  for (let i = 0; i < count; i++) {
    const { nameOff, type } = memberOf(local, localId, i);
    let matched = false;
    for (const targetType of byName.get(essentialName(local.string(nameOff))) ?? []) {
      const matches = typesMatch(local, type, target, targetType, work, false, level - 1);
      if (matches < 0) return matches;
      matched = matches > 0;
      if (matched) break;
    }
    if (!matched) return 0;
  }
  return 1;
}
