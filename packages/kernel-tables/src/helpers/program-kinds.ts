// Which attach types a program type may be loaded with (kernel/bpf/syscall.c, bpf_prog_load_check_attach), and which program
// types may sleep (verifier.c, can_be_sleepable). Those that this kernel does not have fall out by its BTF.

import type { Btf } from '@btfq/btf-format';
import { enumeratorsOf } from '../types/enumerators.ts';

const ATTACH_TYPES: Readonly<Record<string, RegExp>> = {
  CGROUP_SOCK: /^BPF_CGROUP_INET(?:_SOCK_(?:CREATE|RELEASE)|[46]_POST_BIND)$/,
  CGROUP_SOCK_ADDR: /^BPF_CGROUP_(?:INET[46]|UDP[46]|UNIX)_(?:BIND|CONNECT|GETPEERNAME|GETSOCKNAME|SENDMSG|RECVMSG)$/,
  CGROUP_SKB: /^BPF_CGROUP_INET_(?:INGRESS|EGRESS)$/,
  CGROUP_SOCKOPT: /^BPF_CGROUP_[GS]ETSOCKOPT$/,
  SK_LOOKUP: /^BPF_SK_LOOKUP$/,
  SK_REUSEPORT: /^BPF_SK_REUSEPORT_SELECT(?:_OR_MIGRATE)?$/,
  LIRC_MODE2: /^BPF_LIRC_MODE2$/,
  NETFILTER: /^BPF_NETFILTER$/,
  TRACING: /^BPF_(?:TRACE_(?:RAW_TP|FENTRY|FEXIT|ITER|FSESSION)|MODIFY_RETURN)$/,
  LSM: /^BPF_LSM_(?:MAC|CGROUP)$/,
  KPROBE: /^BPF_TRACE_(?:[KU]PROBE_(?:MULTI|SESSION))$/,
};

/** What a program is loaded with when nothing is said counts as the first. */
const ALSO_NONE = new Set(['KPROBE']);
const SLEEPABLE = new Set(['TRACING', 'LSM', 'KPROBE', 'STRUCT_OPS', 'SYSCALL', 'RAW_TRACEPOINT', 'TRACEPOINT']);

/** The attach types of a program type in this kernel, the plain load first; empty where it has none. */
export function attachTypesOf(btf: Btf, programType: string): { readonly name: string; readonly value: number }[] {
  const pattern = ATTACH_TYPES[programType];
  if (pattern === undefined) return [];
  const found: { name: string; value: number }[] = ALSO_NONE.has(programType) ? [{ name: 'NONE', value: 0 }] : [];
  for (const [name, value] of enumeratorsOf(btf, 'BPF_')) {
    if (pattern.test(name)) found.push({ name: name.slice(4), value });
  }
  return found;
}

/** Whether programs of this type can be sleepable in some release. */
export function maySleep(programType: string): boolean {
  return SLEEPABLE.has(programType);
}
