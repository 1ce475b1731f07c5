// One answer from all candidates that match: relo_core.c bpf_core_calc_relo_insn and bpf_core_calc_relo. Several may
// match, because deduplication leaves twins, as long as they give the same offset and the same value.

import { BtfKind } from '@btfq/btf-format';
import { type Calculated, calculate } from './calculate.ts';
import type { Candidate } from './candidates.ts';
import { matchSpec } from './match-spec.ts';
import type { Question } from './questions.ts';
import { relocationBasis, RelocationKind } from './relo-kinds.ts';
import { Errno, type ReasonCode, type Resolution, type Spec } from './result.ts';
import { intOf, WORK_LIMIT } from './type-walk.ts';

/** An answer, and the candidates that gave it: all of them where none matched. */
export interface Agreement {
  readonly resolution: Resolution;
  readonly left: readonly Candidate[];
}

/** libbpf's error for a question that fails whatever the target. */
export function failed(reason: ReasonCode, errno: number, tried = 0, matched = 0): Resolution {
  return { ...NOTHING, reason, errno, tried, matched };
}

const NOTHING: Resolution = {
  errno: 0,
  reason: undefined,
  poison: false,
  original: 0n,
  value: 0n,
  validate: true,
  originalSize: 0,
  newSize: 0,
  memorySizeMismatch: false,
  tried: 0,
  matched: 0,
  target: undefined,
};

/** The answer to a question over these candidates. The question has a spec and a named root type. */
export function agree(question: Question, candidates: readonly Candidate[], littleEndian: boolean): Agreement {
  const local = question.spec as NonNullable<Question['spec']>;
  const original = question.original(littleEndian) as Calculated;
  const work = { left: WORK_LIMIT };
  const matching: Candidate[] = [];
  let answer: Resolution | undefined;
  const stop = (reason: ReasonCode, errno: number): Agreement => ({
    resolution: failed(reason, errno, candidates.length, matching.length),
    left: candidates,
  });
  for (const candidate of candidates) {
    const target = matchSpec(local, candidate.btf, candidate.typeId, work);
    if ('refusal' in target) {
      if (target.errno === 0) continue;
      return stop(work.left <= 0 ? 'limit' : 'match-failed', target.errno);
    }
    if (original.errno !== 0) return stop('not-computable', original.errno);
    const calculated = calculate(target, { littleEndian });
    if (calculated.errno !== 0) return stop('not-computable', calculated.errno);
    if (answer === undefined) {
      answer = resolution(local, original, target, calculated, candidates.length);
    } else if (target.bitOffset !== answer.target?.bitOffset) {
      return stop('offset-ambiguity', Errno.Invalid);
    } else if (calculated.value !== answer.value) {
      return stop('value-ambiguity', Errno.Invalid);
    }
    matching.push(candidate);
  }
  if (answer === undefined) {
    if (original.errno !== 0) return stop('not-computable', original.errno);
    return { resolution: unmatched(question.kind, original, candidates.length), left: candidates };
  }
  // unchanged where nothing was dropped, so that answers to the same question can be seen to still hold
  const left = matching.length === candidates.length ? candidates : matching;
  return { resolution: { ...answer, matched: matching.length }, left };
}

/** Nothing in the target fits: existence checks and type relocations give 0, the others poison. */
function unmatched(kind: number, original: Calculated, tried: number): Resolution {
  const zero =
    relocationBasis(kind) === 'type' || kind === RelocationKind.FieldExists || kind === RelocationKind.EnumvalExists;
  return {
    ...NOTHING,
    reason: tried === 0 ? 'no-candidates' : 'no-match',
    poison: !zero,
    original: original.value,
    validate: original.validate,
    originalSize: original.size,
    tried,
  };
}

function resolution(
  local: Spec,
  original: Calculated,
  target: Spec,
  calculated: Calculated,
  tried: number,
): Resolution {
  return {
    ...NOTHING,
    original: original.value,
    value: calculated.value,
    validate: original.validate,
    originalSize: original.size,
    newSize: calculated.size,
    memorySizeMismatch:
      original.size !== calculated.size && !canResize(local, original.typeId, target, calculated.typeId),
    tried,
    target,
  };
}

const SIGNED = 1;

/** Loads of another width give the same value for pointers (32-bit kernels) and unsigned integers, not else. */
function canResize(local: Spec, localType: number, target: Spec, targetType: number): boolean {
  const kind = local.btf.kind(localType);
  if (kind !== target.btf.kind(targetType)) return false;
  if (kind === BtfKind.Ptr) return true;
  if (kind !== BtfKind.Int) return false;
  return intOf(local.btf, localType).encoding !== SIGNED && intOf(target.btf, targetType).encoding !== SIGNED;
}
