// The functions of a kernel by name, and what can be attached to each: all that `btfq func` and load checks ask.

import type { KernelView } from '../kernel-view.ts';
import { symbolRange } from '../kernel-view.ts';
import type { BlacklistEntry } from './kprobe-blacklist.ts';
import type { TracedFunction } from './traced-functions.ts';

/** Bits of {@link FunctionTable.flags}. */
export const FunctionFlag = {
  /** Some function of this name has a place that ftrace patches: fentry and kprobe can take it. */
  Traced: 1,
  /** No function of this name is there once the kernel has booted: `__init`. */
  InitOnly: 2,
  /** In the kprobe blacklist. */
  KprobeDenied: 4,
  /** Several functions have this name. */
  Several: 8,
  /** Of several, some have no place that ftrace patches. */
  SomeNotTraced: 16,
} as const;

/** All functions, sorted by name (by code units), with the flags of each. */
export interface FunctionTable {
  readonly names: readonly string[];
  readonly flags: readonly number[];
}

/** What the tables say of one function. */
export interface FunctionFact {
  readonly traced: boolean;
  readonly initOnly: boolean;
  readonly kprobeDenied: boolean;
  readonly several: boolean;
  readonly someNotTraced: boolean;
}

/** Sums up symbols, traced places and the blacklist. */
export function functionTable(
  { symbols, ...view }: KernelView,
  traced: readonly TracedFunction[],
  denied: readonly BlacklistEntry[],
): FunctionTable {
  const places = new Set<bigint>();
  for (const { address, offset } of traced) if (offset <= 16) places.add(address);
  const init = symbolRange({ symbols }, '_sinittext', '_einittext');
  const blacklist = new Set(denied.map(({ start }) => start));
  const byName = new Map<string, { count: number; traced: number; init: number; denied: boolean }>();
  for (let i = 0; i < symbols.count; i++) {
    const type = symbols.type(i);
    if (type !== 't' && type !== 'T' && type !== 'w' && type !== 'W') continue;
    const name = symbols.name(i);
    if (/^__(?:pfx|cfi)_/.test(name)) continue; // padding before functions
    const address = symbols.addresses[i] as bigint;
    if (view.memory.regionOf(address) === undefined) continue;
    const fact = byName.get(name) ?? { count: 0, traced: 0, init: 0, denied: false };
    fact.count++;
    if (places.has(address)) fact.traced++;
    if (init && address >= init.start && address < init.end) fact.init++;
    if (blacklist.has(address)) fact.denied = true;
    byName.set(name, fact);
  }
  const names = [...byName.keys()].sort();
  const flags = names.map((name) => {
    const fact = byName.get(name) ?? { count: 0, traced: 0, init: 0, denied: false };
    return (
      (fact.traced > 0 ? FunctionFlag.Traced : 0) |
      (fact.init === fact.count ? FunctionFlag.InitOnly : 0) |
      (fact.denied ? FunctionFlag.KprobeDenied : 0) |
      (fact.count > 1 ? FunctionFlag.Several : 0) |
      (fact.traced > 0 && fact.traced < fact.count ? FunctionFlag.SomeNotTraced : 0)
    );
  });
  return { names, flags };
}

/** One function by name; undefined where the kernel has no function of this name. */
export function functionFact({ names, flags }: FunctionTable, name: string): FunctionFact | undefined {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] as string) < name) low = middle + 1;
    else high = middle;
  }
  return names[low] === name ? factOf(flags[low] ?? 0) : undefined;
}

/** The flags of one function spelled out. */
export function factOf(flags: number): FunctionFact {
  return {
    traced: (flags & FunctionFlag.Traced) !== 0,
    initOnly: (flags & FunctionFlag.InitOnly) !== 0,
    kprobeDenied: (flags & FunctionFlag.KprobeDenied) !== 0,
    several: (flags & FunctionFlag.Several) !== 0,
    someNotTraced: (flags & FunctionFlag.SomeNotTraced) !== 0,
  };
}
