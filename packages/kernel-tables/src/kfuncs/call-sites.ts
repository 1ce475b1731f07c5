// Calls in machine code: who calls a function, and what else it calls. x86-64's `call` and `jmp` with a 32-bit distance
// are found by their bytes, so that chance finds more; arm64's instructions are words.

import { type KernelView, symbolRange } from '../kernel-view.ts';

/** One call. */
export interface CallSite {
  /** The address behind the call, where it returns to. */
  readonly returns: bigint;
  /** The function that is called. */
  readonly target: bigint;
  /** A jump: it returns to whoever called the caller. */
  readonly isTailCall: boolean;
}

/** A function with its calls of one other function. */
export interface Caller {
  readonly caller: bigint;
  readonly sites: readonly CallSite[];
}

/** The functions that call one of these, by address. */
export function callsTo(view: KernelView, called: readonly bigint[]): Caller[] {
  const callers = new Map<bigint, CallSite[]>();
  for (const { start, end } of textRanges(view)) {
    const region = view.memory.regionOf(start);
    if (region === undefined) continue;
    const { address, bytes } = region;
    const to = Math.min(bytes.length, Number(end - address));
    forEachCall(
      view,
      bytes,
      Number(start - address),
      to,
      address,
      called.map((target) => Number(target - address)),
      (_, site) => {
        const caller = view.symbols.startOf(site.returns - 1n);
        if (caller === undefined || called.includes(caller)) return;
        callers.set(caller, [...(callers.get(caller) ?? []), site]);
      },
    );
  }
  return [...callers].map(([caller, sites]) => ({ caller, sites }));
}

/** Where there is code: the kernel's text and what it frees after boot; without their symbols, what may be executed. */
function textRanges(view: KernelView): { readonly start: bigint; readonly end: bigint }[] {
  const named = [symbolRange(view, '_stext', '_etext'), symbolRange(view, '_sinittext', '_einittext')];
  const known = named.filter((range) => range !== undefined);
  if (known.length === 2) return known;
  const regions = view.memory.regions.filter(({ flags }) => (flags & 1) !== 0);
  return regions.map(({ address, bytes }) => ({ start: address, end: address + BigInt(bytes.length) }));
}

/** Everything that a function calls, and jumps to outside of itself. */
export function callTargets(view: KernelView, caller: bigint): Set<bigint> {
  const targets = new Set<bigint>();
  const end = view.symbols.endOf(caller) ?? caller + 4096n;
  const region = view.memory.regionOf(caller);
  if (region === undefined) return targets;
  const from = Number(caller - region.address);
  const to = Math.min(Number(end - region.address), region.bytes.length);
  forEachCall(view, region.bytes, from, to, region.address, undefined, (called) => {
    // Only beginnings of functions: the rest is chance, or a jump within.
    const isOwn = called >= caller && called < end;
    const isFunction = view.symbols.indexesAt(called).some((i) => /[tTwW]/.test(view.symbols.type(i)));
    if (!isOwn && isFunction && !isThunk(view, called)) targets.add(called);
  });
  return targets;
}

/** Returns and landing places that compilers call: they are run. */
function isThunk({ symbols }: KernelView, address: bigint): boolean {
  return symbols
    .indexesAt(address)
    .some((i) => /^__x86_(?:return|indirect)|^__fentry__$|^__warn_thunk/.test(symbols.name(i)));
}

/** Visits calls in a stretch of code; `only` those of functions at these distances from `base`. */
function forEachCall(
  { memory }: KernelView,
  bytes: Uint8Array,
  from: number,
  to: number,
  base: bigint,
  only: readonly number[] | undefined,
  visit: (target: bigint, site: CallSite) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (memory.arch === 'arm64') {
    for (let at = (from + 3) & ~3; at + 4 <= to; at += 4) {
      const word = view.getUint32(at, true);
      const kind = word & 0x7c000000;
      if (kind !== 0x14000000) continue;
      const distance = ((word & 0x3ffffff) << 6) >> 4;
      if (only !== undefined && !only.includes(at + distance)) continue;
      const isTailCall = word >>> 31 === 0;
      const target = base + BigInt(at + distance);
      visit(target, { returns: base + BigInt(at + 4), target, isTailCall });
    }
    return;
  }
  // Every byte is looked at: plain arithmetic, for a view's checks cost more than the rest.
  for (let at = from, last = to - 5; at <= last; at++) {
    const opcode = bytes[at]!;
    if ((opcode & 0xfe) !== 0xe8) continue;
    const [low, high] = [bytes[at + 1]! | (bytes[at + 2]! << 8), bytes[at + 4]!];
    const target = at + 5 + (low | (bytes[at + 3]! << 16) | (high << 24));
    if (only !== undefined && !isAmong(only, target)) continue;
    const called = base + BigInt(target);
    visit(called, { returns: base + BigInt(at + 5), target: called, isTailCall: opcode === 0xe9 });
  }
}

function isAmong(list: readonly number[], value: number): boolean {
  for (let i = 0; i < list.length; i++) if (list[i] === value) return true;
  return false;
}
