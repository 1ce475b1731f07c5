// Which helper each kind of program may call: asked of the kernel's own functions, for every program type with the attach
// types that it is loaded with, sleepable or not.

import { enumeratorsOf } from '../types/enumerators.ts';
import { hasDataSymbols, type KernelView } from '../kernel-view.ts';
import { passedSets } from '../locate/passed-sets.ts';
import { verifierOps } from '../programs/operations.ts';
import { type FuncProtoMachine, funcProtoMachine } from './func-proto-machine.ts';
import { type HelperProto, helperProtoReader } from './helper-proto.ts';
import { attachTypesOf, maySleep } from './program-kinds.ts';

/** One kind of program and what it may call. */
export interface HelperSet {
  /** `KPROBE`, without BPF_PROG_TYPE_. */
  readonly programType: string;
  /** The expected attach types that have this answer, without BPF_; empty where the type has none. */
  readonly attachTypes: readonly string[];
  readonly sleepable: boolean;
  /** Helpers by name, without bpf_, and the index of each one's proto. */
  readonly helpers: ReadonlyMap<string, number>;
  /** Those that only programs on certain functions may call (`d_path`, some of LSM). */
  readonly conditional: readonly string[];
  /** Those whose answer the kernel's code gives in a way that is not understood. */
  readonly unknown: readonly string[];
}

/** All answers of one kernel. */
export interface HelperTable {
  /** Names of all helpers that the kernel's BTF has, without bpf_, by number. */
  readonly names: ReadonlyMap<number, string>;
  readonly sets: readonly HelperSet[];
  readonly protos: readonly HelperProto[];
}

/** The table; undefined where the functions cannot be found or run. */
export function helperTable(view: KernelView): HelperTable | undefined {
  const ops = verifierOps(view);
  const readProto = helperProtoReader(view);
  const machine = ops && readProto && funcProtoMachine(view);
  if (!machine) return undefined;
  const names = helperNames(view);
  const protos: HelperProto[] = [];
  const indexes = new Map<bigint, number | undefined>();
  const protoAt = (address: bigint): number | undefined => {
    if (indexes.has(address)) return indexes.get(address);
    const proto = readProto(address);
    const index = proto && protos.push(proto) - 1;
    indexes.set(address, index);
    return index;
  };
  const targets = attachTargets(view);
  const sets: HelperSet[] = [];
  for (const type of ops) {
    const getFuncProto = type.operations === 0n ? undefined : view.memory.word(type.operations);
    if (!getFuncProto) continue;
    const attachTypes = attachTypesOf(view.btf, type.name);
    const answers = new Map<string, HelperSet>();
    const dependsOnTarget = type.name === 'LSM' || type.name === 'TRACING';
    for (const sleepable of maySleep(type.name) ? [false, true] : [false]) {
      let conditional: readonly string[] | undefined;
      for (const attachType of attachTypes.length > 0 ? attachTypes : [{ name: '', value: 0 }]) {
        const asked = { type: type.value, expectedAttachType: attachType.value, sleepable };
        const answer = askAll(machine, getFuncProto, asked, names, protoAt);
        if (type.name === 'LSM') conditional = undefined; // its answers go by attach type too
        conditional ??= dependsOnTarget ? askTargets(machine, getFuncProto, asked, names, targets, answer) : [];
        const key = `${sleepable}${JSON.stringify([[...answer.helpers], answer.unknown, conditional])}`;
        const same = answers.get(key);
        const own = attachType.name === '' ? [] : [attachType.name];
        const attached = [...(same?.attachTypes ?? []), ...own];
        answers.set(key, { programType: type.name, attachTypes: attached, sleepable, ...answer, conditional });
      }
    }
    sets.push(...answers.values());
  }
  return { names, sets, protos };
}

/** BPF_FUNC_* by number; what counts them and the flags that begin likewise are none. */
function helperNames({ btf }: KernelView): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const [full, value] of enumeratorsOf(btf, 'BPF_FUNC_')) {
    if (value > 0 && !names.has(value)) names.set(value, full.slice('BPF_FUNC_'.length));
  }
  return names;
}

type Asked = { readonly type: number; readonly expectedAttachType: number; readonly sleepable: boolean };

function askAll(
  machine: FuncProtoMachine,
  getFuncProto: bigint,
  asked: Asked,
  names: ReadonlyMap<number, string>,
  protoAt: (address: bigint) => number | undefined,
): Pick<HelperSet, 'helpers' | 'unknown'> {
  const helpers = new Map<string, number>();
  const unknown: string[] = [];
  machine.setProgram({ ...asked, attachBtfId: 0 });
  for (const [number, name] of names) {
    const address = machine.ask(getFuncProto, number);
    if (address === 0n) continue;
    const proto = address === undefined ? undefined : protoAt(address);
    if (proto === undefined) unknown.push(name);
    else helpers.set(name, proto);
  }
  return { helpers, unknown };
}

/** The helpers that a program on some function may call, and one on none may not. The first attach type speaks for all. */
function askTargets(
  machine: FuncProtoMachine,
  getFuncProto: bigint,
  asked: Asked,
  names: ReadonlyMap<number, string>,
  targets: readonly number[],
  { helpers, unknown }: Pick<HelperSet, 'helpers' | 'unknown'>,
): string[] {
  const rest = [...names].filter(([, name]) => !helpers.has(name) && !unknown.includes(name));
  const some = new Set<string>();
  for (const attachBtfId of targets) {
    machine.setProgram({ ...asked, attachBtfId });
    for (const [number, name] of rest) if (machine.ask(getFuncProto, number)) some.add(name);
  }
  return [...some].sort();
}

/** One function of each list that these answers look into. */
function attachTargets(view: KernelView): number[] {
  const { memory, symbols } = view;
  const lists = ['btf_allowlist_d_path', 'bpf_lsm_current_hooks', 'bpf_lsm_locked_sockopt_hooks'];
  const named = [...lists, 'bpf_lsm_unlocked_sockopt_hooks', 'sleepable_lsm_hooks'].map((name) =>
    symbols.address(name),
  );
  const sets = hasDataSymbols(view) ? named : (passedSets(view)?.sets ?? []);
  const ids: number[] = [];
  for (const at of sets) {
    const count = at === undefined ? 0 : (memory.u32(at) ?? 0);
    const id = at === undefined || count === 0 ? undefined : memory.u32(at + 4n);
    if (id !== undefined && !ids.includes(id)) ids.push(id);
  }
  return ids;
}
