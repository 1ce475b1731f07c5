// ModuleTables: what a module adds to its kernel once it is loaded, as plain data. As with the kernel's own tables, what could
// not be read is undefined.

import type { Btf } from '@btfq/btf-format';
import type { ElfFile } from '@btfq/elf';
import { type ErrorInjection, errorInjection } from '../attach/error-injection.ts';
import type { FunctionTable } from '../attach/functions.ts';
import { prototypesOf } from '../attach/prototypes.ts';
import { type RawTracepoint, rawTracepoints } from '../attach/raw-tracepoints.ts';
import { type TraceEvent, traceEvents } from '../events/trace-events.ts';
import { type Kfunc, type Registrations, REGISTERS, registrations } from '../kfuncs/registrations.ts';
import type { StructOps } from '../kfuncs/struct-ops.ts';
import { isReadError } from '../read-errors.ts';
import type { KernelView } from '../kernel-view.ts';
import { checkModule } from './module-file.ts';
import { moduleFunctions } from './module-functions.ts';
import { archOf, moduleMemory } from './module-memory.ts';

/** The tables of one module. */
export interface ModuleTables {
  /** As `lsmod` shows it. */
  readonly name: string;
  readonly functions: FunctionTable | undefined;
  readonly events: readonly TraceEvent[] | undefined;
  readonly rawTracepoints: readonly RawTracepoint[] | undefined;
  readonly kfuncs: readonly Kfunc[] | undefined;
  readonly kfuncsNotUnderstood: readonly string[];
  readonly errorInjection: readonly ErrorInjection[] | undefined;
  readonly fmodret: readonly string[] | undefined;
  readonly iterators: readonly string[] | undefined;
  readonly structOps: readonly StructOps[] | undefined;
}

/** What is known of a module's kernel. */
export interface ModuleKernel {
  /** The kernel's own types. */
  readonly btf: Btf;
  /** The module's own types over its kernel's, or over its distilled base; undefined where it has none. */
  readonly ownTypes: Btf | undefined;
  /** The release's first numbers, `[6, 12]`. */
  readonly version: readonly [number, number] | undefined;
}

/** Whether reading a module takes its kernel's types: most have functions alone. */
export function needsKernelTypes(elf: ElfFile): boolean {
  return hasTables(elf) || registersAnything(elf);
}

/**
 * Reads a module's tables. `kernel` may be missing where {@link needsKernelTypes} says that it is not asked for.
 *
 * @throws KernelTablesError `not-a-kernel` for a file that is no module
 * @example
 * const { functions } = moduleTables('xfs', parseElf(bytes), kernel);
 */
export function moduleTables(name: string, elf: ElfFile, kernel: ModuleKernel | undefined): ModuleTables {
  checkModule(elf);
  const attempt = <T>(read: () => T | undefined): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!isReadError(error)) throw error;
      return undefined;
    }
  };
  const types = kernel?.ownTypes;
  const prototypes = attempt(
    () => types && kernel && prototypesOf({ btf: types, arch: archOf(elf), version: kernel.version }),
  );
  const functions = attempt(() => moduleFunctions(elf, prototypes));
  const isRegistering = attempt(() => registersAnything(elf));
  const needs = attempt(() => needsKernelTypes(elf));
  const nothing = needs === false ? [] : undefined;
  const base = { name, functions, kfuncsNotUnderstood: [] };
  const view = needs && kernel ? attempt(() => moduleView(elf, kernel, isRegistering === true)) : undefined;
  if (view === undefined) {
    const lists = { events: nothing, rawTracepoints: nothing, kfuncs: nothing, errorInjection: nothing };
    return { ...base, ...lists, fmodret: nothing, iterators: nothing, structOps: nothing };
  }
  const ofSection = <T>(section: string, read: () => readonly T[] | undefined) => {
    return attempt(() => (elf.section(section) === undefined ? [] : read()));
  };
  const registered = isRegistering ? attempt(() => registrations(view)) : NOTHING;
  // Which function of the kernel is not used registers nothing.
  const used = (register: string, list: 'kfuncs' | 'fmodret' | 'iterators' | 'structOps') =>
    view.symbols.has(register) ? registered?.[list] : [];
  return {
    ...base,
    events: ofSection('_ftrace_events', () => traceEvents(view, undefined)?.events),
    rawTracepoints: ofSection('__bpf_raw_tp_map', () => rawTracepoints(view)),
    errorInjection: ofSection('_error_injection_whitelist', () => errorInjection(view)),
    kfuncs: used(REGISTERS.kfuncs, 'kfuncs') as ModuleTables['kfuncs'],
    kfuncsNotUnderstood: registered?.kfuncsNotUnderstood ?? [],
    fmodret: used(REGISTERS.fmodret, 'fmodret') as ModuleTables['fmodret'],
    iterators: used(REGISTERS.iterator, 'iterators') as ModuleTables['iterators'],
    structOps: used(REGISTERS.structOps, 'structOps') as ModuleTables['structOps'],
  };
}

const NOTHING: Registrations = { kfuncs: [], kfuncsNotUnderstood: [], fmodret: [], iterators: [], structOps: [] };

function moduleView(elf: ElfFile, { btf, ownTypes, version }: ModuleKernel, withCode: boolean): KernelView {
  const { memory, symbols } = moduleMemory(elf, withCode);
  return { memory, symbols, btf, idTypes: ownTypes ?? btf, version };
}

function hasTables(elf: ElfFile): boolean {
  return ['_ftrace_events', '__bpf_raw_tp_map', '_error_injection_whitelist'].some((name) => elf.section(name));
}

/** Whether it uses a function that registers something for programs. */
function registersAnything(elf: ElfFile): boolean {
  return Object.values(REGISTERS).some((name) => elf.symbol(name)?.sectionIndex === 0);
}
