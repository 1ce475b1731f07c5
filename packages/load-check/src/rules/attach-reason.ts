// How the rules of attaching say what they found.

import type { Evidence, LoadReason } from '../reason.ts';
import { type ProgramContext, reason, startOf } from './context.ts';

/** What a rule of attaching says; the place is the program's start. */
export function say(
  context: ProgramContext,
  verdict: 'fails' | 'conditional',
  evidence: Evidence,
  needed: string,
  message: string,
  found?: string,
): LoadReason {
  return reason(context, { code: 'attach-target', verdict, message, needed, found, evidence, place: startOf(context) });
}

/** Without tables nothing is certain to attach; the words are the same for all programs. */
export function withoutTables(context: ProgramContext, needed: string): LoadReason {
  return reason(context, {
    code: 'tables-unknown',
    verdict: 'conditional',
    message: "whether it can be attached stands in the kernel's image, whose tables are not known",
    needed,
    evidence: 'btf',
  });
}
