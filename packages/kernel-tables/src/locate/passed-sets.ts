// Sets of BTF ids where their symbols are missing: by the code that asks them. `btf_id_set_contains(set, id)` is one function
// up to 6.6; what each of its calls passes is read from the instructions in front of the call.

import { callsTo } from '../kfuncs/call-sites.ts';
import type { KernelView } from '../kernel-view.ts';

/** The sets that are asked. */
export interface PassedSets {
  /** Addresses of sets, each once. */
  readonly sets: readonly bigint[];
  /** Whether every call was understood: then what is not among them is not asked by this kernel. */
  readonly isWhole: boolean;
}

const known = new WeakMap<KernelView['symbols'], { readonly sets: PassedSets | undefined }>();

/** What calls of `btf_id_set_contains` pass; undefined where the kernel has no such function. */
export function passedSets(view: KernelView): PassedSets | undefined {
  const before = known.get(view.symbols);
  if (before) return before.sets;
  const sets = readPassedSets(view);
  known.set(view.symbols, { sets });
  return sets;
}

function readPassedSets(view: KernelView): PassedSets | undefined {
  const contains = view.symbols.address('btf_id_set_contains');
  if (contains === undefined) return undefined;
  const sets = new Set<bigint>();
  let isWhole = true;
  for (const { caller, sites } of callsTo(view, contains)) {
    for (const { returns } of sites) {
      const set =
        view.memory.arch === 'arm64'
          ? firstArgumentOfArm64(view, caller, returns - 4n)
          : firstArgumentOfX86(view, returns);
      if (set !== undefined && view.memory.regionOf(set) !== undefined) sets.add(set);
      else isWhole = false;
    }
  }
  return { sets: [...sets], isWhole };
}

/** How many instructions before a call are read. */
const WINDOW = 24n;
const PAGE = 4096n;

/** x0 at an instruction, as far as `adrp`, `add` and `mov` made it. */
function firstArgumentOfArm64({ memory }: KernelView, caller: bigint, call: bigint): bigint | undefined {
  const registers = new Map<number, bigint>();
  const start = call - 4n * WINDOW > caller ? call - 4n * WINDOW : caller;
  for (let at = start; at < call; at += 4n) {
    const word = memory.u32(at);
    if (word === undefined) return undefined;
    const [target, source] = [word & 31, (word >>> 5) & 31];
    const from = registers.get(source);
    if ((word & 0x9f000000) >>> 0 === 0x90000000) {
      const pages = BigInt.asIntN(21, (BigInt((word >>> 5) & 0x7ffff) << 2n) | BigInt((word >>> 29) & 3));
      registers.set(target, (at & ~(PAGE - 1n)) + pages * PAGE);
    } else if ((word & 0xffc00000) >>> 0 === 0x91000000 && from !== undefined) {
      registers.set(target, from + BigInt((word >>> 10) & 0xfff));
    } else if ((word & 0xffe0ffe0) >>> 0 === 0xaa0003e0) {
      const moved = registers.get((word >>> 16) & 31);
      if (moved === undefined) registers.delete(target);
      else registers.set(target, moved);
    } else if ((word & 0xfc000000) >>> 0 === 0x94000000) {
      for (let register = 0; register <= 18; register++) registers.delete(register);
    } else if (target === 0) registers.delete(0);
  }
  return registers.get(0);
}

/** `mov $set, %rdi` within some bytes of the call, and nothing understood of it otherwise. */
function firstArgumentOfX86({ memory }: KernelView, returns: bigint): bigint | undefined {
  for (let back = 12n; back <= 40n; back++) {
    const at = returns - back;
    if (memory.u8(at) !== 0x48 || memory.u8(at + 1n) !== 0xc7 || memory.u8(at + 2n) !== 0xc7) continue;
    const value = memory.s32(at + 3n);
    return value === undefined ? undefined : BigInt.asUintN(64, BigInt(value));
  }
  return undefined;
}
