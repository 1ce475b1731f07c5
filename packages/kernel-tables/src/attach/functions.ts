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
  const text = symbols.indexesOfText();
  const names: string[] = [];
  const flags: number[] = [];
  const named = text.map((i) => ({ name: symbols.name(i), address: symbols.addresses[i] as bigint }));
  named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (let i = 0; i < named.length; ) {
    const { name } = named[i] as { name: string };
    const fact = { count: 0, traced: 0, init: 0, denied: false };
    for (; named[i]?.name === name; i++) {
      const { address } = named[i] as { address: bigint };
      if (view.memory.regionOf(address) === undefined) continue;
      fact.count++;
      if (places.has(address)) fact.traced++;
      if (init && address >= init.start && address < init.end) fact.init++;
      if (blacklist.has(address)) fact.denied = true;
    }
    if (fact.count === 0 || /^__(?:pfx|cfi)_/.test(name)) continue; // padding before functions
    names.push(name);
    flags.push(
      (fact.traced > 0 ? FunctionFlag.Traced : 0) |
        (fact.init === fact.count ? FunctionFlag.InitOnly : 0) |
        (fact.denied ? FunctionFlag.KprobeDenied : 0) |
        (fact.count > 1 ? FunctionFlag.Several : 0) |
        (fact.traced > 0 && fact.traced < fact.count ? FunctionFlag.SomeNotTraced : 0),
    );
  }
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
