// What a kernel asks of prototypes and functions. kernel/bpf/btf.c: btf_func_proto_check, btf_func_check.

import { BtfKind } from '../kinds.ts';
import type { Btf } from '../btf.ts';
import { isIdentifier, MAX_NAME_OFFSET } from './kernel-names.ts';
import { isSourceOnly, needsResolve } from './kernel-kinds.ts';
import type { ResolvedTypes } from './resolved-types.ts';
import { type Violation, violation } from './problem.ts';

/** Result and parameters must have a size; names must be identifiers; only the last may be `...`. */
export function checkFuncProto(types: ResolvedTypes, btf: Btf, id: number): Violation | undefined {
  const result = types.third(id);
  if (result !== 0) {
    const fits = hasSize(types, result);
    if (fits === 'reported') return undefined;
    if (!fits) return violation('argument', 'Invalid return type');
  }
  let count = types.vlen(id);
  if (count > 0 && types.word(id, count * 2 - 1) === 0) {
    if (types.word(id, count * 2 - 2) !== 0) return violation('argument', `Invalid arg#${count}`, count - 1);
    count--;
  }
  for (let i = 0; i < count; i++) {
    const [nameOff, type] = [types.word(id, i * 2), types.word(id, i * 2 + 1)];
    const wrong = violation('argument', `Invalid arg#${i + 1}`, i);
    if (isSourceOnly(types.kind(type))) return wrong;
    if (nameOff !== 0 && (nameOff > MAX_NAME_OFFSET || !isIdentifier(btf, nameOff))) return wrong;
    const fits = hasSize(types, type);
    if (fits === 'reported') return undefined;
    if (!fits) return wrong;
  }
  return undefined;
}

/** Resolves a type and says whether it has a size; `reported` where resolving it found a problem of its own. */
function hasSize(types: ResolvedTypes, id: number): boolean | 'reported' {
  const kind = types.kind(id);
  if (isSourceOnly(kind)) return false;
  if (needsResolve(kind) && !types.isResolved(id)) {
    if (types.isFailed(id) || !types.resolve(id)) return 'reported';
  }
  return types.sized(id) !== undefined;
}

/** A function has a prototype, and every parameter of it a name. */
export function checkFunc(types: ResolvedTypes, id: number): Violation | undefined {
  const proto = types.third(id);
  if (types.kind(proto) !== BtfKind.FuncProto) return violation('type-id', 'Invalid type_id');
  for (let i = 0; i < types.vlen(proto); i++) {
    const [nameOff, type] = [types.word(proto, i * 2), types.word(proto, i * 2 + 1)];
    if (nameOff === 0 && type !== 0) return violation('argument', `Invalid arg#${i + 1}`, i);
  }
  return undefined;
}
