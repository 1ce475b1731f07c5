// Why each candidate was taken or passed over, worked out again when somebody asks.

import type { Btf } from '@btfq/btf-format';
import { accessorName } from './access-spec.ts';
import { type Candidate, findCandidates, type TargetKernel } from './candidates.ts';
import { matchSpec } from './match-spec.ts';
import type { Question } from './questions.ts';
import { RelocationKind } from './relo-kinds.ts';
import type { CandidateResult } from './result.ts';
import { WORK_LIMIT } from './type-walk.ts';

/** All candidates of a question, those in `tried` as they compare, the others as dropped by earlier relocations. */
export function explainCandidates(
  target: Btf | TargetKernel,
  question: Question,
  tried: readonly Candidate[],
): CandidateResult[] {
  const { spec, rootName, rootKind, kind } = question;
  if (spec === undefined || rootName === '' || kind === RelocationKind.TypeIdLocal) return [];
  const work = { left: WORK_LIMIT };
  return findCandidates(target, rootName, rootKind).map((candidate) => {
    const { btf, module, typeId } = candidate;
    const found = { btf, module, typeId };
    if (!tried.includes(candidate)) {
      return { ...found, matched: false, refusal: 'pruned', name: undefined, errno: 0, spec: undefined };
    }
    const match = matchSpec(spec, btf, typeId, work);
    if (!('refusal' in match))
      return { ...found, matched: true, refusal: undefined, name: undefined, errno: 0, spec: match };
    const accessor = spec.accessors[match.accessor];
    const name = accessor && accessorName(spec.btf, accessor);
    return { ...found, matched: false, refusal: match.refusal, name, errno: match.errno, spec: undefined };
  });
}
