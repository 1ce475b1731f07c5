// Global functions are verified on their own, by the types of their arguments and of their result. Before Linux 5.12 arguments
// are numbers and the context, and a result must be a number until lately. kernel/bpf/btf.c btf_prepare_func_args.

import { type BtfParam, BtfKind, decodeType, findByName, skipModifiersAndTypedefs } from '@btfq/btf-format';
import type { BpfProgram } from '@btfq/core-reloc';
import { endOfSeries, version } from '../kernel/version.ts';
import type { LoadReason } from '../reason.ts';
import { type ProgramContext, reason, weight } from './context.ts';

/** The last series that is known to refuse functions without a result, and the first that is known to take them. */
const VOID_REFUSED = '6.12';
const VOID_TAKEN = '7.2';

export function globalFunctionReasons(context: ProgramContext): LoadReason[] {
  const { requirements, view, needs } = context;
  const { core, object } = requirements;
  if (core === undefined || view.version.least >= version(VOID_TAKEN)) return [];
  const hidden = new Set(object.programs.filter((program) => program.hidden).map(({ name }) => name));
  return needs.functions.flatMap((func) => {
    if (!func.subprogram || !func.global || hidden.has(func.name)) return [];
    const id = findByName(core.btf, func.name, BtfKind.Func);
    const type = id === undefined ? undefined : decodeType(core.btf, core.btf.sizeOrType(id));
    if (type?.kind !== BtfKind.FuncProto) return [];
    return [...resultReason(context, func, type.returnType), ...argumentReason(context, func, type.params)];
  });
}

function argumentReason(context: ProgramContext, func: BpfProgram, params: readonly BtfParam[]): LoadReason[] {
  const bad = params.findIndex(({ type: param }) => isPlainPointer(context, param));
  if (bad < 0 || context.view.version.most >= version('5.12')) return [];
  return [
    reason(context, {
      code: 'global-function',
      message: `argument ${bad + 1} of the global function ${func.name} is a pointer, which Linux 5.12 is the first to verify`,
      needed: `static ${func.name}`,
      evidence: 'release',
      place: { program: func, section: func.section.name, offset: func.offset },
    }),
  ];
}

/** From Linux 6.8 on they are verified when they are called. */
function resultReason(context: ProgramContext, func: BpfProgram, result: number): LoadReason[] {
  const { view, reach } = context;
  if (result !== 0) return [];
  const lazily = view.hasMember('bpf_func_info_aux', 'called') === true;
  const reached = lazily ? (reach?.at(func.section.name, func.offset) ?? 'possible') : 'certain';
  if (reached === 'never') return [];
  const certain = reached === 'certain' && view.version.most <= endOfSeries(VOID_REFUSED);
  return [
    reason(context, {
      code: 'global-function',
      verdict: weight(certain),
      message: `the global function ${func.name} returns nothing, which Linux ${VOID_TAKEN} takes and ${VOID_REFUSED} does not`,
      needed: `static ${func.name}`,
      evidence: 'release',
      place: { program: func, section: func.section.name, offset: func.offset },
    }),
  ];
}

/** A pointer to something else than a context type: struct pt_regs, __sk_buff, xdp_md and the like are identified by name. */
function isPlainPointer({ requirements }: ProgramContext, param: number): boolean {
  const { core } = requirements;
  if (core === undefined) return false;
  const id = skipModifiersAndTypedefs(core.btf, param);
  if (core.btf.kind(id) !== BtfKind.Ptr) return false;
  const pointee = skipModifiersAndTypedefs(core.btf, core.btf.sizeOrType(id));
  if (core.btf.kind(pointee) !== BtfKind.Struct) return core.btf.kind(pointee) === BtfKind.Int;
  return !CONTEXTS.has(core.btf.name(pointee));
}

const CONTEXTS: ReadonlySet<string> = new Set([
  '__sk_buff',
  'xdp_md',
  'pt_regs',
  'user_pt_regs',
  'bpf_user_pt_regs_t',
  'bpf_perf_event_data',
  'bpf_sock',
  'bpf_sock_addr',
  'bpf_sock_ops',
  'sk_msg_md',
  'sk_reuseport_md',
  'bpf_sysctl',
  'bpf_sockopt',
  'bpf_sk_lookup',
  'bpf_cgroup_dev_ctx',
  'bpf_raw_tracepoint_args',
  'bpf_flow_keys',
]);
