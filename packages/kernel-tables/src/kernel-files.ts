// What the booted kernel's own files say, as text at link addresses (as with `nokaslr`), so that they can be compared.

import type { Btf } from '@btfq/btf-format';
import { type ErrorInjection, errorInjection } from './attach/error-injection.ts';
import { ID_SETS, idSet } from './attach/btf-id-sets.ts';
import { blacklistLines, kprobeBlacklist } from './attach/kprobe-blacklist.ts';
import { filterFunctionLines, tracedFunctions } from './attach/traced-functions.ts';
import { eventFormat } from './events/format-text.ts';
import { systemCalls } from './events/system-calls.ts';
import { type TraceEvents, type TraceField, traceEvents } from './events/trace-events.ts';
import type { ModuleTables } from './modules/module-tables.ts';
import { FunctionFlag } from './attach/functions.ts';
import type { KernelTables } from './tables.ts';
import { featuresOf } from './features.ts';
import { helperTable } from './helpers/helpers.ts';
import type { KernelImage } from './image/kernel-image.ts';
import { type KernelView, kernelView } from './kernel-view.ts';
import { registrations } from './kfuncs/registrations.ts';
import { iteratorLines, type ListTables, lsmHookLines, structOpsLines } from './list-files.ts';
import { mapTypes, programTypes } from './programs/operations.ts';

/** The files that {@link kernelFile} writes; besides them `events/SYSTEM/EVENT/format`. */
export const kernelFileNames = [
  'kallsyms',
  'available_filter_functions',
  'available_events',
  'kprobes/blacklist',
  'error_injection/list',
  'features',
  'lsm-hooks',
  'iterators',
  'struct-ops',
  'error-injection',
] as const;

/** One file, or why it cannot be determined. */
export type KernelFile =
  | { readonly text: string }
  | { readonly notKnown: string }
  /** The kernel has no such event, or no file has this name. */
  | { readonly absent: string };

/** The file of that name as the booted kernel would show it. */
export function kernelFile(image: Pick<KernelImage, 'memory' | 'symbols'>, btf: Btf, name: string): KernelFile {
  const view = kernelView(image, btf);
  switch (name) {
    case 'kallsyms':
      return { text: kallsyms(view) };
    case 'available_filter_functions': {
      const traced = tracedFunctions(view);
      return lines(traced && filterFunctionLines(view, traced), 'the table of traced functions');
    }
    case 'available_events': {
      const events = traceEvents(view, systemCalls(view))?.events.filter(({ enableable }) => enableable);
      return lines(
        events?.map(({ system, name: event }) => `${system}:${event}`),
        'the table of events',
      );
    }
    case 'kprobes/blacklist': {
      const blacklist = kprobeBlacklist(view);
      return lines(blacklist && blacklistLines(blacklist), 'the table of functions without probes');
    }
    case 'error_injection/list':
    case 'error-injection':
      return errorInjectionFile(errorInjection(view));
    case 'lsm-hooks':
    case 'iterators':
    case 'struct-ops':
      return listFile(listTables(view), name);
    case 'features': {
      const features = featuresOf(
        { helpers: helperTable(view), programTypes: typesOf(programTypes(view)), mapTypes: typesOf(mapTypes(view)) },
        btf,
      );
      return features ? { text: `${JSON.stringify(features)}\n` } : { notKnown: 'the tables of program types' };
    }
    default:
      return eventFile(traceEvents(view, systemCalls(view)), name);
  }
}

/**
 * The file of that name by tables alone, as an index keeps them: without addresses, and in the order of names, each once.
 */
export function tablesFile(tables: KernelTables, btf: Btf, name: string): KernelFile {
  switch (name) {
    case 'kallsyms':
    case 'kprobes/blacklist':
      return { notKnown: `${name}: addresses are in the kernel's image alone, name that` };
    case 'available_filter_functions': {
      const { functions } = tables;
      const traced = functions?.names.filter((_, i) => ((functions.flags[i] ?? 0) & FunctionFlag.Traced) !== 0);
      return lines(traced, 'the table of traced functions');
    }
    case 'available_events': {
      const events = tables.events?.events.filter(({ enableable }) => enableable);
      return lines(
        events?.map(({ system, name: event }) => `${system}:${event}`),
        'the table of events',
      );
    }
    case 'error_injection/list':
    case 'error-injection':
      return errorInjectionFile(tables.errorInjection);
    case 'lsm-hooks':
    case 'iterators':
    case 'struct-ops':
      return listFile(tables, name);
    case 'features': {
      const features = featuresOf(tables, btf);
      return features ? { text: `${JSON.stringify(features)}\n` } : { notKnown: 'the tables of program types' };
    }
    default:
      return eventFile(tables.events, name);
  }
}

/** What is known of a module that is loaded. */
export type ModuleLines = Pick<
  ModuleTables,
  'name' | 'functions' | 'events' | 'iterators' | 'structOps' | 'errorInjection'
>;

/**
 * What the file of that name has besides once a module is loaded: lines of `available_filter_functions` with its name behind
 * them, of `available_events`, and of the lists; for an event of its own, the format. Undefined where a module adds nothing to such a
 * file. `common`: the fields that all events have.
 */
export function moduleFile(module: ModuleLines, name: string, common: readonly TraceField[]): KernelFile | undefined {
  switch (name) {
    case 'available_filter_functions': {
      const { functions } = module;
      const traced = functions?.names.filter((_, i) => ((functions.flags[i] ?? 0) & FunctionFlag.Traced) !== 0);
      return lines(
        traced?.map((one) => `${one}\t[${module.name}]`),
        `the functions of ${module.name}`,
      );
    }
    case 'available_events': {
      const events = module.events?.filter(({ enableable }) => enableable);
      return lines(
        events?.map(({ system, name: event }) => `${system}:${event}`),
        `the events of ${module.name}`,
      );
    }
    case 'iterators':
    case 'struct-ops':
      return listFile({ idSets: {}, iterators: module.iterators, structOps: module.structOps }, name);
    case 'error_injection/list':
    case 'error-injection':
      return errorInjectionFile(module.errorInjection);
    default:
      if (!name.startsWith('events/')) return undefined;
      return eventFile(module.events && { common, events: module.events }, name);
  }
}

function listTables(view: KernelView): ListTables {
  const { iterators, structOps } = registrations(view);
  const sets = ID_SETS.map((set) => [set, idSet(view, set)] as const).filter(([, names]) => names !== undefined);
  return { idSets: Object.fromEntries(sets), iterators, structOps };
}

function listFile(tables: ListTables, name: 'lsm-hooks' | 'iterators' | 'struct-ops'): KernelFile {
  if (name === 'lsm-hooks') return lines(lsmHookLines(tables), 'the set of LSM hooks');
  if (name === 'iterators') return lines(iteratorLines(tables), 'what registers iterators');
  return lines(structOpsLines(tables), 'what registers struct_ops');
}

function errorInjectionFile(list: readonly ErrorInjection[] | undefined): KernelFile {
  return lines(
    list?.map(({ name, type }) => `${name}\t${type}`),
    'the list of functions with error injection',
  );
}

function typesOf(types: ReturnType<typeof programTypes>) {
  return types?.map(({ name, operations }) => ({ name, present: operations !== 0n }));
}

function eventFile(all: TraceEvents | undefined, name: string): KernelFile {
  const [, system, event] = /^events\/([^/]+)\/([^/]+)\/format$/.exec(name) ?? [];
  if (system === undefined || event === undefined) return { absent: `no file is called ${name}` };
  if (all === undefined) return { notKnown: 'the table of events' };
  const found = all.events.find((candidate) => candidate.system === system && candidate.name === event);
  if (found === undefined) return { absent: `the kernel has no event ${system}/${event}` };
  const text = eventFormat(all, found);
  return text === undefined ? { notKnown: `how ${system}/${event} is made` } : { text };
}

function lines(values: readonly string[] | undefined, what: string): KernelFile {
  if (values === undefined) return { notKnown: what };
  return { text: values.map((line) => `${line}\n`).join('') };
}

function kallsyms({ symbols, memory }: KernelView): string {
  const width = memory.wordSize * 2;
  let text = '';
  for (let i = 0; i < symbols.count; i++) {
    const address = symbols.addresses[i]!.toString(16).padStart(width, '0');
    text += `${address} ${symbols.type(i)} ${symbols.name(i)}\n`;
  }
  return text;
}
