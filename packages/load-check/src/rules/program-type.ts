// Whether the kernel knows the program's section, type, attach type and flags.

import { AttachType, attachTypeWord, ProgramType, programTypeWord } from '@btfq/loader';
import { version } from '../kernel/version.ts';
import type { LoadReason } from '../reason.ts';
import { type ProgramContext, reason, startOf } from './context.ts';

/** A section that libbpf does not know. */
export function sectionReasons(context: ProgramContext): LoadReason[] {
  const { program } = context.needs;
  if (program.definition !== undefined) return [];
  return [
    reason(context, {
      code: 'section-name',
      message: `libbpf knows no section '${program.sectionName}', and user space has to set the program's type`,
      needed: program.sectionName,
      evidence: 'object',
      place: startOf(context),
    }),
  ];
}

/** Type, attach type, flags. */
export function programTypeReasons(context: ProgramContext): LoadReason[] {
  if (context.needs.program.definition === undefined) return [];
  return [...typeReason(context), ...attachTypeReason(context), ...flagReasons(context)];
}

/** struct bpf_ctx_convert has a member for each type that was built in, exactly; before 5.6 there is only the enum. */
function typeReason(context: ProgramContext): LoadReason[] {
  const { view, needs } = context;
  const word = programTypeWord(needs.program.type) ?? `type ${needs.program.type}`;
  const enumerator = `BPF_PROG_TYPE_${word.toUpperCase()}`;
  const missing = (what: string) =>
    reason(context, {
      code: 'program-type',
      message: `the kernel ${what} programs of type ${word}`,
      needed: enumerator,
      evidence: 'btf',
      place: startOf(context),
    });
  if (view.hasEnumerator('bpf_prog_type', enumerator) === false) return [missing('does not know')];
  if (view.hasMember('bpf_ctx_convert', `${enumerator}_prog`) !== false) return [];
  // struct_ops and syscall programs are identified by their enumerator in kernels whose table leaves them out
  if (!ALWAYS_IN_TABLE.has(needs.program.type)) return [];
  return [missing('was built without')];
}

/** Types whose row in include/linux/bpf_types.h has a context type of its own since the table exists. */
const ALWAYS_IN_TABLE: ReadonlySet<number> = new Set([
  ProgramType.SocketFilter,
  ProgramType.Kprobe,
  ProgramType.SchedCls,
  ProgramType.SchedAct,
  ProgramType.Tracepoint,
  ProgramType.Xdp,
  ProgramType.PerfEvent,
  ProgramType.CgroupSkb,
  ProgramType.CgroupSock,
  ProgramType.CgroupSockAddr,
  ProgramType.CgroupDevice,
  ProgramType.CgroupSysctl,
  ProgramType.CgroupSockopt,
  ProgramType.LwtIn,
  ProgramType.LwtOut,
  ProgramType.LwtXmit,
  ProgramType.LwtSeg6local,
  ProgramType.SockOps,
  ProgramType.SkSkb,
  ProgramType.SkMsg,
  ProgramType.FlowDissector,
  ProgramType.RawTracepoint,
  ProgramType.RawTracepointWritable,
  ProgramType.Tracing,
  ProgramType.SkReuseport,
  ProgramType.SkLookup,
  ProgramType.LircMode2,
  ProgramType.Lsm,
  ProgramType.Netfilter,
]);

/** Enumerators of enum bpf_attach_type by their values. */
function attachTypeReason(context: ProgramContext): LoadReason[] {
  const { view, needs } = context;
  const { expectedAttachType, definition } = needs.program;
  if (expectedAttachType === 0 || definition?.attachTypeOptional === true) return [];
  if (TOLD_BY_BTF.has(needs.program.type)) return [];
  if (view.hasEnumValue('bpf_attach_type', expectedAttachType) !== false) return [];
  // a multi-uprobe section falls back where the kernel has none
  if (definition?.usdt === true) return [];
  const word = attachTypeWord(expectedAttachType) ?? `${expectedAttachType}`;
  return [
    reason(context, {
      code: 'attach-type',
      verdict: CHECKED_WHEN_LOADED.has(needs.program.type) ? 'fails' : 'conditional',
      message: `the kernel does not know the attach type ${word}`,
      needed: word,
      evidence: 'btf',
      place: startOf(context),
    }),
  ];
}

/** struct_ops programs are given theirs by the struct that they are in. */
const TOLD_BY_BTF: ReadonlySet<number> = new Set([ProgramType.StructOps, ProgramType.Ext]);
/** bpf_prog_load_check_attach, and the verifier's check_attach_btf_id: the types that refuse an unknown attach type at once. */
const CHECKED_WHEN_LOADED: ReadonlySet<number> = new Set([
  ProgramType.CgroupSock,
  ProgramType.CgroupSockAddr,
  ProgramType.CgroupSkb,
  ProgramType.CgroupSockopt,
  ProgramType.SkLookup,
  ProgramType.SkReuseport,
  ProgramType.Netfilter,
  ProgramType.Tracing,
  ProgramType.Lsm,
]);

/** Sleepable programs and XDP programs for packets in several buffers are asked for by a flag. */
function flagReasons(context: ProgramContext): LoadReason[] {
  const { view, needs } = context;
  const { definition, type, expectedAttachType } = needs.program;
  const reasons: LoadReason[] = [];
  if (definition?.xdpFrags === true && view.version.most < version('5.18')) {
    reasons.push(
      reason(context, {
        code: 'flags',
        message: 'the kernel has no XDP programs for packets in several buffers (Linux 5.18)',
        needed: 'BPF_F_XDP_HAS_FRAGS',
        evidence: 'release',
        place: startOf(context),
      }),
    );
  }
  if (definition?.sleepable === true) {
    const since = sleepableSince(type, expectedAttachType, needs.program.sectionName);
    if (since !== undefined && view.version.most < version(since)) {
      const word = programTypeWord(type) ?? '';
      reasons.push(
        reason(context, {
          code: 'sleepable',
          message: `programs of type ${word} can sleep from Linux ${since} on`,
          needed: needs.program.sectionName.split('/')[0] ?? '',
          evidence: 'release',
          place: startOf(context),
        }),
      );
    }
  }
  return reasons;
}

/** The first release in which programs of a kind may be sleepable. */
function sleepableSince(type: number, attachType: number, section: string): string | undefined {
  switch (type) {
    case ProgramType.Tracing:
      // the verifier lets iterators be before it looks whether they sleep
      if (attachType === AttachType.TraceIter) return undefined;
      return attachType === AttachType.TraceRawTp ? '7.1' : '5.10';
    case ProgramType.Lsm:
      return '5.10';
    case ProgramType.Kprobe:
      return section.startsWith('u') ? '6.0' : undefined;
    case ProgramType.StructOps:
      return '6.3';
    case ProgramType.RawTracepoint:
    case ProgramType.Tracepoint:
      return '7.1';
    default:
      return undefined;
  }
}
