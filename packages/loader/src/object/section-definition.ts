// What a section name says about the programs in it: libbpf.c section_defs, 1.8's 116 rows in its order, and
// find_sec_def.

import { AttachType } from '../uapi/attach-type.ts';
import { ProgramType } from '../uapi/program-type.ts';

/** One row of libbpf's table. */
export interface SectionDefinition {
  /** The name as the table has it: with `+` where `/target` may follow. */
  readonly pattern: string;
  /** The name that a section begins with: `fentry.s` for `SEC("fentry.s/do_unlinkat")`. */
  readonly prefix: string;
  readonly programType: ProgramType;
  /** 0 also where the kernel gets none. */
  readonly attachType: number;
  /** Kernels that take no attach type still take the program (SEC_EXP_ATTACH_OPT). */
  readonly attachTypeOptional: boolean;
  /** What it attaches to is given as a BTF id, which must be known when it is loaded (SEC_ATTACH_BTF). */
  readonly attachByBtf: boolean;
  /** May sleep: BPF_F_SLEEPABLE. */
  readonly sleepable: boolean;
  /** Takes packets in several buffers: BPF_F_XDP_HAS_FRAGS. */
  readonly xdpFrags: boolean;
  /** User-space tracepoints, which become multi-uprobes where the kernel knows them (SEC_USDT). */
  readonly usdt: boolean;
}

type Flag = 'optional' | 'btf' | 'sleepable' | 'frags' | 'usdt';

function row(pattern: string, programType: ProgramType, attachType: number, ...flags: Flag[]): SectionDefinition {
  return {
    pattern,
    prefix: pattern.replace('+', ''),
    programType,
    attachType,
    attachTypeOptional: flags.includes('optional'),
    attachByBtf: flags.includes('btf'),
    sleepable: flags.includes('sleepable'),
    xdpFrags: flags.includes('frags'),
    usdt: flags.includes('usdt'),
  };
}

/** libbpf 1.8's table; the first row that matches counts. */
export const SECTION_DEFINITIONS: readonly SectionDefinition[] = [
  row('socket', ProgramType.SocketFilter, 0),
  row('sk_reuseport/migrate', ProgramType.SkReuseport, AttachType.SkReuseportSelectOrMigrate),
  row('sk_reuseport', ProgramType.SkReuseport, AttachType.SkReuseportSelect),
  row('kprobe+', ProgramType.Kprobe, 0),
  row('uprobe+', ProgramType.Kprobe, 0),
  row('uprobe.s+', ProgramType.Kprobe, 0, 'sleepable'),
  row('kretprobe+', ProgramType.Kprobe, 0),
  row('uretprobe+', ProgramType.Kprobe, 0),
  row('uretprobe.s+', ProgramType.Kprobe, 0, 'sleepable'),
  row('kprobe.multi+', ProgramType.Kprobe, AttachType.TraceKprobeMulti),
  row('kretprobe.multi+', ProgramType.Kprobe, AttachType.TraceKprobeMulti),
  row('kprobe.session+', ProgramType.Kprobe, AttachType.TraceKprobeSession),
  row('uprobe.multi+', ProgramType.Kprobe, AttachType.TraceUprobeMulti),
  row('uretprobe.multi+', ProgramType.Kprobe, AttachType.TraceUprobeMulti),
  row('uprobe.session+', ProgramType.Kprobe, AttachType.TraceUprobeSession),
  row('uprobe.multi.s+', ProgramType.Kprobe, AttachType.TraceUprobeMulti, 'sleepable'),
  row('uretprobe.multi.s+', ProgramType.Kprobe, AttachType.TraceUprobeMulti, 'sleepable'),
  row('uprobe.session.s+', ProgramType.Kprobe, AttachType.TraceUprobeSession, 'sleepable'),
  row('ksyscall+', ProgramType.Kprobe, 0),
  row('kretsyscall+', ProgramType.Kprobe, 0),
  row('usdt+', ProgramType.Kprobe, 0, 'usdt'),
  row('usdt.s+', ProgramType.Kprobe, 0, 'usdt', 'sleepable'),
  row('tc/ingress', ProgramType.SchedCls, AttachType.TcxIngress),
  row('tc/egress', ProgramType.SchedCls, AttachType.TcxEgress),
  row('tcx/ingress', ProgramType.SchedCls, AttachType.TcxIngress),
  row('tcx/egress', ProgramType.SchedCls, AttachType.TcxEgress),
  row('tc', ProgramType.SchedCls, 0),
  row('classifier', ProgramType.SchedCls, 0),
  row('action', ProgramType.SchedAct, 0),
  row('netkit/primary', ProgramType.SchedCls, AttachType.NetkitPrimary),
  row('netkit/peer', ProgramType.SchedCls, AttachType.NetkitPeer),
  row('tracepoint+', ProgramType.Tracepoint, 0),
  row('tp+', ProgramType.Tracepoint, 0),
  row('tracepoint.s+', ProgramType.Tracepoint, 0, 'sleepable'),
  row('tp.s+', ProgramType.Tracepoint, 0, 'sleepable'),
  row('raw_tracepoint+', ProgramType.RawTracepoint, 0),
  row('raw_tp+', ProgramType.RawTracepoint, 0),
  row('raw_tracepoint.s+', ProgramType.RawTracepoint, 0, 'sleepable'),
  row('raw_tp.s+', ProgramType.RawTracepoint, 0, 'sleepable'),
  row('raw_tracepoint.w+', ProgramType.RawTracepointWritable, 0),
  row('raw_tp.w+', ProgramType.RawTracepointWritable, 0),
  row('tp_btf+', ProgramType.Tracing, AttachType.TraceRawTp, 'btf'),
  row('tp_btf.s+', ProgramType.Tracing, AttachType.TraceRawTp, 'btf', 'sleepable'),
  row('fentry+', ProgramType.Tracing, AttachType.TraceFentry, 'btf'),
  row('fmod_ret+', ProgramType.Tracing, AttachType.ModifyReturn, 'btf'),
  row('fexit+', ProgramType.Tracing, AttachType.TraceFexit, 'btf'),
  row('fentry.s+', ProgramType.Tracing, AttachType.TraceFentry, 'btf', 'sleepable'),
  row('fmod_ret.s+', ProgramType.Tracing, AttachType.ModifyReturn, 'btf', 'sleepable'),
  row('fexit.s+', ProgramType.Tracing, AttachType.TraceFexit, 'btf', 'sleepable'),
  row('fsession+', ProgramType.Tracing, AttachType.TraceFsession, 'btf'),
  row('fsession.s+', ProgramType.Tracing, AttachType.TraceFsession, 'btf', 'sleepable'),
  row('fsession.multi+', ProgramType.Tracing, AttachType.TraceFsessionMulti),
  row('fsession.multi.s+', ProgramType.Tracing, AttachType.TraceFsessionMulti, 'sleepable'),
  row('fentry.multi+', ProgramType.Tracing, AttachType.TraceFentryMulti),
  row('fexit.multi+', ProgramType.Tracing, AttachType.TraceFexitMulti),
  row('fentry.multi.s+', ProgramType.Tracing, AttachType.TraceFentryMulti, 'sleepable'),
  row('fexit.multi.s+', ProgramType.Tracing, AttachType.TraceFexitMulti, 'sleepable'),
  row('freplace+', ProgramType.Ext, 0, 'btf'),
  row('lsm+', ProgramType.Lsm, AttachType.LsmMac, 'btf'),
  row('lsm.s+', ProgramType.Lsm, AttachType.LsmMac, 'btf', 'sleepable'),
  row('lsm_cgroup+', ProgramType.Lsm, AttachType.LsmCgroup, 'btf'),
  row('iter+', ProgramType.Tracing, AttachType.TraceIter, 'btf'),
  row('iter.s+', ProgramType.Tracing, AttachType.TraceIter, 'btf', 'sleepable'),
  row('syscall', ProgramType.Syscall, 0, 'sleepable'),
  row('xdp.frags/devmap', ProgramType.Xdp, AttachType.XdpDevmap, 'frags'),
  row('xdp/devmap', ProgramType.Xdp, AttachType.XdpDevmap),
  row('xdp.frags/cpumap', ProgramType.Xdp, AttachType.XdpCpumap, 'frags'),
  row('xdp/cpumap', ProgramType.Xdp, AttachType.XdpCpumap),
  row('xdp.frags', ProgramType.Xdp, AttachType.Xdp, 'frags'),
  row('xdp', ProgramType.Xdp, AttachType.Xdp, 'optional'),
  row('perf_event', ProgramType.PerfEvent, 0),
  row('lwt_in', ProgramType.LwtIn, 0),
  row('lwt_out', ProgramType.LwtOut, 0),
  row('lwt_xmit', ProgramType.LwtXmit, 0),
  row('lwt_seg6local', ProgramType.LwtSeg6local, 0),
  row('sockops', ProgramType.SockOps, AttachType.CgroupSockOps, 'optional'),
  row('sk_skb/stream_parser', ProgramType.SkSkb, AttachType.SkSkbStreamParser, 'optional'),
  row('sk_skb/stream_verdict', ProgramType.SkSkb, AttachType.SkSkbStreamVerdict, 'optional'),
  row('sk_skb/verdict', ProgramType.SkSkb, AttachType.SkSkbVerdict, 'optional'),
  row('sk_skb', ProgramType.SkSkb, 0),
  row('sk_msg', ProgramType.SkMsg, AttachType.SkMsgVerdict, 'optional'),
  row('lirc_mode2', ProgramType.LircMode2, AttachType.LircMode2, 'optional'),
  row('flow_dissector', ProgramType.FlowDissector, AttachType.FlowDissector, 'optional'),
  row('cgroup_skb/ingress', ProgramType.CgroupSkb, AttachType.CgroupInetIngress, 'optional'),
  row('cgroup_skb/egress', ProgramType.CgroupSkb, AttachType.CgroupInetEgress, 'optional'),
  row('cgroup/skb', ProgramType.CgroupSkb, 0),
  row('cgroup/sock_create', ProgramType.CgroupSock, AttachType.CgroupInetSockCreate),
  row('cgroup/sock_release', ProgramType.CgroupSock, AttachType.CgroupInetSockRelease),
  row('cgroup/sock', ProgramType.CgroupSock, AttachType.CgroupInetSockCreate, 'optional'),
  row('cgroup/post_bind4', ProgramType.CgroupSock, AttachType.CgroupInet4PostBind),
  row('cgroup/post_bind6', ProgramType.CgroupSock, AttachType.CgroupInet6PostBind),
  row('cgroup/bind4', ProgramType.CgroupSockAddr, AttachType.CgroupInet4Bind),
  row('cgroup/bind6', ProgramType.CgroupSockAddr, AttachType.CgroupInet6Bind),
  row('cgroup/connect4', ProgramType.CgroupSockAddr, AttachType.CgroupInet4Connect),
  row('cgroup/connect6', ProgramType.CgroupSockAddr, AttachType.CgroupInet6Connect),
  row('cgroup/connect_unix', ProgramType.CgroupSockAddr, AttachType.CgroupUnixConnect),
  row('cgroup/sendmsg4', ProgramType.CgroupSockAddr, AttachType.CgroupUdp4Sendmsg),
  row('cgroup/sendmsg6', ProgramType.CgroupSockAddr, AttachType.CgroupUdp6Sendmsg),
  row('cgroup/sendmsg_unix', ProgramType.CgroupSockAddr, AttachType.CgroupUnixSendmsg),
  row('cgroup/recvmsg4', ProgramType.CgroupSockAddr, AttachType.CgroupUdp4Recvmsg),
  row('cgroup/recvmsg6', ProgramType.CgroupSockAddr, AttachType.CgroupUdp6Recvmsg),
  row('cgroup/recvmsg_unix', ProgramType.CgroupSockAddr, AttachType.CgroupUnixRecvmsg),
  row('cgroup/getpeername4', ProgramType.CgroupSockAddr, AttachType.CgroupInet4Getpeername),
  row('cgroup/getpeername6', ProgramType.CgroupSockAddr, AttachType.CgroupInet6Getpeername),
  row('cgroup/getpeername_unix', ProgramType.CgroupSockAddr, AttachType.CgroupUnixGetpeername),
  row('cgroup/getsockname4', ProgramType.CgroupSockAddr, AttachType.CgroupInet4Getsockname),
  row('cgroup/getsockname6', ProgramType.CgroupSockAddr, AttachType.CgroupInet6Getsockname),
  row('cgroup/getsockname_unix', ProgramType.CgroupSockAddr, AttachType.CgroupUnixGetsockname),
  row('cgroup/sysctl', ProgramType.CgroupSysctl, AttachType.CgroupSysctl),
  row('cgroup/getsockopt', ProgramType.CgroupSockopt, AttachType.CgroupGetsockopt),
  row('cgroup/setsockopt', ProgramType.CgroupSockopt, AttachType.CgroupSetsockopt),
  row('cgroup/dev', ProgramType.CgroupDevice, AttachType.CgroupDevice, 'optional'),
  row('struct_ops+', ProgramType.StructOps, 0),
  row('struct_ops.s+', ProgramType.StructOps, 0, 'sleepable'),
  row('sk_lookup', ProgramType.SkLookup, AttachType.SkLookup),
  row('netfilter', ProgramType.Netfilter, AttachType.Netfilter),
];

/**
 * The row for a section name, which must be without the leading `?`; undefined where libbpf knows none, and the caller
 * must set the program's type. `prefix+` matches the prefix alone or with `/` behind it, all else only itself.
 */
export function findSectionDefinition(sectionName: string): SectionDefinition | undefined {
  return SECTION_DEFINITIONS.find(({ pattern, prefix }) => {
    if (!pattern.endsWith('+')) return sectionName === pattern;
    return sectionName === prefix || sectionName.startsWith(`${prefix}/`);
  });
}
