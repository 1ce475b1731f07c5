// The first argument of a call where it is an address: read from the instructions in front of the call.

import type { KernelView } from '../kernel-view.ts';

/** What the call that returns to `returns` passes; undefined where that is not a plain address. */
export function firstArgument(view: KernelView, caller: bigint, returns: bigint): bigint | undefined {
  return view.memory.arch === 'arm64' ? ofArm64(view, caller, returns - 4n) : ofX86(view, caller, returns);
}

/** How many instructions before a call are read. */
const WINDOW = 96n;
const PAGE = 4096n;

/** x0 at an instruction, as far as `adrp`, `add` and `mov` made it. */
function ofArm64({ memory }: KernelView, caller: bigint, call: bigint): bigint | undefined {
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
    } else registers.delete(target); // whatever it wrote there, if it wrote
  }
  return registers.get(0);
}

/** `mov $set, %rdi` within some bytes of the call, and nothing understood of it otherwise. */
function ofX86({ memory }: KernelView, caller: bigint, returns: bigint): bigint | undefined {
  for (let back = 12n; back <= 40n; back++) {
    const at = returns - back;
    if (at < caller) return undefined;
    if (memory.u8(at) !== 0x48 || memory.u8(at + 1n) !== 0xc7 || memory.u8(at + 2n) !== 0xc7) continue;
    const value = memory.s32(at + 3n);
    return value === undefined ? undefined : BigInt.asUintN(64, BigInt(value));
  }
  return undefined;
}
