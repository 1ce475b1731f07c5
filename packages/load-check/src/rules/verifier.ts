// What the verifier meets where it gets to: poisoned instructions, helpers, newer instructions, arguments that are not
// there. kernel/bpf/verifier.c.

import { BtfKind, decodeType, resolveSize } from '@btfq/btf-format';
import { formatReason, type ProgramReach, type RelocationResult } from '@btfq/core-reloc';
import { AttachType, ProgramType, programTypeWord } from '@btfq/loader';
import { helperName, HELPERS } from '../features/helpers.ts';
import { helperRefusal } from '../features/helper-types.ts';
import type { TypeAt } from '../kernel/load-kernel.ts';
import { INSTRUCTION_FEATURES, type InstructionFeature } from '../requirements/instruction-set.ts';
import { endOfSeries, version } from '../kernel/version.ts';
import type { LoadReason } from '../reason.ts';
import { findTarget } from './attach-target.ts';
import { membersOf } from './struct-ops.ts';
import { helperByTables } from './table-calls.ts';
import { type ProgramContext, reason, startOf, weight } from './context.ts';

/** Instructions whose relocation found nothing, where they are reached. */
export function poisonReasons(
  context: ProgramContext & { readonly reach: ProgramReach },
  results: readonly RelocationResult[],
): LoadReason[] {
  const own = new Set(context.needs.functions);
  const reasons: LoadReason[] = [];
  for (const result of results) {
    const { relocation } = result;
    if (result.outcome !== 'poisoned' || relocation.program === undefined || !own.has(relocation.program)) continue;
    const reached = context.reach.at(relocation.section, relocation.insnOff);
    if (reached === 'never') continue;
    reasons.push(
      reason(context, {
        code: 'poison',
        verdict: weight(reached === 'certain'),
        message: poisonWords(result),
        needed: needed(result),
        evidence: 'btf',
        place: { program: relocation.program, section: relocation.section, offset: relocation.insnOff },
      }),
    );
  }
  return once(reasons);
}

/** Why a relocation found nothing: what its candidates lack, where they all lack the same. */
function poisonWords(result: RelocationResult): string {
  const { candidates, reason: code } = result;
  const root = needed(result).split(/[.:]/)[0] ?? '';
  if (code === 'no-candidates') return `the kernel has no ${root}`;
  const [first] = candidates;
  const alike = candidates.every(({ refusal, name }) => refusal === first?.refusal && name === first?.name);
  if (code === 'no-match' && alike && first?.refusal === 'missing-member') {
    return `the kernel's ${root} has no ${needed(result).slice(root.length + 1)}`;
  }
  if (code === 'no-match' && alike && first?.refusal === 'missing-enumerator') {
    return `the kernel's ${root} has no ${first.name}`;
  }
  return `${needed(result)}: ${formatReason(code ?? 'no-match')}`;
}

/** What a relocation asks for, in C's words. */
export function needed(result: RelocationResult): string {
  const { localSpec } = result;
  if (localSpec === undefined) return `a CO-RE relocation of kind ${result.relocation.kind}`;
  const { btf, rootTypeId, accessors } = localSpec;
  const kind = btf.kind(rootTypeId);
  const word =
    kind === BtfKind.Struct ? 'struct ' : kind === BtfKind.Union ? 'union ' : kind === BtfKind.Enum ? 'enum ' : '';
  const path = accessors
    .filter(({ named }) => named)
    .map(({ typeId, index }) => {
      const type = decodeType(btf, typeId);
      if (type.kind === BtfKind.Struct || type.kind === BtfKind.Union) return `.${type.members[index]?.name ?? index}`;
      if (type.kind === BtfKind.Enum || type.kind === BtfKind.Enum64) return `::${type.values[index]?.name ?? index}`;
      return '';
    });
  return `${word}${btf.name(rootTypeId)}${path.join('')}`;
}

/** One reason for each cause and line. */
function once(reasons: readonly LoadReason[]): LoadReason[] {
  const seen = new Set<string>();
  return reasons.filter((each) => {
    const key = `${each.code} ${each.message} ${each.file}:${each.line}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Helpers that the kernel does not know, or does not let this type of program call. */
export function helperReasons(context: ProgramContext & { readonly reach: ProgramReach }): LoadReason[] {
  const { view, needs, requirements } = context;
  const reasons: LoadReason[] = [];
  for (const call of context.reach.helpers) {
    const { helper } = call;
    if (helper <= 0 || helper >= POISONED) continue;
    const name = helperName(helper);
    const row = HELPERS.get(helper);
    const common = { needed: name, place: call, verdict: weight(call.certain) };
    const known = row && view.hasHelper(row.name);
    if (row !== undefined && known === false) {
      reasons.push(
        reason(context, {
          ...common,
          code: 'helper-unknown',
          message: `the kernel has no helper ${name} (Linux ${row.since})`,
          evidence: 'btf',
        }),
      );
      continue;
    }
    if (row !== undefined && known === undefined && view.version.most < version(row.since)) {
      reasons.push(
        reason(context, {
          ...common,
          code: 'helper-unknown',
          message: `the kernel has no helper ${name} (Linux ${row.since})`,
          evidence: 'release',
        }),
      );
      continue;
    }
    if (row?.gplOnly === true && !requirements.gplCompatible) {
      reasons.push(
        reason(context, {
          ...common,
          code: 'license',
          message: `${name} is for programs of a GPL-compatible licence, and this one's is '${requirements.object.license}'`,
          evidence: 'release',
        }),
      );
      continue;
    }
    const refused = refusal(context, helper);
    if (refused !== undefined) {
      const word = programTypeWord(needs.program.type) ?? 'such';
      reasons.push(
        reason(context, {
          ...common,
          code: 'helper-type',
          verdict: call.certain ? refused.verdict : 'conditional',
          message: `programs of type ${word} may not call ${name}${refused.from === undefined ? '' : `, from Linux ${refused.from} at the latest they may`}`,
          evidence: refused.evidence,
        }),
      );
    }
  }
  return once(reasons);
}

/** Poisoned calls and relocations have numbers from here on. */
const POISONED = 100_000_000;

function refusal(
  context: ProgramContext,
  helper: number,
): { verdict: 'fails' | 'conditional'; evidence: 'image' | 'release'; from: string | undefined } | undefined {
  const { view, needs } = context;
  const always = alwaysRefused(context, helper);
  if (always) return { verdict: 'fails', evidence: 'release', from: undefined };
  const told = helperByTables(context, HELPERS.get(helper)?.name ?? '');
  if (told === 'yes') return undefined;
  if (told === 'no') return { verdict: 'fails', evidence: 'image', from: undefined };
  const { type, expectedAttachType } = needs.program;
  const row = helperRefusal(helper, type, expectedAttachType);
  if (row === undefined) return undefined;
  const { most, least } = view.version;
  if (most <= endOfSeries(row.refusedUntil)) return { verdict: 'fails', evidence: 'release', from: row.allowedFrom };
  if (row.allowedFrom !== undefined && least >= version(row.allowedFrom)) return undefined;
  return { verdict: 'conditional', evidence: 'release', from: row.allowedFrom };
}

/** bpf_copy_from_user and bpf_copy_from_user_task, which read memory that may have to be paged in. */
const SLEEPING: ReadonlySet<number> = new Set([148, 191]);
const SETSOCKOPT = 49;

/**
 * What every release refuses: helpers that sleep in tracing programs that do not, and bpf_setsockopt in the release function
 * of a congestion control (bpf_tcp_ca_get_func_proto). Programs with callbacks may sleep in those.
 */
function alwaysRefused(context: ProgramContext, helper: number): boolean {
  const { program, instructions } = context.needs;
  if (helper === SETSOCKOPT) {
    const members = membersOf(context);
    return members.length > 0 && members.every((member) => member === 'tcp_congestion_ops.release');
  }
  if (!SLEEPING.has(helper) || !NEVER_ASLEEP.has(program.type) || program.definition === undefined) return false;
  return program.definition.sleepable !== true && !instructions.some(({ feature }) => feature.id === 'callbacks');
}

/** Types whose programs sleep only where their section says so. */
const NEVER_ASLEEP: ReadonlySet<number> = new Set([ProgramType.Kprobe, ProgramType.Tracing, ProgramType.PerfEvent]);

/** Instructions newer than the kernel: those that it refuses wherever they stand, or those that it refuses where they are reached. */
export function instructionReasons(context: ProgramContext, which: 'everywhere' | 'reached'): LoadReason[] {
  return newerThanKernel(
    context,
    ({ id, whereReached }) => !ELSEWHERE.has(id) && whereReached === (which === 'reached'),
  );
}

/** Jumps through a table: libbpf makes a map of the table while it relocates, before it makes any other map. */
export function jumpTableReasons(context: ProgramContext): LoadReason[] {
  return newerThanKernel(context, ({ id }) => id === INSTRUCTION_FEATURES.gotox.id);
}

/** What is refused earlier: jumpTableReasons, function-info.ts. */
const ELSEWHERE: ReadonlySet<string> = new Set([INSTRUCTION_FEATURES.callbacks.id, INSTRUCTION_FEATURES.gotox.id]);

export function newerThanKernel(
  context: ProgramContext,
  among: (feature: InstructionFeature) => boolean,
): LoadReason[] {
  const { view, needs, reach } = context;
  const reasons: LoadReason[] = [];
  const said = new Set<string>();
  for (const { feature, offset, function: func } of needs.instructions) {
    if (!among(feature) || said.has(feature.id) || view.version.most >= version(feature.since)) continue;
    const section = func?.section.name ?? needs.own?.section.name ?? needs.program.sectionName;
    const reached = feature.whereReached ? (reach?.at(section, offset) ?? 'possible') : 'certain';
    if (reached === 'never') continue;
    said.add(feature.id);
    reasons.push(
      reason(context, {
        code: 'instruction',
        verdict: weight(reached === 'certain'),
        message: `the kernel does not know ${feature.about} (Linux ${feature.since})`,
        needed: feature.id,
        evidence: 'release',
        place: { program: func, section, offset },
      }),
    );
  }
  return reasons;
}

/** Context accesses beyond what the target, or the context type, has. */
export function argumentReasons(context: ProgramContext & { readonly reach: ProgramReach }): LoadReason[] {
  const target = findTarget(context);
  if (target !== undefined) return tracedArguments(context, target);
  return contextSize(context);
}

/** Tracing programs are given their target's arguments, 8 bytes each: btf_ctx_access. */
function tracedArguments(context: ProgramContext & { readonly reach: ProgramReach }, target: TypeAt): LoadReason[] {
  const { view, needs } = context;
  const proto = view.prototype(target);
  const type = proto && decodeType(proto.btf, proto.id);
  if (proto === undefined || type?.kind !== BtfKind.FuncProto) return [];
  const { expectedAttachType } = needs.program;
  const tracepoint = expectedAttachType === AttachType.TraceRawTp;
  const params = tracepoint ? type.params.slice(1) : type.params;
  let slots = 0;
  // a struct by value takes as many slots as it has words
  for (const param of params) slots += Math.max(1, Math.ceil((resolveSize(proto.btf, param.type, 8) ?? 8) / 8));
  const result = WITH_RESULT.has(expectedAttachType) ? 1 : 0;
  const reasons: LoadReason[] = [];
  for (const access of context.reach.contextAccesses) {
    if (access.off >= 0 && access.off < 8 * (slots + result)) continue;
    const number = Math.floor(access.off / 8) + 1;
    const name = needs.attachTarget ?? '';
    reasons.push(
      reason(context, {
        code: 'argument',
        verdict: weight(access.certain),
        message: `${name} has ${params.length} argument${params.length === 1 ? '' : 's'}, and argument ${number} is read`,
        needed: `argument ${number}`,
        found: `${params.length}`,
        evidence: 'btf',
        place: access,
      }),
    );
  }
  return once(reasons);
}

/** Attach types whose programs see the result behind the arguments. */
const WITH_RESULT: ReadonlySet<number> = new Set([
  AttachType.TraceFexit,
  AttachType.ModifyReturn,
  AttachType.LsmMac,
  AttachType.LsmCgroup,
  AttachType.TraceFsession,
]);

/** Types whose context is a struct of the user-space interface, which grows: what is beyond its end is refused. */
const CONTEXT_STRUCTS: Readonly<Record<number, string>> = {
  [ProgramType.SocketFilter]: '__sk_buff',
  [ProgramType.SchedCls]: '__sk_buff',
  [ProgramType.SchedAct]: '__sk_buff',
  [ProgramType.CgroupSkb]: '__sk_buff',
  [ProgramType.LwtIn]: '__sk_buff',
  [ProgramType.LwtOut]: '__sk_buff',
  [ProgramType.LwtXmit]: '__sk_buff',
  [ProgramType.LwtSeg6local]: '__sk_buff',
  [ProgramType.SkSkb]: '__sk_buff',
  [ProgramType.Xdp]: 'xdp_md',
  [ProgramType.CgroupSock]: 'bpf_sock',
  [ProgramType.CgroupSockAddr]: 'bpf_sock_addr',
  [ProgramType.SockOps]: 'bpf_sock_ops',
  [ProgramType.SkMsg]: 'sk_msg_md',
  [ProgramType.SkReuseport]: 'sk_reuseport_md',
  [ProgramType.CgroupSockopt]: 'bpf_sockopt',
  [ProgramType.SkLookup]: 'bpf_sk_lookup',
  [ProgramType.Kprobe]: 'pt_regs',
};

function contextSize(context: ProgramContext & { readonly reach: ProgramReach }): LoadReason[] {
  const { view, needs } = context;
  const struct = CONTEXT_STRUCTS[needs.program.type];
  if (struct === undefined) return [];
  const size = view.structSize(struct);
  if (size === undefined) return [];
  const reasons: LoadReason[] = [];
  for (const access of context.reach.contextAccesses) {
    if (access.off + access.size <= size) continue;
    reasons.push(
      reason(context, {
        code: 'argument',
        verdict: weight(access.certain),
        message: `the context, struct ${struct}, has ${size} bytes, and byte ${access.off} is accessed`,
        needed: `${access.off + access.size} bytes`,
        found: `${size}`,
        evidence: 'btf',
        place: access,
      }),
    );
  }
  return once(reasons);
}

/** LSM and struct_ops programs, and those that call kfuncs, must be GPL-compatible. */
export function licenseReasons(context: ProgramContext): LoadReason[] {
  const { requirements, needs } = context;
  if (requirements.gplCompatible) return [];
  const { type } = needs.program;
  if (type !== ProgramType.Lsm && type !== ProgramType.StructOps) return [];
  const word = programTypeWord(type) ?? '';
  return [
    reason(context, {
      code: 'license',
      message: `programs of type ${word} must have a GPL-compatible licence, and this one's is '${requirements.object.license}'`,
      needed: 'a GPL-compatible licence',
      evidence: 'release',
      place: startOf(context),
    }),
  ];
}
