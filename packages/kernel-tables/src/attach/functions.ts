// The functions of a kernel by name, and what can be attached to each: all that `btfq func` and load checks ask.

import type { KernelView } from '../kernel-view.ts';
import { symbolRange } from '../kernel-view.ts';
import type { BlacklistEntry } from './kprobe-blacklist.ts';
import { patchedStarts } from './patched-starts.ts';
import { type Prototype, prototypesOf } from './prototypes.ts';
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
  /** The kernel's types have no function of this name: fentry has nothing to attach by. */
  NoType: 32,
  /** No trampoline can be made for its type: a struct is returned, too many arguments. */
  NoTrampoline: 64,
  /** Whether one can be made depends on what the image does not show. */
  MayHaveNoTrampoline: 128,
  /** ftrace has no place in it, but it may begin with what fentry replaces once the kernel has booted: it may attach all the same. */
  MayBePatched: 256,
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
  readonly noType: boolean;
  /** Whether its type stands against a trampoline. */
  readonly noTrampoline: boolean;
  readonly mayHaveNoTrampoline: boolean;
  readonly mayBePatched: boolean;
}

const TRACED = 1;
const INIT = 2;
const DENIED = 4;
const IN_IMAGE = 8;
const PATCHED = 16;

/** Sums up symbols, traced places and the blacklist. */
export function functionTable(
  view: KernelView,
  traced: readonly TracedFunction[],
  denied: readonly BlacklistEntry[],
): FunctionTable {
  const { symbols, memory } = view;
  const prototypes = prototypesOf({ btf: view.btf, arch: memory.arch, version: view.version });
  const isPatched = patchedStarts(view);
  const marks = new Uint8Array(symbols.count);
  const mark = (from: number, to: number, bit: number) => {
    for (let i = from; i < to; i++) marks[i] = marks[i]! | bit;
  };
  const markAt = (address: bigint, bit: number) => {
    for (const i of symbols.indexesAt(address)) mark(i, i + 1, bit);
  };
  for (const { address, offset } of traced) if (offset <= MAX_OFFSET) markAt(address, TRACED);
  for (const { start } of denied) markAt(start, DENIED);
  const init = symbolRange({ symbols }, '_sinittext', '_einittext');
  if (init) mark(symbols.lowerBound(init.start), symbols.lowerBound(init.end), INIT);
  for (const { address, size } of memory.regions) {
    mark(symbols.lowerBound(address), symbols.lowerBound(address + BigInt(size)), IN_IMAGE);
  }
  // By name: the number of functions, and how often each mark was seen. Columns, for there are 130,000 names.
  const places = new Map<string, number>();
  const text = symbols.indexesOfText();
  const counts = new Uint32Array(text.length);
  const [tracedOnes, initOnes] = [new Uint32Array(text.length), new Uint32Array(text.length)];
  const seen = new Uint8Array(text.length);
  for (const i of text) {
    const bits = marks[i]!;
    const name = symbols.name(i);
    if ((bits & IN_IMAGE) === 0 || name.startsWith('__pfx_') || name.startsWith('__cfi_')) continue; // padding
    let place = places.get(name);
    if (place === undefined) places.set(name, (place = places.size));
    counts[place] = counts[place]! + 1;
    if ((bits & TRACED) !== 0) tracedOnes[place] = tracedOnes[place]! + 1;
    // What has no type is attached to by no trampoline.
    else if (prototypes.has(name) && isPatched(symbols.addresses[i]!)) seen[place] = seen[place]! | PATCHED;
    if ((bits & INIT) !== 0) initOnes[place] = initOnes[place]! + 1;
    if ((bits & DENIED) !== 0) seen[place] = seen[place]! | DENIED;
  }
  const names = [...places.keys()].sort();
  const flags = names.map((name) => {
    const place = places.get(name) ?? 0;
    const [count, own] = [counts[place]!, tracedOnes[place]!];
    const bits = seen[place]!;
    return (
      (own > 0 ? FunctionFlag.Traced : 0) |
      (initOnes[place] === count ? FunctionFlag.InitOnly : 0) |
      ((bits & DENIED) !== 0 ? FunctionFlag.KprobeDenied : 0) |
      (count > 1 ? FunctionFlag.Several : 0) |
      (own > 0 && own < count ? FunctionFlag.SomeNotTraced : 0) |
      prototypeFlag(prototypes.get(name)) |
      (own === 0 && (bits & PATCHED) !== 0 ? FunctionFlag.MayBePatched : 0)
    );
  });
  return { names, flags };
}

/** What a function's type says of trampolines, as flags. */
export function prototypeFlag(prototype: Prototype | undefined): number {
  if (prototype === undefined) return FunctionFlag.NoType;
  if (prototype === 'fits') return 0;
  return prototype === 'refused' ? FunctionFlag.NoTrampoline : FunctionFlag.MayHaveNoTrampoline;
}

/** A place further inside belongs to a function that the linker dropped. */
const MAX_OFFSET = 16;

/** One function by name; undefined where the kernel has no function of this name. */
export function functionFact({ names, flags }: FunctionTable, name: string): FunctionFact | undefined {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (names[middle]! < name) low = middle + 1;
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
    noType: (flags & FunctionFlag.NoType) !== 0,
    noTrampoline: (flags & FunctionFlag.NoTrampoline) !== 0,
    mayHaveNoTrampoline: (flags & FunctionFlag.MayHaveNoTrampoline) !== 0,
    mayBePatched: (flags & FunctionFlag.MayBePatched) !== 0,
  };
}
