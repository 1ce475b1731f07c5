// The functions that ftrace can take, and with it fentry, fexit and kprobes on functions: those with an entry in the
// table of patchable call places (`__start_mcount_loc`; kernel/trace/ftrace.c, ftrace_process_locs).

import { type KernelView, pointersIn, symbolRange } from '../kernel-view.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import { findTracedPlaces } from './traced-places.ts';

/** One place that can be traced. */
export interface TracedFunction {
  /** The address of the symbol whose code it is. */
  readonly address: bigint;
  /** Bytes from there to the call place: 0, 4 behind a landing pad, more where the function itself is gone. */
  readonly offset: number;
}

/** Which release first shows a place far from its symbol as invalid, on x86 (commit b39181f7c690, 6.0). */
const INVALID_SINCE = [6, 0] as const;

/**
 * The places in the order of their addresses, without what is freed after boot; undefined where the kernel has no such
 * table, or it cannot be found.
 */
export function tracedFunctions(view: KernelView): readonly TracedFunction[] | undefined {
  const { memory, symbols } = view;
  const range = symbolRange(view, '__start_mcount_loc', '__stop_mcount_loc');
  const places = range ? pointersIn(memory, range.start, range.end) : findTracedPlaces(view);
  if (places === undefined) return undefined;
  const init = symbolRange(view, '__init_begin', '__init_end') ?? symbolRange(view, '_sinittext', '_einittext');
  const kept: bigint[] = [];
  for (const place of places) {
    if (place === 0n || (init && place >= init.start && place < init.end)) continue;
    if (isText(symbols, place)) kept.push(place);
  }
  const sorted = [...BigUint64Array.from(kept).sort()];
  const isBefore = isBeforeFunction(view, sorted);
  return sorted.map((place) => functionOf(symbols, place, isBefore));
}

/** Places in no text are functions that the linker dropped. */
function isText(symbols: SymbolTable, place: bigint): boolean {
  const start = symbols.startOf(place + 8n);
  return start !== undefined && symbols.indexesAt(start).some((i) => /[tTwW]/.test(symbols.type(i)));
}

/**
 * Whether the call place is before its function: arm64 may patch two instructions there (CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS).
 * Labels of sections lie at such places too, so the table as a whole decides.
 */
function isBeforeFunction({ memory, symbols }: KernelView, places: readonly bigint[]): boolean {
  if (memory.arch !== 'arm64') return false;
  const step = Math.max(1, Math.floor(places.length / 1024));
  let before = 0;
  let inside = 0;
  for (let i = 0; i < places.length; i += step) {
    const place = places[i]!;
    if (symbols.indexesAt(place + 8n).length > 0) before++;
    else inside++;
  }
  return before > inside;
}

function functionOf(symbols: SymbolTable, place: bigint, isBefore: boolean): TracedFunction {
  if (isBefore && symbols.indexesAt(place + 8n).length > 0) return { address: place + 8n, offset: 0 };
  const address = symbols.startOf(place) ?? place;
  return { address, offset: Number(place - address) };
}

/**
 * The lines of tracefs' `available_filter_functions`: of the names of one address the kernel shows the first. From 6.0 on, x86
 * shows a place that lies further inside a symbol than a landing pad as an invalid address.
 */
export function filterFunctionLines(view: KernelView, traced: readonly TracedFunction[]): string[] {
  const { symbols, memory, version } = view;
  const tellsInvalid = /^(x86_64|i686)$/.test(memory.arch) && version !== undefined && isFrom(version, INVALID_SINCE);
  // endbr64 is there in kernels built with IBT: then the usual call place is 4 behind the symbol.
  const most = traced.some(({ offset }) => offset === 4) ? 4 : 0;
  return traced.map(({ address, offset }) => {
    if (tellsInvalid && offset > most) return `__ftrace_invalid_address___${offset}`;
    const index = symbols.indexesAt(address)[0];
    return index === undefined ? '' : symbols.name(index);
  });
}

function isFrom(version: readonly [number, number], since: readonly [number, number]): boolean {
  return version[0] > since[0] || (version[0] === since[0] && version[1] >= since[1]);
}
