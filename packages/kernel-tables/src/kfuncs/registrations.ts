// Kernel functions that programs may call, by program type: who calls `register_btf_kfunc_id_set`, and with what. Each
// function that calls it is run on the emulator, with everything that it calls answered by 0 (kernel/bpf/btf.c).

import { BtfKind } from '@btfq/btf-format';
import { Emulator, EmulatorError } from '@btfq/emulator';
import { mapImage } from '../helpers/func-proto-machine.ts';
import type { KernelView } from '../kernel-view.ts';
import { enumeratorsOf } from '../types/enumerators.ts';
import { readPointer, structField } from '../types/struct-fields.ts';
import { callsTo, callTargets } from './call-sites.ts';

/** One kernel function as it was registered for one program type. */
export interface Kfunc {
  readonly name: string;
  /** `XDP`, ..., or `UNSPEC` for all types. LSM, tracepoint and perf_event programs use what is registered for TRACING. */
  readonly programType: string;
  /** KF_* bits: 1 acquire, 2 release, 4 may return null, 32 sleepable, 64 destructive; see include/linux/btf.h of the release. */
  readonly flags: number;
}

/** What was found. */
export interface KfuncTable {
  readonly kfuncs: readonly Kfunc[];
  /** Functions that register more, in a way that is not understood: a kfunc that is not listed may still be there. */
  readonly notUnderstood: readonly string[];
}

const REGISTER = ['register_btf_kfunc_id_set', '__register_btf_kfunc_id_set'];
const STACK = 0x1_0000_0000n;
const STACK_SIZE = 0x10000;
const BUDGET = 100_000;
const MAX_SET = 4096;

/** The table; undefined where registrations cannot be followed. Empty before 5.18 where nothing registers. */
export function kfuncTable(view: KernelView): KfuncTable | undefined {
  const { memory, symbols, btf } = view;
  const set = structField(btf, 'btf_kfunc_id_set', 'set') ?? structField(btf, 'btf_kfunc_id_set', 'check_set');
  const register = symbols.address(REGISTER[0] as string);
  // From 5.13 to 5.17 functions were given by `check_kfunc_call` of each program type; before, there were none.
  const isBefore = register === undefined && structField(btf, 'bpf_verifier_ops', 'check_kfunc_call') === undefined;
  if (isBefore && structField(btf, 'bpf_verifier_ops', 'get_func_proto')) return { kfuncs: [], notUnderstood: [] };
  if (register === undefined || set === undefined) return undefined;
  if (memory.arch !== 'x86_64' && memory.arch !== 'arm64') return undefined;
  const programTypes = new Map(
    [...enumeratorsOf(btf, 'BPF_PROG_TYPE_')].map(([name, value]) => [value, name.slice(14)]),
  );
  const found = new Map<string, Kfunc>();
  const notUnderstood: string[] = [];
  const emulator = new Emulator({ architecture: memory.arch, memoryLimit: 64 << 20 });
  mapImage(emulator, view);
  emulator.map(STACK, STACK_SIZE);
  const seen = new Set<bigint>();
  const answered = new Set<bigint>([register]);
  let isReadable = true;
  emulator.hook(register, (machine) => {
    seen.add(returnAddress(machine));
    const type = programTypes.get(Number(machine.argument(0) & 0xffffffffn));
    const ids = readPointer(memory, machine.argument(1), set);
    const kfuncs = type === undefined || !ids ? undefined : readSet(view, ids, type);
    if (kfuncs === undefined) isReadable = false;
    for (const kfunc of kfuncs ?? []) found.set(`${kfunc.programType} ${kfunc.name}`, kfunc);
    machine.returnWith(0n);
    return undefined;
  });
  for (const { caller, sites } of callsTo(view, register)) {
    isReadable = true;
    for (const target of callTargets(view, caller)) {
      if (answered.has(target)) continue;
      answered.add(target);
      emulator.hook(target, (machine) => {
        machine.returnWith(0n);
        return undefined;
      });
    }
    emulator.unhook(caller);
    answered.delete(caller);
    try {
      emulator.sp = STACK + BigInt(STACK_SIZE / 2);
      emulator.call(caller, [], { budget: BUDGET });
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
    }
    const isWhole = sites.every((site) => site.isTailCall || seen.has(site.returns));
    if (!isWhole || !isReadable) notUnderstood.push(nameAt(view, caller));
  }
  return { kfuncs: [...found.values()], notUnderstood };
}

function nameAt({ symbols }: KernelView, address: bigint): string {
  const index = symbols.indexesAt(address)[0];
  return index === undefined ? `0x${address.toString(16)}` : symbols.name(index);
}

function returnAddress(machine: Emulator): bigint {
  return machine.architecture === 'x86_64' ? machine.readNumber(machine.sp, 8) : machine.get(30);
}

/** `struct btf_id_set8` (from 6.0 on: count, flags, pairs of id and flags), or `struct btf_id_set` (count, ids). */
function readSet({ memory, btf }: KernelView, at: bigint, programType: string): Kfunc[] | undefined {
  const isPairs = structField(btf, 'btf_id_set8', 'pairs') !== undefined;
  const [head, step] = isPairs ? [8, 8] : [4, 4];
  const count = memory.u32(at);
  if (count === undefined || count > MAX_SET) return undefined;
  const kfuncs: Kfunc[] = [];
  for (let i = 0; i < count; i++) {
    const place = at + BigInt(head + i * step);
    const id = memory.u32(place);
    if (id === undefined || id >= btf.typeCount) return undefined;
    if (id === 0 || btf.kind(id) !== BtfKind.Func) continue;
    kfuncs.push({ name: btf.name(id), programType, flags: isPairs ? (memory.u32(place + 4n) ?? 0) : 0 });
  }
  return kfuncs;
}
