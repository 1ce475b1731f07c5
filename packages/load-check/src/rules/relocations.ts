// CO-RE relocations that libbpf cannot do: it refuses the object at the first one. libbpf.c bpf_object__relocate_core
// passes over those of programs that are not loaded; those in shared functions always count.

import { explainReason, type RelocationResult } from '@btfq/core-reloc';
import type { LoadReason } from '../reason.ts';
import type { ProgramRequirements } from '../requirements/requirements.ts';
import { type ObjectContext, reason } from './context.ts';
import { needed } from './verifier.ts';

/** Those in shared functions (`needs` undefined), or those of one program. */
export function relocationReasons(
  context: ObjectContext,
  results: readonly RelocationResult[],
  needs: ProgramRequirements | undefined,
): LoadReason[] {
  const reasons: LoadReason[] = [];
  for (const result of results) {
    const { relocation } = result;
    const { program } = relocation;
    if (result.outcome !== 'failed' || program === undefined) continue;
    if (needs === undefined ? !program.subprogram : program !== needs.own) continue;
    reasons.push(
      reason(context, {
        code: 'relocation',
        message: `${needed(result)}: ${explainReason(result)}`,
        needed: needed(result),
        evidence: 'btf',
        place: { program, section: relocation.section, offset: relocation.insnOff },
        wholeObject: true,
      }),
    );
  }
  return reasons;
}
