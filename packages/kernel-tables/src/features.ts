// `bpftool -j feature probe kernel full`, as far as a kernel's tables say: program types, map types, helpers by program
// type. The names and their order are libbpf 1.8's; what a kernel does not know of is not there.

import type { Btf } from '@btfq/btf-format';
import type { HelperTable } from './helpers/helpers.ts';
import { enumeratorsOf } from './types/enumerators.ts';
import type { TypeFact } from './tables.ts';

/** The three parts of the probe's JSON. */
export interface KernelFeatures {
  readonly program_types: Readonly<Record<string, boolean>>;
  readonly map_types: Readonly<Record<string, boolean>>;
  readonly helpers: Readonly<Record<string, readonly string[]>>;
}

const PROGRAM_TYPES = [
  'socket_filter kprobe sched_cls sched_act tracepoint xdp perf_event cgroup_skb cgroup_sock lwt_in lwt_out lwt_xmit sock_ops',
  'sk_skb cgroup_device sk_msg raw_tracepoint cgroup_sock_addr lwt_seg6local lirc_mode2 sk_reuseport flow_dissector',
  'cgroup_sysctl raw_tracepoint_writable cgroup_sockopt tracing struct_ops ext lsm sk_lookup syscall netfilter',
]
  .join(' ')
  .split(' ');
const MAP_TYPES = [
  'hash array prog_array perf_event_array percpu_hash percpu_array stack_trace cgroup_array lru_hash lru_percpu_hash',
  'lpm_trie array_of_maps hash_of_maps devmap sockmap cpumap xskmap sockhash cgroup_storage reuseport_sockarray',
  'percpu_cgroup_storage queue stack sk_storage devmap_hash struct_ops ringbuf inode_storage task_storage bloom_filter',
  'user_ringbuf cgrp_storage arena insn_array rhash',
]
  .join(' ')
  .split(' ');

/** What the probe loads its programs as, where that decides. */
const PROBED_AS: Readonly<Record<string, string>> = {
  CGROUP_SOCK_ADDR: 'CGROUP_INET4_CONNECT',
  CGROUP_SOCKOPT: 'CGROUP_GETSOCKOPT',
  CGROUP_SOCK: 'CGROUP_INET_SOCK_CREATE',
  CGROUP_SKB: 'CGROUP_INET_INGRESS',
  KPROBE: 'NONE',
  SK_REUSEPORT: 'SK_REUSEPORT_SELECT',
};
/** The probe does not ask for helpers of these. */
const NOT_PROBED = new Set(['TRACING', 'STRUCT_OPS', 'EXT', 'LSM']);

/** The JSON's value; undefined where the tables, or one of their answers, are not known. */
export function featuresOf(
  tables: {
    readonly helpers: HelperTable | undefined;
    readonly programTypes: readonly TypeFact[] | undefined;
    readonly mapTypes: readonly TypeFact[] | undefined;
  },
  btf: Btf,
): KernelFeatures | undefined {
  const { helpers, programTypes, mapTypes } = tables;
  if (!helpers || !programTypes || !mapTypes) return undefined;
  // One answer that is not known makes a list that says no where nobody knows.
  if (helpers.sets.some(({ unknown }) => unknown.length > 0)) return undefined;
  const present = (types: readonly TypeFact[], name: string) =>
    types.some((type) => type.present && type.name.toLowerCase() === name);
  // The probe asks for struct_ops in a way that kernels before 6.9 refuse, whether they have it or not.
  const isAskable = enumeratorsOf(btf, 'BPF_F_VTYPE_BTF_OBJ_FD').size > 0;
  return {
    program_types: Object.fromEntries(
      PROGRAM_TYPES.map((name) => [`have_${name}_prog_type`, present(programTypes, name)]),
    ),
    map_types: Object.fromEntries(
      MAP_TYPES.map((name) => {
        const isThere = present(mapTypes, name) && (name !== 'struct_ops' || isAskable);
        return [`have_${name}_map_type`, isThere];
      }),
    ),
    helpers: Object.fromEntries(
      PROGRAM_TYPES.map((name) => [`${name}_available_helpers`, probedHelpers(helpers, name.toUpperCase())]),
    ),
  };
}

function probedHelpers({ sets, names }: HelperTable, programType: string): string[] {
  if (NOT_PROBED.has(programType)) return [];
  const attachType = PROBED_AS[programType];
  const set = sets.find(
    (candidate) =>
      candidate.programType === programType &&
      candidate.sleepable === (programType === 'SYSCALL') &&
      (attachType === undefined || candidate.attachTypes.length === 0 || candidate.attachTypes.includes(attachType)),
  );
  if (set === undefined) return [];
  const numbers = [...names].sort(([a], [b]) => a - b);
  return numbers.filter(([, name]) => set.helpers.has(name)).map(([, name]) => `bpf_${name}`);
}
