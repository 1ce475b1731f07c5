// What kernels offer BPF programs, by the words people use: types, helpers, instructions, and the names of bcc's list of
// features by kernel version. The first mainline release where it is known; whether a kernel has one, its own tables and types say.

import { MapType, mapTypeWord, ProgramType, programTypeWord } from '@btfq/loader';
import { helperFloor, versionRange, version } from '../kernel/version.ts';
import { INSTRUCTION_FEATURES } from '../requirements/instruction-set.ts';
import { HELPERS } from './helpers.ts';

/** What a feature is: `other` for those of bcc's list that are no type, helper or command. */
export type FeatureKind =
  | 'program-type'
  | 'map-type'
  | 'attach-type'
  | 'link-type'
  | 'command'
  | 'helper'
  | 'kfunc'
  | 'instruction'
  | 'other';

/** One feature. */
export interface Feature {
  readonly kind: FeatureKind;
  /** `kprobe`, `ringbuf`, `trace_fentry`, `bpf_loop`, `atomics`. */
  readonly name: string;
  /** Its enumerator in the kernel's types, and the enum; undefined where it has none. */
  readonly enumerator: string | undefined;
  readonly enumName: string | undefined;
  /** First mainline release; undefined where that is not known here. */
  readonly since: string | undefined;
  /** Other names of it, those of bcc's list among them. */
  readonly words: readonly string[];
}

/** The enums whose enumerators are features: kind, prefix, and what is no feature among them. */
export const FEATURE_ENUMS: Readonly<Record<string, { readonly kind: FeatureKind; readonly prefix: string }>> = {
  bpf_prog_type: { kind: 'program-type', prefix: 'BPF_PROG_TYPE_' },
  bpf_map_type: { kind: 'map-type', prefix: 'BPF_MAP_TYPE_' },
  bpf_attach_type: { kind: 'attach-type', prefix: 'BPF_' },
  bpf_link_type: { kind: 'link-type', prefix: 'BPF_LINK_TYPE_' },
  bpf_cmd: { kind: 'command', prefix: 'BPF_' },
  bpf_func_id: { kind: 'helper', prefix: 'BPF_FUNC_' },
};

/** `release: names`, the first release that has each. */
const SINCE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bpf_prog_type: {
    '3.19': 'socket_filter',
    '4.1': 'kprobe sched_cls sched_act',
    '4.7': 'tracepoint',
    '4.8': 'xdp',
    '4.9': 'perf_event',
    '4.10': 'cgroup_skb cgroup_sock lwt_in lwt_out lwt_xmit',
    '4.13': 'sock_ops',
    '4.14': 'sk_skb',
    '4.15': 'cgroup_device',
    '4.17': 'sk_msg raw_tracepoint cgroup_sock_addr',
    '4.18': 'lwt_seg6local lirc_mode2',
    '4.19': 'sk_reuseport',
    '4.20': 'flow_dissector',
    '5.2': 'cgroup_sysctl raw_tracepoint_writable',
    '5.3': 'cgroup_sockopt',
    '5.5': 'tracing',
    '5.6': 'struct_ops ext',
    '5.7': 'lsm',
    '5.9': 'sk_lookup',
    '5.14': 'syscall',
    '6.4': 'netfilter',
  },
  bpf_map_type: {
    '3.19': 'hash array',
    '4.2': 'prog_array',
    '4.3': 'perf_event_array',
    '4.6': 'percpu_hash percpu_array stack_trace',
    '4.8': 'cgroup_array',
    '4.10': 'lru_hash lru_percpu_hash',
    '4.11': 'lpm_trie',
    '4.12': 'array_of_maps hash_of_maps',
    '4.14': 'devmap sockmap',
    '4.15': 'cpumap',
    '4.18': 'xskmap sockhash',
    '4.19': 'cgroup_storage reuseport_sockarray',
    '4.20': 'percpu_cgroup_storage queue stack',
    '5.2': 'sk_storage',
    '5.4': 'devmap_hash',
    '5.6': 'struct_ops',
    '5.8': 'ringbuf',
    '5.10': 'inode_storage',
    '5.11': 'task_storage',
    '5.16': 'bloom_filter',
    '6.1': 'user_ringbuf',
    '6.2': 'cgrp_storage',
    '6.9': 'arena',
    '6.19': 'insn_array',
  },
  bpf_link_type: {
    '5.7': 'raw_tracepoint tracing cgroup',
    '5.8': 'iter netns',
    '5.9': 'xdp',
    '5.15': 'perf_event',
    '5.18': 'kprobe_multi',
    '5.19': 'struct_ops',
    '6.4': 'netfilter',
    '6.6': 'tcx uprobe_multi',
    '6.7': 'netkit',
    '6.10': 'sockmap',
  },
  bpf_cmd: {
    '3.18': 'map_create map_lookup_elem map_update_elem map_delete_elem map_get_next_key prog_load',
    '4.4': 'obj_pin obj_get',
    '4.10': 'prog_attach prog_detach',
    '4.12': 'prog_test_run',
    '4.13': 'prog_get_next_id map_get_next_id prog_get_fd_by_id map_get_fd_by_id obj_get_info_by_fd',
    '4.15': 'prog_query',
    '4.17': 'raw_tracepoint_open',
    '4.18': 'btf_load btf_get_fd_by_id task_fd_query',
    '4.20': 'map_lookup_and_delete_elem',
    '5.2': 'map_freeze',
    '5.4': 'btf_get_next_id',
    '5.6': 'map_lookup_batch map_lookup_and_delete_batch map_update_batch map_delete_batch',
    '5.7': 'link_create link_update',
    '5.8': 'link_get_fd_by_id link_get_next_id enable_stats iter_create',
    '5.9': 'link_detach',
    '5.10': 'prog_bind_map',
    '6.9': 'token_create',
    '6.17': 'prog_stream_read_by_fd',
  },
  bpf_attach_type: {
    '4.10': 'cgroup_inet_ingress cgroup_inet_egress cgroup_inet_sock_create',
    '4.13': 'cgroup_sock_ops',
    '4.14': 'sk_skb_stream_parser sk_skb_stream_verdict',
    '4.15': 'cgroup_device',
    '4.17':
      'sk_msg_verdict cgroup_inet4_bind cgroup_inet6_bind cgroup_inet4_connect cgroup_inet6_connect cgroup_inet4_post_bind cgroup_inet6_post_bind',
    '4.18': 'cgroup_udp4_sendmsg cgroup_udp6_sendmsg lirc_mode2',
    '4.20': 'flow_dissector',
    '5.2': 'cgroup_sysctl cgroup_udp4_recvmsg cgroup_udp6_recvmsg',
    '5.3': 'cgroup_getsockopt cgroup_setsockopt',
    '5.5': 'trace_raw_tp trace_fentry trace_fexit',
    '5.7': 'modify_return lsm_mac',
    '5.8':
      'trace_iter cgroup_inet4_getpeername cgroup_inet6_getpeername cgroup_inet4_getsockname cgroup_inet6_getsockname xdp_devmap',
    '5.9': 'cgroup_inet_sock_release xdp_cpumap sk_lookup xdp',
    '5.13': 'sk_skb_verdict',
    '5.14': 'sk_reuseport_select sk_reuseport_select_or_migrate',
    '5.15': 'perf_event',
    '5.18': 'trace_kprobe_multi',
    '6.0': 'lsm_cgroup',
    '6.4': 'struct_ops netfilter',
    '6.6': 'tcx_ingress tcx_egress trace_uprobe_multi',
    '6.7':
      'cgroup_unix_connect cgroup_unix_sendmsg cgroup_unix_recvmsg cgroup_unix_getpeername cgroup_unix_getsockname netkit_primary netkit_peer',
    '6.10': 'trace_kprobe_session',
    '6.13': 'trace_uprobe_session',
  },
};

/** bcc's words for features that are one of the above. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'program-type socket_filter': ['BPF attached to sockets'],
  'program-type kprobe': ['BPF attached to kprobes'],
  'program-type sched_cls': ['BPF attached to cls / act', 'classifier', 'tc'],
  'program-type sched_act': ['BPF attached to cls / act', 'action'],
  'program-type tracepoint': ['BPF attached to tracepoints'],
  'program-type xdp': ['XDP'],
  'program-type perf_event': ['BPF attached to perf events'],
  'program-type cgroup_skb': ['BPF attached to cgroups for socket filtering'],
  'program-type lwt_in': ['Lightweight tunnel encapsulation'],
  'program-type sock_ops': ['BPF support for sock_ops'],
  'program-type sk_skb': ['BPF support for skbs on sockets'],
  'program-type cgroup_device': ['BPF attached to cgroups as device controller'],
  'program-type sk_msg': ['BPF used for monitoring socket RX/TX data'],
  'program-type raw_tracepoint': ['BPF attached to raw tracepoints'],
  'attach-type cgroup_inet4_bind': ['BPF attached to bind() system call'],
  'attach-type cgroup_inet4_connect': ['BPF attached to connect() system call'],
  'program-type lwt_seg6local': ['End.BPF action for seg6local LWT'],
  'program-type lirc_mode2': ['BPF attached to LIRC devices'],
  'program-type sk_reuseport': ['BPF socket reuseport'],
  'program-type flow_dissector': ['BPF flow dissector'],
  'program-type cgroup_sysctl': ['BPF cgroup sysctl'],
  'program-type raw_tracepoint_writable': ['BPF raw tracepoint writable'],
  'program-type tracing': ['BPF trampoline', 'fentry', 'fexit'],
  'program-type lsm': ['BPF LSM hook'],
  'attach-type trace_iter': ['BPF iterator'],
  'program-type sk_lookup': ['BPF socket lookup hook'],
  'map-type prog_array': ['Tail calls'],
  'map-type xskmap': ['AF_XDP'],
  'command prog_test_run': ['Testing / benchmarking BPF programs'],
  'command prog_get_next_id': ['BPF programs and maps IDs'],
  'command obj_pin': ['Persistent maps and programs (virtual FS)'],
  'command btf_load': ['BPF Type Format (BTF)'],
  'map-type arena': ['BPF arena'],
};

/** bcc's features that stand for no enumerator. */
const OTHERS: readonly (readonly [since: string, name: string])[] = [
  ['3.18', 'bpf() syscall'],
  ['3.18', 'Maps'],
  ['4.4', 'Non-root programs on sockets'],
  ['4.4', "tc's direct-action (da) mode"],
  ['4.5', "tc's clsact qdisc"],
  ['4.7', 'Direct packet access'],
  ['4.9', "Hardware offload for tc's cls_bpf"],
  ['4.10', 'eBPF support for xt_bpf module (iptables)'],
  ['4.10', 'BPF program tag'],
  ['4.16', 'bpf2bpf function calls'],
  ['4.18', 'Pass map values to map helpers'],
  ['5.2', 'BPF 1M insn limit'],
  ['5.3', 'BPF bounded loop'],
  ['5.10', 'Sleepable BPF programs'],
  ['5.13', 'Kernel function calls'],
];

function sinceOf(enumName: string, name: string): string | undefined {
  return Object.entries(SINCE[enumName] ?? {}).find(([, names]) => names.split(' ').includes(name))?.[0];
}

/** The feature of an enumerator; undefined where it counts, ends or pads its enum. */
export function featureOfEnumerator(enumName: string, enumerator: string): Feature | undefined {
  const { kind, prefix } = FEATURE_ENUMS[enumName] ?? {};
  if (kind === undefined || prefix === undefined || !enumerator.startsWith(prefix)) return undefined;
  const short = enumerator.slice(prefix.length).toLowerCase();
  if (short === 'unspec' || short.startsWith('max_') || enumerator.startsWith('__') || short.endsWith('_deprecated'))
    return undefined;
  const name = kind === 'helper' ? `bpf_${short}` : short;
  const since = kind === 'helper' ? helperSince.get(short) : sinceOf(enumName, short);
  return { kind, name, enumerator, enumName, since, words: WORDS[`${kind} ${name}`] ?? [] };
}

const helperSince: ReadonlyMap<string, string> = new Map([...HELPERS.values()].map(({ name, since }) => [name, since]));

/** All features that are known without a kernel; kfuncs are identified by kernels alone. */
export function featureCatalogue(): readonly Feature[] {
  const types: Feature[] = [];
  const add = (enumName: string, enumerator: string) => {
    const feature = featureOfEnumerator(enumName, enumerator);
    if (feature !== undefined) types.push(feature);
  };
  for (const type of Object.values(ProgramType))
    add('bpf_prog_type', `BPF_PROG_TYPE_${(programTypeWord(type) ?? 'unspec').toUpperCase()}`);
  for (const type of Object.values(MapType))
    add('bpf_map_type', `BPF_MAP_TYPE_${(mapTypeWord(type) ?? 'unspec').toUpperCase()}`);
  for (const enumName of ['bpf_attach_type', 'bpf_link_type', 'bpf_cmd']) {
    const { prefix = '' } = FEATURE_ENUMS[enumName] ?? {};
    const names = Object.values(SINCE[enumName] ?? {}).flatMap((text) => text.split(' '));
    for (const name of names) add(enumName, `${prefix}${name.toUpperCase()}`);
  }
  for (const { name } of HELPERS.values()) add('bpf_func_id', `BPF_FUNC_${name}`);
  const none = { enumerator: undefined, enumName: undefined };
  return [
    ...types,
    ...Object.values(INSTRUCTION_FEATURES).map(
      ({ id, about, since }): Feature => ({ ...none, kind: 'instruction', name: id, since, words: [about] }),
    ),
    ...OTHERS.map(([since, name]): Feature => ({ ...none, kind: 'other', name, since, words: [] })),
  ];
}

/** Whether a kernel has what a mainline release brought, by its release; undefined where that does not say. */
export function hasByRelease(
  since: string | undefined,
  kernel: {
    readonly release: string;
    readonly sourceVersion: string | undefined;
    readonly helpers: ReadonlySet<string> | undefined;
  },
): boolean | undefined {
  if (since === undefined) return undefined;
  const { helpers } = kernel;
  const floor = helperFloor((name) => helpers?.has(name) === true);
  const { least, most } = versionRange(kernel.release, kernel.sourceVersion, floor);
  if (least >= version(since)) return true;
  return most < version(since) ? false : undefined;
}
