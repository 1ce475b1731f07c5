// Questions about what kernels offer besides types: functions to attach to, trace events, system calls, kfuncs, helpers.
// Every answer says for each kernel yes with a value, no, or not known: kernels without tables say neither yes nor no.

import {
  type Attachability,
  type StructOpsMember,
  factOf,
  type FunctionFact,
  type HelperProto,
  kprobeOn,
  type TraceEvent,
  type TraceField,
  trampolineOn,
} from '@btfq/kernel-tables';
import type { BtfIndex } from '../store/btf-index.ts';
import { factKeys, factsByKeys } from '../store/table-facts.ts';
import type { KernelFilter } from './kernel-filter.ts';
import { kernelIds } from './kernels.ts';

/** What some kernels say alike. */
export interface FactVariant<T> {
  readonly state: 'present' | 'absent' | 'not-known';
  /** Where it is present. */
  readonly value: T | undefined;
  /** In kernel order. */
  readonly kernelIds: readonly number[];
}

/** A function as kernels have it. */
export interface FunctionInKernels extends FunctionFact {
  readonly fentry: Attachability;
  readonly kprobe: Attachability;
}

/** A trace event as kernels have it. */
export interface TraceEventInKernels {
  readonly common: readonly TraceField[];
  readonly fields: readonly TraceField[] | undefined;
  readonly printFmt: string | undefined;
  readonly enableable: boolean;
}

/** A system call as kernels have it. */
export interface SystemCallInKernels {
  readonly numbers: readonly number[];
  /** Undefined where the kernel does not describe them. */
  readonly args: readonly { readonly type: string; readonly name: string }[] | undefined;
  /** Programs of 32 bits: their numbers for it, and the function where they have one of their own; undefined where not known. */
  readonly compat: { readonly numbers: readonly number[]; readonly entry: string | undefined } | undefined;
}

/** A hook of security modules as programs may use it. */
export interface LsmHookInKernels {
  /** Whether sleepable programs may attach. */
  readonly sleepable: boolean | undefined;
  /** Whether its arguments are trusted. */
  readonly trusted: boolean | undefined;
  /** Whether it is switched off for programs. */
  readonly disabled: boolean | undefined;
  /** Whether a program attaches. */
  readonly attach: Attachability;
}

/** A struct whose functions programs may be. */
export interface StructOpsInKernels {
  readonly members: readonly StructOpsMember[];
}

/** A kfunc: the program types that may call it, with its flags for each. */
export interface KfuncInKernels {
  readonly programTypes: readonly { readonly programType: string; readonly flags: number }[];
}

/** A helper: which kinds of program may call it. */
export interface HelperInKernels {
  readonly programs: readonly HelperProgram[];
}

/** One kind of program that may call a helper, or may under conditions. */
export interface HelperProgram {
  readonly programType: string;
  readonly sleepable: boolean;
  readonly attachTypes: readonly string[];
  /** `depends`: on the function that the program attaches to. */
  readonly allowed: 'yes' | 'depends' | 'not-known';
  readonly proto: HelperProto | undefined;
}

/** A function by name, and whether it can be attached to. */
export function functionFacts(index: BtfIndex, name: string, where?: KernelFilter): FactVariant<FunctionInKernels>[] {
  const ids = kernelIds(index, where);
  const about = new Map(
    factsByKeys(index, 'about', ['hasWholeBlacklist', 'trampolines'], ids).map((one) => [one.kernelId, one.values]),
  );
  return variants(index, 'functions', [name], ids, (values, kernelId) => {
    const flags = values.get(name);
    if (flags === undefined) return null;
    const fact = factOf(Number(flags));
    const trampolines = about.get(kernelId)?.get('trampolines');
    const fentry: Attachability =
      trampolines === 'false' ? { verdict: 'fails', reason: 'no-trampolines' } : trampolineOn(fact);
    return { ...fact, fentry, kprobe: kprobeOn(fact, about.get(kernelId)?.get('hasWholeBlacklist') === 'true') };
  });
}

/** The names that compilers made of a function: `NAME.isra.0`, `NAME.constprop.0`, `NAME.part.0`, `NAME.cold`. */
export function functionClones(index: BtfIndex, name: string): string[] {
  return factKeys(index, 'functions', `${name}.`, 64);
}

/** The same by kernel: each distinct list of such names once, with the kernels that have just these; kernels without one are left out. */
export function clonesByKernel(
  index: BtfIndex,
  name: string,
  ids: readonly number[],
): { readonly names: readonly string[]; readonly kernelIds: readonly number[] }[] {
  const groups = new Map<string, { names: string[]; kernelIds: number[] }>();
  for (const { kernelId, values } of factsByKeys(index, 'functions', functionClones(index, name), ids)) {
    const names = [...(values?.keys() ?? [])].sort();
    if (names.length === 0) continue;
    const group = groups.get(names.join()) ?? { names, kernelIds: [] };
    groups.set(names.join(), group);
    group.kernelIds.push(kernelId);
  }
  return [...groups.values()];
}

/** A trace event by `system/name`. */
export function traceEventFacts(
  index: BtfIndex,
  event: string,
  where?: KernelFilter,
): FactVariant<TraceEventInKernels>[] {
  const ids = kernelIds(index, where);
  const common = new Map(factsByKeys(index, 'about', ['commonFields'], ids).map((one) => [one.kernelId, one.values]));
  return variants(index, 'events', [event], ids, (values, kernelId) => {
    const json = values.get(event);
    if (json === undefined) return null;
    const value = JSON.parse(json) as Omit<TraceEvent, 'system' | 'name'>;
    const shared = JSON.parse(common.get(kernelId)?.get('commonFields') ?? '[]') as TraceField[] | null;
    return { common: shared ?? [], fields: value.fields, printFmt: value.printFmt, enableable: value.enableable };
  });
}

/** A system call by name, with or without `sys_`. */
export function systemCallFacts(
  index: BtfIndex,
  name: string,
  where?: KernelFilter,
): FactVariant<SystemCallInKernels>[] {
  const key = name.replace(/^sys_/, '');
  return variants(index, 'systemCalls', [key], kernelIds(index, where), (values) => {
    const json = values.get(key);
    return json === undefined ? null : (JSON.parse(json) as SystemCallInKernels);
  });
}

/** A hook by its name without `bpf_lsm_`: there where the kernel lists it. */
export function lsmHookFacts(index: BtfIndex, name: string, where?: KernelFilter): FactVariant<LsmHookInKernels>[] {
  const hook = `bpf_lsm_${name.replace(/^bpf_lsm_/, '')}`;
  const ids = kernelIds(index, where);
  const keys = ['bpf_lsm_hooks', 'sleepable_lsm_hooks', 'untrusted_lsm_hooks', 'bpf_lsm_disabled_hooks'];
  const functions = new Map(
    functionFacts(index, hook, where).flatMap(({ value, kernelIds: own }) =>
      own.map((id) => [id, value?.fentry] as const),
    ),
  );
  return variants(index, 'idSets', keys, ids, (values, kernelId) => {
    const [all, sleepable, untrusted, disabled] = keys.map((key) => {
      const json = values.get(key);
      return json === undefined ? undefined : (JSON.parse(json) as string[]).includes(hook);
    });
    if (all === undefined) return undefined;
    if (!all && !disabled) return null;
    const attach: Attachability = disabled
      ? { verdict: 'fails', reason: 'hook-disabled' }
      : (functions.get(kernelId) ?? { verdict: 'conditional', reason: 'not-known' });
    return { sleepable, trusted: untrusted === undefined ? undefined : !untrusted, disabled, attach };
  });
}

/** A struct_ops by the name of its struct. */
export function structOpsFacts(index: BtfIndex, name: string, where?: KernelFilter): FactVariant<StructOpsInKernels>[] {
  return variants(index, 'structOps', [name], kernelIds(index, where), (values) => {
    const json = values.get(name);
    return json === undefined ? null : { members: JSON.parse(json) as StructOpsMember[] };
  });
}

/** An iterator by its target: `task` for programs in `iter/task`. */
export function iteratorFacts(index: BtfIndex, name: string, where?: KernelFilter): FactVariant<true>[] {
  return variants(index, 'iterators', [name], kernelIds(index, where), (values) => (values.has(name) ? true : null));
}

/** A kernel function that programs may call. */
export function kfuncFacts(index: BtfIndex, name: string, where?: KernelFilter): FactVariant<KfuncInKernels>[] {
  const ids = kernelIds(index, where);
  const keys = factKeys(index, 'kfuncs', `${name} `, 64);
  const unread = new Map(
    factsByKeys(index, 'about', ['kfuncsNotUnderstood'], ids).map((one) => [one.kernelId, one.values]),
  );
  return variants(index, 'kfuncs', keys, ids, (values, kernelId) => {
    const programTypes = keys
      .filter((key) => values.has(key))
      .map((key) => ({ programType: key.slice(name.length + 1), flags: Number(values.get(key)) }));
    if (programTypes.length > 0) return { programTypes };
    // Where some registrations were not understood, one that is not there may be among them.
    return (unread.get(kernelId)?.get('kfuncsNotUnderstood') ?? '[]') === '[]' ? null : undefined;
  });
}

/** A helper by name, with or without `bpf_`; `programType` (`KPROBE`) leaves the others out. */
export function helperFacts(
  index: BtfIndex,
  helper: string,
  where?: KernelFilter,
  programType?: string,
): FactVariant<HelperInKernels>[] {
  const name = helper.replace(/^bpf_/, '');
  const ids = kernelIds(index, where);
  const keys = factKeys(index, 'helpers', programType === undefined ? '' : `${programType} `, 4096);
  const protoKeys = factKeys(index, 'protos', '', 100_000);
  const protos = new Map(factsByKeys(index, 'protos', protoKeys, ids).map((one) => [one.kernelId, one.values]));
  const parsed = new Map<string, StoredHelperSet>();
  return variants(index, 'helpers', keys, ids, (values, kernelId) => {
    const programs: HelperProgram[] = [];
    for (const [key, json] of values) {
      const set = parsed.get(json) ?? (JSON.parse(json) as StoredHelperSet);
      parsed.set(json, set);
      const [type = '', mode, ...attachTypes] = key.split(' ');
      const proto = set.helpers[name];
      const allowed =
        proto !== undefined
          ? 'yes'
          : set.conditional.includes(name)
            ? 'depends'
            : set.unknown.includes(name)
              ? 'not-known'
              : undefined;
      if (allowed === undefined) continue;
      const told = proto === undefined ? undefined : protos.get(kernelId)?.get(proto);
      const what = told === undefined ? undefined : (JSON.parse(told) as HelperProto);
      const depends = allowed === 'yes' && what?.allowed !== undefined ? 'depends' : allowed;
      programs.push({ programType: type, sleepable: mode === 'sleepable', attachTypes, allowed: depends, proto: what });
    }
    return programs.length > 0 ? { programs } : null;
  });
}

interface StoredHelperSet {
  readonly helpers: Readonly<Record<string, string>>;
  readonly conditional: readonly string[];
  readonly unknown: readonly string[];
}

/** Names of events, `system/name`, that begin so. */
export function traceEventNames(index: BtfIndex, prefix = '', limit = 100_000): string[] {
  return factKeys(index, 'events', prefix, limit);
}

/** Kernels by what they say; `read` gives null for no, undefined for not known. In the order of the first kernel of each. */
function variants<T>(
  index: BtfIndex,
  part: Parameters<typeof factsByKeys>[1],
  keys: readonly string[],
  ids: readonly number[],
  read: (values: ReadonlyMap<string, string>, kernelId: number) => T | null | undefined,
): FactVariant<T>[] {
  const groups = new Map<string, { state: FactVariant<T>['state']; value: T | undefined; kernelIds: number[] }>();
  for (const { kernelId, values } of factsByKeys(index, part, keys, ids)) {
    const value = values === undefined ? undefined : read(values, kernelId);
    const state = value === undefined ? 'not-known' : value === null ? 'absent' : 'present';
    const key = `${state} ${JSON.stringify(value)}`;
    const group = groups.get(key);
    if (group) group.kernelIds.push(kernelId);
    else groups.set(key, { state, value: value ?? undefined, kernelIds: [kernelId] });
  }
  return [...groups.values()];
}
