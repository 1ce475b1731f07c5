// Where a kernel's tables are: by their symbols, and where the image has no symbols of data, by their shape or by the code
// that refers to them. Nothing is guessed: what does not have the shape in every part is not there.

import { hasDataSymbols, type KernelView, symbolRange } from '../kernel-view.ts';
import { findCallTable, findMapTypes, findRawTracepoints, findVerifierOps } from './arrays.ts';
import { findBootTables } from './boot-tables.ts';
import { type ImageWords, imageWords, type WordRun } from './image-words.ts';

/** Addresses from `start` to `end`, which is excluded. */
export interface TableRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** The symbols around each table that the linker gathers. */
const SYMBOLS: Partial<Readonly<Record<string, readonly [string, string]>>> = {
  events: ['__start_ftrace_events', '__stop_ftrace_events'],
  evalMaps: ['__start_ftrace_eval_maps', '__stop_ftrace_eval_maps'],
  systemCalls: ['__start_syscalls_metadata', '__stop_syscalls_metadata'],
  blacklist: ['__start_kprobe_blacklist', '__stop_kprobe_blacklist'],
  rawTracepoints: ['__start__bpf_raw_tp', '__stop__bpf_raw_tp'],
};
/** The symbol of each array of a file, which ends where the next symbol begins. */
const ARRAYS: Partial<Readonly<Record<string, readonly string[]>>> = {
  callTable: ['sys_call_table'],
  compatCallTable: ['compat_sys_call_table', 'ia32_sys_call_table'],
  programTypes: ['bpf_prog_types'],
  verifierOps: ['bpf_verifier_ops'],
  mapTypes: ['bpf_map_types'],
};
/** A table that can be looked for. */
export type TableName =
  | 'events'
  | 'evalMaps'
  | 'systemCalls'
  | 'blacklist'
  | 'rawTracepoints'
  | 'callTable'
  | 'compatCallTable'
  | 'programTypes'
  | 'verifierOps'
  | 'mapTypes';

/** The table's place; undefined where it is not there or cannot be found. */
export function tableRange(view: KernelView, name: TableName): TableRange | undefined {
  const named = namedRange(view, name);
  return named ?? (hasDataSymbols(view) ? undefined : tablesOf(view)?.get(name));
}

function namedRange(view: KernelView, name: TableName): TableRange | undefined {
  const around = SYMBOLS[name];
  if (around !== undefined) return symbolRange(view, around[0], around[1]);
  const symbol = ARRAYS[name]?.find((one) => view.symbols.has(one));
  const start = symbol === undefined ? undefined : view.symbols.address(symbol);
  const end = start === undefined ? undefined : view.symbols.endOf(start);
  return start === undefined || end === undefined ? undefined : { start, end };
}

const found = new WeakMap<KernelView['symbols'], ReadonlyMap<TableName, TableRange>>();

function tablesOf(view: KernelView): ReadonlyMap<TableName, TableRange> | undefined {
  const known = found.get(view.symbols);
  if (known) return known;
  const tables = new Map<TableName, TableRange>();
  found.set(view.symbols, tables);
  const words = wordsOf(view);
  if (words === undefined) return tables;
  const add = (name: TableName, run: WordRun | undefined) => {
    if (run === undefined) return;
    tables.set(name, { start: words.origin + BigInt(run.start), end: words.origin + BigInt(run.end) });
  };
  const boot = findBootTables(view, words);
  if (boot) {
    add('events', boot.events);
    add('evalMaps', boot.evalMaps);
    add('systemCalls', boot.systemCalls);
    add('blacklist', boot.blacklist);
  }
  add('rawTracepoints', findRawTracepoints(view, words));
  add('callTable', findCallTable(view, words, false));
  add('compatCallTable', findCallTable(view, words, true));
  add('verifierOps', findVerifierOps(view, words));
  add('mapTypes', findMapTypes(view, words));
  return tables;
}

const allWords = new WeakMap<KernelView['memory'], { readonly words: ImageWords | undefined }>();

/** The image's words as numbers, read once. */
export function wordsOf({ memory }: KernelView): ImageWords | undefined {
  let known = allWords.get(memory);
  if (known === undefined) allWords.set(memory, (known = { words: imageWords(memory) }));
  return known.words;
}
