// What a kernel asks of prototypes and functions. kernel/bpf/btf.c: btf_func_proto_check, btf_func_check.

import { BtfKind } from '../kinds.ts';
import type { Btf } from '../btf.ts';
import { isIdentifier, MAX_NAME_OFFSET } from './kernel-names.ts';
import { isSourceOnly, needsResolve } from './kernel-kinds.ts';
import type { Resolution } from './kernel-resolve.ts';
import { type Violation, violation } from './problem.ts';

/** Result and parameters must have a size; names must be identifiers; only the last may be `...`. */
export function checkFuncProto(resolution: Resolution, btf: Btf, id: number): Violation | undefined {
  const result = resolution.third(id);
  if (result !== 0) {
    const fits = hasSize(resolution, result);
    if (fits === 'reported') return undefined;
    if (!fits) return violation('argument', 'Invalid return type');
  }
  let count = resolution.vlen(id);
  if (count > 0 && resolution.word(id, count * 2 - 1) === 0) {
    if (resolution.word(id, count * 2 - 2) !== 0) return violation('argument', `Invalid arg#${count}`, count - 1);
    count--;
  }
  for (let i = 0; i < count; i++) {
    const [nameOff, type] = [resolution.word(id, i * 2), resolution.word(id, i * 2 + 1)];
    const wrong = violation('argument', `Invalid arg#${i + 1}`, i);
    if (isSourceOnly(resolution.kind(type))) return wrong;
    if (nameOff !== 0 && (nameOff > MAX_NAME_OFFSET || !isIdentifier(btf, nameOff))) return wrong;
    const fits = hasSize(resolution, type);
    if (fits === 'reported') return undefined;
    if (!fits) return wrong;
  }
  return undefined;
}

/** Resolves a type and says whether it has a size; `reported` where resolving it found a problem of its own. */
function hasSize(resolution: Resolution, id: number): boolean | 'reported' {
  const kind = resolution.kind(id);
  if (isSourceOnly(kind)) return false;
  if (needsResolve(kind) && !resolution.isResolved(id)) {
    if (resolution.isFailed(id) || !resolution.resolve(id)) return 'reported';
  }
  return resolution.sized(id) !== undefined;
}

/** A function has a prototype, and every parameter of it a name. */
export function checkFunc(resolution: Resolution, id: number): Violation | undefined {
  const proto = resolution.third(id);
  if (resolution.kind(proto) !== BtfKind.FuncProto) return violation('type-id', 'Invalid type_id');
  for (let i = 0; i < resolution.vlen(proto); i++) {
    const [nameOff, type] = [resolution.word(proto, i * 2), resolution.word(proto, i * 2 + 1)];
    if (nameOff === 0 && type !== 0) return violation('argument', `Invalid arg#${i + 1}`, i);
  }
  return undefined;
}
