// Whether a program can be attached, and why not: by one kernel's tables, as the booted kernel decides it.

import type { KernelTables } from '../tables.ts';
import { type FunctionFact, functionFact } from './functions.ts';

/** What a program is to be attached by. */
export type AttachKind =
  | 'kprobe'
  | 'kretprobe'
  | 'fentry'
  | 'fexit'
  | 'fmod_ret'
  | 'lsm'
  | 'tracepoint'
  | 'raw_tp'
  | 'tp_btf';

/** Why, in words that stay the same. */
export type AttachReason =
  /** Nothing speaks against it. */
  | 'attaches'
  /** No symbol of this name: inlined everywhere, renamed by the compiler, or not in this kernel. */
  | 'no-symbol'
  /** Freed once the kernel has booted. */
  | 'init-only'
  /** In the kprobe blacklist. */
  | 'kprobe-denied'
  /** ftrace has no place in it: notrace, or built without. */
  | 'not-traced'
  /** The kernel's types have no function of this name. */
  | 'no-type'
  /** Its type: a struct is returned, or there are more arguments than a trampoline passes on. */
  | 'prototype'
  /** Several functions of this name. */
  | 'several'
  /** The architecture has no trampolines in this release. */
  | 'no-trampolines'
  /** The verifier refuses this function. */
  | 'tracing-denied'
  /** An LSM hook that is switched off for programs. */
  | 'hook-disabled'
  /** No such trace event. */
  | 'no-event'
  /** No such tracepoint. */
  | 'no-tracepoint'
  /** The tables do not say. */
  | 'not-known';

/** The answer for one kernel. */
export interface Attachability {
  readonly verdict: 'yes' | 'fails' | 'conditional';
  readonly reason: AttachReason;
}

/**
 * Whether a program of this kind can be attached to a target: a function, `system/event` for `tracepoint`, a tracepoint's
 * name for `raw_tp` and `tp_btf`, a hook without `bpf_lsm_` for `lsm`. What is not known is `conditional`.
 */
export function attachability(tables: KernelTables, kind: AttachKind, target: string): Attachability {
  switch (kind) {
    case 'tracepoint': {
      const [system, name] = target.split('/');
      const found = tables.events?.events.some(
        (event) => event.system === system && event.name === name && event.enableable,
      );
      return found === undefined ? NOT_KNOWN : found ? YES : fails('no-event');
    }
    case 'raw_tp':
    case 'tp_btf': {
      const found = tables.rawTracepoints?.some(({ name }) => name === target);
      return found === undefined ? NOT_KNOWN : found ? YES : fails('no-tracepoint');
    }
    case 'lsm': {
      if (tables.trampolines === false) return fails('no-trampolines');
      if (tables.idSets.bpf_lsm_disabled_hooks?.includes(`bpf_lsm_${target}`)) return fails('hook-disabled');
      return byTrampoline(tables, `bpf_lsm_${target}`);
    }
    case 'fentry':
    case 'fexit':
    case 'fmod_ret': {
      if (tables.trampolines === false) return fails('no-trampolines');
      if (tables.idSets.btf_id_deny?.includes(target)) return fails('tracing-denied');
      if (kind !== 'fentry' && tables.idSets.noreturn_deny?.includes(target)) return fails('tracing-denied');
      return byTrampoline(tables, target);
    }
    default:
      return kprobeAt(tables, target);
  }
}

/** kprobes by name, with the function that a compiler's copy was made of. */
function kprobeAt({ functions, hasWholeBlacklist, uniqueKprobes }: KernelTables, name: string): Attachability {
  if (functions === undefined) return NOT_KNOWN;
  const stem = stemOf(name);
  const fact = functionFact(functions, name);
  return kprobeOn(fact, {
    hasWholeBlacklist,
    uniqueKprobes,
    stem: stem === undefined ? undefined : functionFact(functions, stem),
  });
}

/** `foo` of `foo.cold`; undefined where there is no dot. */
export function stemOf(name: string): string | undefined {
  const dot = name.indexOf('.');
  return dot > 0 ? name.slice(0, dot) : undefined;
}

const YES: Attachability = { verdict: 'yes', reason: 'attaches' };
const NOT_KNOWN: Attachability = { verdict: 'conditional', reason: 'not-known' };

function fails(reason: AttachReason): Attachability {
  return { verdict: 'fails', reason };
}

function byTrampoline({ functions, trampolines }: KernelTables, name: string): Attachability {
  if (functions === undefined) return NOT_KNOWN;
  const answer = trampolineOn(functionFact(functions, name));
  return answer.verdict === 'yes' && trampolines === undefined ? NOT_KNOWN : answer;
}

/** fentry and fexit by the facts of a function alone. */
export function trampolineOn(fact: FunctionFact | undefined): Attachability {
  if (fact === undefined) return fails('no-symbol');
  if (fact.initOnly) return fails('init-only');
  if (!fact.traced) return fact.mayBePatched ? { verdict: 'conditional', reason: 'not-traced' } : fails('not-traced');
  if (fact.noType) return fails('no-type');
  if (fact.noTrampoline) return fails('prototype');
  if (fact.mayHaveNoTrampoline) return { verdict: 'conditional', reason: 'prototype' };
  // Which of them it is does not matter where each can be taken.
  return fact.several && fact.someNotTraced ? { verdict: 'conditional', reason: 'several' } : YES;
}

/** What decides on kprobes besides a function itself. */
export interface KprobeRules {
  readonly hasWholeBlacklist: boolean;
  /** Whether the kernel refuses names of several functions; undefined where that is not known. */
  readonly uniqueKprobes: boolean | undefined;
  /** For `foo.cold`, what `foo` is: where that can be traced, its copies can be probed (within_notrace_func). */
  readonly stem: FunctionFact | undefined;
}

/** kprobes by the facts of a function. From 6.6 on, and in stable series, a name of several functions is refused. */
export function kprobeOn(fact: FunctionFact | undefined, rules: KprobeRules): Attachability {
  const { hasWholeBlacklist, uniqueKprobes, stem } = rules;
  if (fact === undefined) return fails('no-symbol');
  if (fact.initOnly) return fails('init-only');
  if (fact.several && uniqueKprobes) return fails('several');
  if (fact.kprobeDenied) return fails('kprobe-denied');
  if (!fact.traced && stem?.traced !== true) return fails('not-traced');
  if (!fact.traced && stem?.someNotTraced) return { verdict: 'conditional', reason: 'several' };
  if (fact.several) return { verdict: 'conditional', reason: 'several' };
  return hasWholeBlacklist ? YES : NOT_KNOWN;
}
