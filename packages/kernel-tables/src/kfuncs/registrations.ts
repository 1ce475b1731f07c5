// What the kernel's initialisation registers for programs: kernel functions by program type, functions whose return value
// programs may change, iterators, and struct_ops (kernel/bpf/btf.c, bpf_iter.c, bpf_struct_ops.c).

import { BtfKind, findByName } from '@btfq/btf-format';
import type { KernelView } from '../kernel-view.ts';
import { enumeratorsOf } from '../types/enumerators.ts';
import { readPointer, readText, structField } from '../types/struct-fields.ts';
import { type ReadCall, runCallers } from './run-callers.ts';
import { type StructOps, structOpsInTypes, structOpsOf } from './struct-ops.ts';

/** One kernel function as it was registered for one program type. */
export interface Kfunc {
  readonly name: string;
  /** `XDP`, ..., or `UNSPEC` for all types. LSM, tracepoint and perf_event programs use what is registered for TRACING. */
  readonly programType: string;
  /** KF_* bits: 1 acquire, 2 release, 4 may return null, 32 sleepable, 64 destructive; see include/linux/btf.h of the release. */
  readonly flags: number;
}

/** What was found. A list that is undefined is not known. */
export interface Registrations {
  readonly kfuncs: readonly Kfunc[] | undefined;
  /** Functions that register kfuncs in a way that is not understood: a kfunc that is not listed may still be there. */
  readonly kfuncsNotUnderstood: readonly string[];
  /** Functions that fmod_ret programs may take, besides those with error injection and `security_*`; sorted. */
  readonly fmodret: readonly string[] | undefined;
  /** Targets of iterators, `task` for `iter/task`; sorted. */
  readonly iterators: readonly string[] | undefined;
  /** By name. */
  readonly structOps: readonly StructOps[] | undefined;
}

/** The functions that register something for programs. */
export const REGISTERS = {
  kfuncs: 'register_btf_kfunc_id_set',
  fmodret: 'register_btf_fmodret_id_set',
  iterator: 'bpf_iter_reg_target',
  structOps: '__register_bpf_struct_ops',
} as const;
const { kfuncs: KFUNCS, fmodret: FMODRET, iterator: ITERATOR, structOps: STRUCT_OPS } = REGISTERS;
const MAX_SET = 4096;

/** Runs all that registers, at once. */
export function registrations(view: KernelView): Registrations {
  const { memory, symbols, btf } = view;
  const set = structField(btf, 'btf_kfunc_id_set', 'set') ?? structField(btf, 'btf_kfunc_id_set', 'check_set');
  const programTypes = new Map(
    [...enumeratorsOf(btf, 'BPF_PROG_TYPE_')].map(([name, value]) => [value, name.slice(14)]),
  );
  const target = structField(btf, 'bpf_iter_reg', 'target');
  const opsName = structField(btf, 'bpf_struct_ops', 'name');
  const kfuncs = new Map<string, Kfunc>();
  const fmodret = new Set<string>();
  const iterators = new Set<string>();
  const structOps = new Map<string, StructOps>();
  const setOf = (argument: (index: number) => bigint, index: number) => {
    const ids = set && readPointer(memory, argument(index), set);
    return ids ? readSet(view, ids) : undefined;
  };
  const readers: Readonly<Record<string, ReadCall>> = {
    [KFUNCS]: (argument) => {
      const programType = programTypes.get(Number(argument(0) & 0xffffffffn));
      const found = programType === undefined ? undefined : setOf(argument, 1);
      for (const [name, flags] of found ?? []) {
        if (programType !== undefined) kfuncs.set(`${programType} ${name}`, { name, programType, flags });
      }
      return found !== undefined;
    },
    [FMODRET]: (argument) => {
      const found = setOf(argument, 0);
      for (const [name] of found ?? []) fmodret.add(name);
      return found !== undefined;
    },
    [ITERATOR]: (argument) => {
      const name = target && readText(memory, argument(0), target);
      // The kernel needs a function of that name in its types, or refuses the registration.
      if (!name || findByName(view.idTypes, `bpf_iter_${name}`, BtfKind.Func) === undefined) return false;
      iterators.add(name);
      return true;
    },
    [STRUCT_OPS]: (argument) => {
      const at = argument(0);
      const name = opsName && readText(memory, at, opsName);
      if (name) structOps.set(name, structOpsOf(view, name, at));
      return Boolean(name);
    },
  };
  const registers = new Map<bigint, ReadCall>();
  const addresses = new Map<string, bigint>();
  for (const [name, read] of Object.entries(readers)) {
    const address = symbols.address(name);
    if (address === undefined) continue;
    registers.set(address, read);
    addresses.set(name, address);
  }
  const single = [ITERATOR, STRUCT_OPS].flatMap((name) => addresses.get(name) ?? []);
  const run = runCallers(view, registers, new Set(single));
  const problems = (name: string) => run?.notUnderstood.get(addresses.get(name) ?? -1n);
  // Complete lists alone: who is not among them cannot be used.
  const whole = (name: string, names: ReadonlySet<string>) => {
    return problems(name)?.length === 0 ? [...names].sort() : undefined;
  };
  return {
    kfuncs: run && addresses.has(KFUNCS) && set ? [...kfuncs.values()] : knowsNoKfuncs(view) ? [] : undefined,
    kfuncsNotUnderstood: problems(KFUNCS) ?? [],
    fmodret: addresses.has(FMODRET) ? whole(FMODRET, fmodret) : run && [],
    iterators: addresses.has(ITERATOR) ? whole(ITERATOR, iterators) : target === undefined ? [] : undefined,
    structOps: addresses.has(STRUCT_OPS)
      ? problems(STRUCT_OPS)?.length === 0
        ? [...structOps.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
        : undefined
      : structOpsInTypes(view),
  };
}

/** Whether the kernel has no registrations of kfuncs, and no other way to give them: from 5.13 to 5.17 each program type had a function. */
function knowsNoKfuncs({ symbols, btf }: KernelView): boolean {
  const hasOwn = structField(btf, 'bpf_verifier_ops', 'check_kfunc_call') !== undefined;
  return !symbols.has(KFUNCS) && !hasOwn && structField(btf, 'bpf_verifier_ops', 'get_func_proto') !== undefined;
}

/** `struct btf_id_set8` (from 6.0 on: count, flags, pairs of id and flags), or `struct btf_id_set` (count, ids): names with flags. */
function readSet({ memory, btf, idTypes }: KernelView, at: bigint): [string, number][] | undefined {
  const isPairs = structField(btf, 'btf_id_set8', 'pairs') !== undefined;
  const [head, step] = isPairs ? [8, 8] : [4, 4];
  const count = memory.u32(at);
  if (count === undefined || count > MAX_SET) return undefined;
  const found: [string, number][] = [];
  for (let i = 0; i < count; i++) {
    const place = at + BigInt(head + i * step);
    const id = memory.u32(place);
    if (id === undefined || id >= idTypes.typeCount) return undefined;
    if (id === 0 || idTypes.kind(id) !== BtfKind.Func) continue;
    found.push([idTypes.name(id), isPairs ? (memory.u32(place + 4n) ?? 0) : 0]);
  }
  return found;
}
