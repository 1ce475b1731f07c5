// KernelTables: all that a kernel's image says besides types, as plain data. What could not be read is undefined, and
// never an empty list: 'not known' is not 'no'.

import { type Btf, BtfKind, findByName } from '@btfq/btf-format';
import { ID_SETS, type IdSetName, idSet } from './attach/btf-id-sets.ts';
import { type ErrorInjection, errorInjection } from './attach/error-injection.ts';
import { type FunctionTable, functionTable } from './attach/functions.ts';
import { blacklistedAreas, kprobeBlacklist } from './attach/kprobe-blacklist.ts';
import { type RawTracepoint, rawTracepoints } from './attach/raw-tracepoints.ts';
import { tracedFunctions } from './attach/traced-functions.ts';
import { systemCallFacts } from './events/system-call-facts.ts';
import { systemCalls } from './events/system-calls.ts';
import { type TraceEvents, traceEvents } from './events/trace-events.ts';
import { hasBytes } from './image/find-bytes.ts';
import { type HelperTable, helperTable } from './helpers/helpers.ts';
import type { KernelImage } from './image/kernel-image.ts';
import { type Kfunc, type Registrations, registrations } from './kfuncs/registrations.ts';
import { isReadError } from './read-errors.ts';
import type { StructOps } from './kfuncs/struct-ops.ts';
import { hasDataSymbols, type KernelView, kernelView } from './kernel-view.ts';
import { type KernelType, mapTypes, programTypes } from './programs/operations.ts';

/** One system call as the tables keep it. */
export interface SystemCallFact {
  /** Without `sys_`. */
  readonly name: string;
  readonly numbers: readonly number[];
  /** Undefined where the kernel has no description of the call: it is there for programs of 32 bits alone, or is not traced. */
  readonly args: readonly { readonly type: string; readonly name: string }[] | undefined;
  /** Programs of 32 bits: their numbers for it, and the function where they have one of their own; undefined where that is not known. */
  readonly compat: { readonly numbers: readonly number[]; readonly entry: string | undefined } | undefined;
}

/** A program or map type, and whether the kernel was built with it. */
export interface TypeFact {
  /** Without its prefix: `KPROBE`, `HASH`. */
  readonly name: string;
  readonly present: boolean;
}

/** The tables of one kernel. Every table may be undefined: it is not known then, and `notKnown` says why. */
export interface KernelTables {
  /** `uname -m`'s word, except `arm64`. */
  readonly arch: string;
  /** Where the symbols were read. */
  readonly symbols: 'kallsyms' | 'elf';
  /** Functions by name; what is not in it has no symbol: it was inlined everywhere, or is not in this kernel. */
  readonly functions: FunctionTable | undefined;
  /** Whether the whole kprobe blacklist was read; if not, the flags say the sections that are denied as a whole. */
  readonly hasWholeBlacklist: boolean;
  /** Whether kprobes on a name of several functions are refused; undefined where that is not known. */
  readonly uniqueKprobes: boolean | undefined;
  /** Whether trampolines can be attached to functions at all (fentry, fexit, fmod_ret, lsm): not on arm64 before 6.4. */
  readonly trampolines: boolean | undefined;
  readonly rawTracepoints: readonly RawTracepoint[] | undefined;
  readonly events: TraceEvents | undefined;
  readonly systemCalls: readonly SystemCallFact[] | undefined;
  /** Sets of functions and hooks by their names in the kernel's sources; a set that is missing is not known. */
  readonly idSets: Readonly<Partial<Record<IdSetName, readonly string[]>>>;
  readonly helpers: HelperTable | undefined;
  readonly programTypes: readonly TypeFact[] | undefined;
  readonly mapTypes: readonly TypeFact[] | undefined;
  readonly kfuncs: readonly Kfunc[] | undefined;
  /** Functions whose return value may be replaced. */
  readonly errorInjection: readonly ErrorInjection[] | undefined;
  /** Functions that fmod_ret programs may take besides those, and besides `security_*`. */
  readonly fmodret: readonly string[] | undefined;
  /** Targets of iterators: `task` for programs in `iter/task`. */
  readonly iterators: readonly string[] | undefined;
  readonly structOps: readonly StructOps[] | undefined;
  /** Functions that register kfuncs in a way that was not understood: a kfunc that is not listed may be there all the same. */
  readonly kfuncsNotUnderstood: readonly string[];
  /** Why tables are not known, in words, by the table's name. */
  readonly notKnown: Readonly<Record<string, string>>;
}

/**
 * Reads all tables of a kernel. Nothing is thrown for a table that cannot be read.
 *
 * @example
 * const tables = kernelTables(openKernelImage(bytes), btf);
 * const fact = tables.functions && functionFact(tables.functions, 'tcp_connect');
 */
export function kernelTables(image: Pick<KernelImage, 'memory' | 'symbols'>, btf: Btf): KernelTables {
  const view = kernelView(image, btf);
  const notKnown: Record<string, string> = {};
  const attempt = <T>(table: string, read: () => T | undefined): T | undefined => {
    let value: T | undefined;
    let why = hasDataSymbols(view) ? 'not found in the image' : 'the image has no data symbols (CONFIG_KALLSYMS_ALL)';
    try {
      value = read();
    } catch (error) {
      // Damaged types or offsets: the other tables may still be whole.
      if (!isReadError(error)) throw error;
      why = error.message;
    }
    if (value === undefined) notKnown[table] = why;
    return value;
  };
  const traced = attempt('functions', () => tracedFunctions(view));
  const blacklist = attempt('kprobe blacklist', () => kprobeBlacklist(view));
  const denied = blacklist ?? attempt('kprobe blacklist', () => blacklistedAreas(view)) ?? [];
  if (blacklist === undefined) notKnown['kprobe blacklist'] ??= 'only its sections are known';
  const calls = attempt('system calls', () => systemCalls(view));
  const registered = attempt('registrations', () => registrations(view)) ?? NOTHING_REGISTERED;
  delete notKnown.registrations;
  const idSets: Partial<Record<IdSetName, readonly string[]>> = {};
  for (const name of ID_SETS) {
    const set = attempt(`set ${name}`, () => idSet(view, name));
    if (set) idSets[name] = set;
  }
  return {
    arch: view.memory.arch,
    symbols: view.symbols.source,
    functions: traced && attempt('functions', () => functionTable(view, traced, denied)),
    hasWholeBlacklist: blacklist !== undefined,
    uniqueKprobes: uniqueKprobes(view),
    trampolines: trampolines(view),
    rawTracepoints: attempt('raw tracepoints', () => rawTracepoints(view)),
    events: attempt('events', () => traceEvents(view, calls)),
    systemCalls: calls && attempt('system calls', () => systemCallFacts(view, calls)),
    idSets,
    helpers: attempt('helpers', () => helperTable(view)),
    programTypes: attempt('program types', () => programTypes(view)?.map(typeFact)),
    mapTypes: attempt('map types', () => mapTypes(view)?.map(typeFact)),
    kfuncs: attempt('kfuncs', () => registered.kfuncs),
    kfuncsNotUnderstood: registered.kfuncsNotUnderstood,
    errorInjection: attempt('error injection', () => errorInjection(view)),
    fmodret: attempt('fmod_ret functions', () => registered.fmodret),
    iterators: attempt('iterators', () => registered.iterators),
    structOps: attempt('struct_ops', () => registered.structOps),
    notKnown,
  };
}

const NOTHING_REGISTERED: Registrations = {
  kfuncs: undefined,
  kfuncsNotUnderstood: [],
  fmodret: undefined,
  iterators: undefined,
  structOps: undefined,
};

function typeFact({ name, operations }: KernelType): TypeFact {
  return { name, present: operations !== 0n };
}

/** The words that the kernel has for it (commit b022f0c7e404, 6.6, and what stable series have of it). */
const NOT_UNIQUE = new TextEncoder().encode('The symbol is not unique\0');

/** Whether the image has those words, where it has those of its neighbours at all. */
function uniqueKprobes({ memory, symbols }: KernelView): boolean | undefined {
  if (memory.regions.some(({ bytes }) => hasBytes(bytes, NOT_UNIQUE, NOT_UNIQUE.indexOf(0x71)))) return true;
  return symbols.has('trace_kprobe_create') || symbols.has('create_local_trace_kprobe') ? false : undefined;
}

/** x86-64 always has them; arm64 since ftrace calls directly there (6.4), which FUNC register_ftrace_direct says. */
function trampolines({ memory, btf }: KernelView): boolean | undefined {
  if (memory.arch === 'x86_64') return true;
  if (memory.arch === 'arm64') return findByName(btf, 'register_ftrace_direct', BtfKind.Func) !== undefined;
  return undefined;
}
