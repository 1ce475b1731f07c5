// From a record's access string to the path that it describes in the object's own types: relo_core.c
// bpf_core_parse_spec. "0:1:2" names every step; the spec's accessors only those with a meaning of their own.

import { type Btf, BtfKind, type CoreRelo, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { parseAccessString } from './access-string.ts';
import { relocationBasis } from './relo-kinds.ts';
import { type Accessor, Errno, type ReasonCode, type Spec } from './result.ts';
import { arrayOf, enumeratorNameOff, isComposite, isEnum, isUnnamed, memberOf, sizeOf } from './type-walk.ts';

/** Why there is no spec. */
export interface SpecFault {
  readonly reason: ReasonCode;
  readonly errno: number;
}

const BAD_SPEC: SpecFault = { reason: 'bad-spec', errno: Errno.Invalid };

/**
 * The local spec of a record, or why libbpf refuses it (always EINVAL: bpf_core_calc_relo_insn hides the finer ones).
 * `access` is the record's access string; `pointerBytes` those of the object's machine.
 */
export function parseSpec(btf: Btf, relo: CoreRelo, access: string, pointerBytes: number): Spec | SpecFault {
  const root = { btf, kind: relo.kind, rootTypeId: relo.typeId };
  const basis = relocationBasis(relo.kind);
  if (basis === 'type') return access === '0' ? { ...root, accessors: [], raw: [], bitOffset: 0 } : BAD_SPEC;
  const raw = parseAccessString(access);
  if (typeof raw === 'string') return BAD_SPEC;
  if (basis === undefined) return { reason: 'unknown-kind', errno: Errno.Invalid };

  const id = skipModifiersAndTypedefs(btf, relo.typeId);
  const first = raw[0]!;
  if (basis === 'enumval') {
    if (!isEnum(btf.kind(id)) || raw.length > 1 || first >= btf.vlen(id)) return BAD_SPEC;
    return { ...root, accessors: [{ typeId: id, index: first, named: true }], raw, bitOffset: 0 };
  }
  const size = sizeOf(btf, id, pointerBytes);
  if (size < 0) return BAD_SPEC;
  const accessors: Accessor[] = [{ typeId: id, index: first, named: false }];
  const bitOffset = followMembers(btf, id, raw, accessors, Math.imul(Math.imul(first, size), 8), pointerBytes);
  return bitOffset === undefined ? BAD_SPEC : { ...root, accessors, raw, bitOffset };
}

/** Walks `raw` from its second index on, adds an accessor for each step that has one; the bit offset, or undefined. */
function followMembers(
  btf: Btf,
  id: number,
  raw: readonly number[],
  accessors: Accessor[],
  bitOffset: number,
  pointerBytes: number,
): number | undefined {
  for (let i = 1; i < raw.length; i++) {
    id = skipModifiersAndTypedefs(btf, id);
    const index = raw[i]!;
    const kind = btf.kind(id);
    if (isComposite(kind)) {
      if (index >= btf.vlen(id)) return undefined;
      const member = memberOf(btf, id, index);
      bitOffset += member.bitOffset;
      if (member.nameOff !== 0) {
        if (isUnnamed(btf, member.nameOff)) return undefined;
        accessors.push({ typeId: id, index, named: true });
      }
      id = member.type;
    } else if (kind === BtfKind.Array) {
      const array = arrayOf(btf, id);
      const flexible = isFlexibleArray(btf, accessors.at(-1), array.nelems);
      id = skipModifiersAndTypedefs(btf, array.type);
      if (!flexible && index >= array.nelems) return undefined;
      accessors.push({ typeId: id, index, named: false });
      const size = sizeOf(btf, id, pointerBytes);
      if (size < 0) return undefined;
      bitOffset += Math.imul(Math.imul(index, size), 8);
    } else {
      return undefined;
    }
  }
  return bitOffset >>> 0;
}

/** is_flex_arr: an array without elements that is the last member of its struct has as many as one likes. */
export function isFlexibleArray(btf: Btf, previous: Accessor | undefined, nelems: number): boolean {
  if (previous === undefined || !previous.named || nelems > 0) return false;
  return previous.index === btf.vlen(previous.typeId) - 1;
}

/** The name of a spec's step: a member's or an enumerator's; undefined for array elements. */
export function accessorName(btf: Btf, accessor: Accessor): string | undefined {
  if (!accessor.named) return undefined;
  const { typeId, index } = accessor;
  const nameOff = isEnum(btf.kind(typeId))
    ? enumeratorNameOff(btf, typeId, index)
    : memberOf(btf, typeId, index).nameOff;
  return btf.string(nameOff);
}
