// Questions about what kernels offer besides types: functions to attach to, trace events, system calls, kfuncs, helpers.
// Every answer says for each kernel yes with a value, no, or not known: kernels without tables say neither yes nor no.

import {
  type Attachability,
  type StructOpsMember,
  factOf,
  type FunctionFact,
  type HelperProto,
  kprobeOn,
  stemOf,
  type TraceEvent,
  type TraceField,
  trampolineOn,
} from '@btfq/kernel-tables';
import type { BtfIndex } from '../store/btf-index.ts';
import { moduleFactsOf } from '../store/module-facts.ts';
import { type ModuleFunctionAnswer, moduleFunctionsLike } from '../store/module-functions.ts';
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
  /** The module that it is in; undefined where it is the kernel's own. Attaching takes the module to be loaded. */
  readonly module: string | undefined;
  /** What further modules have under this name; undefined where the modules were not read. */
  readonly others: readonly FunctionInModule[] | undefined;
}

/** A function of a module. */
export interface FunctionInModule extends FunctionFact {
  readonly module: string;
  readonly fentry: Attachability;
  readonly kprobe: Attachability;
}

/** A trace event as kernels have it. */
export interface TraceEventInKernels {
  readonly common: readonly TraceField[];
  readonly fields: readonly TraceField[] | undefined;
  readonly printFmt: string | undefined;
  readonly enableable: boolean;
  /** The module that brings it; undefined where it is the kernel's own. */
  readonly module: string | undefined;
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

/** The module that brings something; undefined where it is the kernel's own. */
export interface InKernels {
  readonly module: string | undefined;
}

/** A struct whose functions programs may be. */
export interface StructOpsInKernels extends InKernels {
  readonly members: readonly StructOpsMember[];
}

/** What a function may be made to return. */
export interface ErrorInjectionInKernels extends InKernels {
  /** The kernel's word: `NULL`, `ERRNO`, `ERRNO_NULL`, `TRUE`. */
  readonly type: string;
}

/** A kfunc: the program types that may call it, with its flags for each. */
export interface KfuncInKernels {
  readonly programTypes: readonly KfuncRegistration[];
}

/** One registration of a kfunc. */
export interface KfuncRegistration {
  readonly programType: string;
  readonly flags: number;
  /** The module that registers it; undefined where it is the kernel itself. */
  readonly module: string | undefined;
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

/** A function by name, and whether it can be attached to: the kernel's own, else that of a module. */
export function functionFacts(index: BtfIndex, name: string, where?: KernelFilter): FactVariant<FunctionInKernels>[] {
  const ids = kernelIds(index, where);
  const about = new Map(
    factsByKeys(index, 'about', ['hasWholeBlacklist', 'trampolines', 'uniqueKprobes'], ids).map((one) => [
      one.kernelId,
      one.values,
    ]),
  );
  const stem = stemOf(name);
  const modules = new Map(moduleFunctionsLike(index, name, ids).map((one) => [one.kernelId, one.found]));
  return variants(index, 'functions', stem === undefined ? [name] : [name, stem], ids, (values, kernelId) => {
    const flags = values.get(name);
    const told = about.get(kernelId);
    const trampolines = told?.get('trampolines');
    const unique = told?.get('uniqueKprobes');
    const rules = {
      hasWholeBlacklist: told?.get('hasWholeBlacklist') === 'true',
      uniqueKprobes: unique === 'true' ? true : unique === 'false' ? false : undefined,
    };
    const attach = (fact: FunctionFact, stemFact: FunctionFact | undefined) => {
      const fentry: Attachability =
        trampolines === 'false' ? { verdict: 'fails', reason: 'no-trampolines' } : trampolineOn(fact);
      return { ...fact, fentry, kprobe: kprobeOn(fact, { ...rules, stem: stemFact }) };
    };
    const like = modules.get(kernelId);
    const inModules = like
      ?.filter((one) => one.name === name)
      .map(({ module, fact }): FunctionInModule => {
        const stemFact = like.find((one) => one.module === module && one.name === stem)?.fact;
        return { ...attach(fact, stemFact), module };
      });
    const stemFlags = stem === undefined ? undefined : values.get(stem);
    const stemFact = stemFlags === undefined ? undefined : factOf(Number(stemFlags));
    if (flags !== undefined)
      return { ...attach(factOf(Number(flags)), stemFact), module: undefined, others: inModules };
    const [first, ...others] = inModules ?? [];
    return first === undefined ? null : { ...first, others };
  });
}

/** The names that compilers made of a function: `NAME.isra.0`, `NAME.constprop.0`, `NAME.part.0`, `NAME.cold`. */
export function functionClones(index: BtfIndex, name: string): string[] {
  const all = kernelIds(index);
  const inModules = moduleFunctionsLike(index, name, all).flatMap(({ found }) => clonesOf(found, name));
  return [...new Set([...factKeys(index, 'functions', `${name}.`, 64), ...inModules])].sort();
}

/** The same by kernel: each distinct list of such names once, with the kernels that have just these; kernels without one are left out. */
export function clonesByKernel(
  index: BtfIndex,
  name: string,
  ids: readonly number[],
): { readonly names: readonly string[]; readonly kernelIds: readonly number[] }[] {
  const groups = new Map<string, { names: string[]; kernelIds: number[] }>();
  const modules = moduleFunctionsLike(index, name, ids);
  const own = factsByKeys(index, 'functions', factKeys(index, 'functions', `${name}.`, 64), ids);
  for (const [i, { kernelId, values }] of own.entries()) {
    const names = [...new Set([...(values?.keys() ?? []), ...clonesOf(modules[i]?.found, name)])].sort();
    if (names.length === 0) continue;
    const group = groups.get(names.join()) ?? { names, kernelIds: [] };
    groups.set(names.join(), group);
    group.kernelIds.push(kernelId);
  }
  return [...groups.values()];
}

function clonesOf(found: ModuleFunctionAnswer['found'], name: string): string[] {
  return (found ?? []).map((one) => one.name).filter((other) => other.startsWith(`${name}.`));
}

/** A trace event by `system/name`: the kernel's own, else that of a module. */
export function traceEventFacts(
  index: BtfIndex,
  event: string,
  where?: KernelFilter,
): FactVariant<TraceEventInKernels>[] {
  const ids = kernelIds(index, where);
  const common = new Map(factsByKeys(index, 'about', ['commonFields'], ids).map((one) => [one.kernelId, one.values]));
  const modules = moduleFactsOf(index, 'events', `${event} `, ids);
  return variants(index, 'events', [event], ids, (values, kernelId) => {
    const own = values.get(event);
    const ofModules = modules.get(kernelId);
    const [other] = ofModules?.found ?? [];
    const json = own ?? other?.value;
    if (json === undefined) return ofModules?.isWhole === false ? undefined : null;
    const value = JSON.parse(json) as Omit<TraceEvent, 'system' | 'name'>;
    const shared = JSON.parse(common.get(kernelId)?.get('commonFields') ?? '[]') as TraceField[] | null;
    const { fields, printFmt, enableable } = value;
    const module = own === undefined ? other?.module : undefined;
    return { common: shared ?? [], fields, printFmt, enableable, module };
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
  return inKernelOrModule(index, 'structOps', name, where, (json, module) => {
    return { members: JSON.parse(json) as StructOpsMember[], module };
  });
}

/** An iterator by its target: `task` for programs in `iter/task`. */
export function iteratorFacts(index: BtfIndex, name: string, where?: KernelFilter): FactVariant<InKernels>[] {
  return inKernelOrModule(index, 'iterators', name, where, (_, module) => ({ module }));
}

/** A function whose return value may be replaced. */
export function errorInjectionFacts(
  index: BtfIndex,
  name: string,
  where?: KernelFilter,
): FactVariant<ErrorInjectionInKernels>[] {
  return inKernelOrModule(index, 'errorInjection', name, where, (json, module) => {
    return { type: JSON.parse(json) as string, module };
  });
}

function inKernelOrModule<T>(
  index: BtfIndex,
  list: 'structOps' | 'iterators' | 'errorInjection',
  name: string,
  where: KernelFilter | undefined,
  read: (json: string, module: string | undefined) => T,
): FactVariant<T>[] {
  const ids = kernelIds(index, where);
  const modules = moduleFactsOf(index, list, `${name} `, ids);
  return variants(index, list, [name], ids, (values, kernelId) => {
    const json = values.get(name);
    if (json !== undefined) return read(json, undefined);
    const ofModules = modules.get(kernelId);
    const [first] = ofModules?.found ?? [];
    if (first !== undefined) return read(first.value, first.module);
    return ofModules?.isWhole === false ? undefined : null;
  });
}

/** A kernel function that programs may call. */
export function kfuncFacts(index: BtfIndex, name: string, where?: KernelFilter): FactVariant<KfuncInKernels>[] {
  const ids = kernelIds(index, where);
  const keys = factKeys(index, 'kfuncs', `${name} `, 64);
  const unread = new Map(
    factsByKeys(index, 'about', ['kfuncsNotUnderstood'], ids).map((one) => [one.kernelId, one.values]),
  );
  const modules = moduleFactsOf(index, 'kfuncs', `${name} `, ids);
  return variants(index, 'kfuncs', keys, ids, (values, kernelId) => {
    const own = keys
      .filter((key) => values.has(key))
      .map((key) => ({ programType: key.slice(name.length + 1), flags: Number(values.get(key)), module: undefined }));
    const ofModules = modules.get(kernelId);
    const others = (ofModules?.found ?? []).map(({ key, value, module }) => {
      return { programType: key.slice(name.length + 1), flags: Number(value), module };
    });
    if (own.length + others.length > 0) return { programTypes: [...own, ...others] };
    // Where some registrations were not understood, one that is not there may be among them.
    if (ofModules?.isWhole === false) return undefined;
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

/** Names of events, `system/name`, that begin so, those of modules too. */
export function traceEventNames(index: BtfIndex, prefix = '', limit = 100_000): string[] {
  const ofModules = factKeys(index, 'moduleFacts', `events ${prefix}`, limit).map((key) => key.split(' ')[1] ?? '');
  if (ofModules.length === 0) return factKeys(index, 'events', prefix, limit);
  return [...new Set([...factKeys(index, 'events', prefix, limit), ...ofModules])].sort().slice(0, limit);
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
