// What the kernel's own tables say of calls: whether a kind of program may call a helper, and whether a kernel function is
// registered for it. undefined where they do not say, never a guess.

import { AttachType, attachTypeWord, ProgramType, programTypeWord } from '@btfq/loader';
import type { ProgramContext } from './context.ts';

/** What such programs may call is up to the struct, or the program, that they stand in for. */
const OTHERS_RULES: ReadonlySet<number> = new Set([ProgramType.StructOps, ProgramType.Ext]);

/** Whether this kind of program may call a helper, by name without `bpf_`. */
export function helperByTables({ view, needs }: ProgramContext, helper: string): 'yes' | 'no' | undefined {
  const { helpers } = view.kernel.tables ?? {};
  const { type, expectedAttachType, definition } = needs.program;
  const word = programTypeWord(type)?.toUpperCase();
  if (helpers === undefined || word === undefined || OTHERS_RULES.has(type)) return undefined;
  const sleepable = definition?.sleepable === true && type !== ProgramType.Syscall;
  const ofType = helpers.sets.filter((set) => set.programType === word);
  const fits = ofType.filter((set) => set.sleepable === sleepable || type === ProgramType.Syscall);
  const attach = expectedAttachType === 0 ? 'NONE' : attachTypeWord(expectedAttachType)?.toUpperCase();
  const exact = fits.filter(({ attachTypes }) => attachTypes.length === 0 || attachTypes.includes(attach ?? ''));
  const sets = exact.length > 0 ? exact : fits;
  if (sets.length === 0) return undefined;
  if (sets.some((set) => set.helpers.has(helper))) return 'yes';
  // iterators may bring helpers of their own: bpf_iter_get_func_proto
  if (expectedAttachType === AttachType.TraceIter) return undefined;
  if (sets.some(({ conditional, unknown }) => conditional.includes(helper) || unknown.includes(helper)))
    return undefined;
  return 'no';
}

/** Program types that share the kernel functions of one another, as far as any release lets them: kernel/bpf/btf.c. */
const GROUPS: readonly (readonly string[])[] = [
  ['TRACING', 'LSM', 'TRACEPOINT', 'RAW_TRACEPOINT', 'RAW_TRACEPOINT_WRITABLE', 'PERF_EVENT'],
  ['SCHED_CLS', 'SCHED_ACT'],
  ['CGROUP_SKB', 'CGROUP_SOCK', 'CGROUP_DEVICE', 'CGROUP_SOCK_ADDR', 'CGROUP_SOCKOPT', 'CGROUP_SYSCTL', 'SOCK_OPS'],
  ['LWT_IN', 'LWT_OUT', 'LWT_XMIT', 'LWT_SEG6LOCAL'],
];

/** The program types that a kernel function is for, where this program's is none of them. */
export function kfuncOfOthers({ view, needs }: ProgramContext, name: string): readonly string[] | undefined {
  const { kfuncs, kfuncsNotUnderstood = [] } = view.kernel.tables ?? {};
  const word = programTypeWord(needs.program.type)?.toUpperCase();
  if (kfuncs === undefined || kfuncsNotUnderstood.length > 0 || word === undefined) return undefined;
  if (needs.program.type === ProgramType.Ext) return undefined;
  const types = kfuncs.filter((kfunc) => kfunc.name === name).map(({ programType }) => programType);
  if (types.length === 0 || types.includes('UNSPEC')) return undefined;
  const group = GROUPS.find((own) => own.includes(word)) ?? [word];
  return types.some((type) => group.includes(type)) ? undefined : [...new Set(types)];
}
