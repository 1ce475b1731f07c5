// Relocations of modules, as the kernel's loader applies them (arch/x86/kernel/module.c, arch/arm64/kernel/module.c): what
// tables and calls need. The rest is left as it is.

import { type ElfFile, type ElfRelocation, Machine } from '@btfq/elf';
import { viewOf } from '../image/memory.ts';
import { isAbsolute } from './module-file.ts';

/** Applies one to a section's bytes, which lie at `start`. */
export function relocate(elf: ElfFile, bytes: Uint8Array, one: ElfRelocation, symbol: bigint, start: bigint): void {
  const { offset, addend } = one;
  const size = elf.is64 ? 8 : 4;
  const view = viewOf(bytes);
  const { littleEndian } = elf;
  if (offset < 0 || offset + 4 > bytes.length) return;
  if (isAbsolute(elf, one)) {
    if (offset + size > bytes.length) return;
    if (size === 8) view.setBigUint64(offset, BigInt.asUintN(64, symbol + BigInt(addend)), littleEndian);
    else view.setUint32(offset, (Number(symbol) + view.getUint32(offset, littleEndian)) >>> 0, littleEndian);
    return;
  }
  const value = symbol + BigInt(addend);
  const place = start + BigInt(offset);
  if (elf.machine === Machine.X86_64) ofX86(view, one.type, offset, value, place);
  else if (elf.machine === Machine.Aarch64) ofArm64(view, one.type, offset, value, place);
}

const X86_PC32 = 2;
const X86_PLT32 = 4;
const X86_32 = 10;
const X86_32S = 11;
const X86_PC64 = 24;

function ofX86(view: DataView, type: number, at: number, value: bigint, place: bigint): void {
  if (type === X86_PC32 || type === X86_PLT32) view.setInt32(at, Number(BigInt.asIntN(32, value - place)), true);
  else if (type === X86_32 || type === X86_32S) view.setInt32(at, Number(BigInt.asIntN(32, value)), true);
  else if (type === X86_PC64 && at + 8 <= view.byteLength) view.setBigInt64(at, BigInt.asIntN(64, value - place), true);
}

const ARM64_ABS32 = 258;
const ARM64_PREL64 = 260;
const ARM64_PREL32 = 261;
const ARM64_PAGE = [275, 276];
const ARM64_ADD_LO12 = 277;
/** LDST8, LDST16, LDST32, LDST64, LDST128: the offset counts in pieces of this size (as a power of two). */
const ARM64_LOADS: Readonly<Record<number, bigint>> = { 278: 0n, 284: 1n, 285: 2n, 286: 3n, 299: 4n };
/** JUMP26, CALL26. */
const ARM64_BRANCH = [282, 283];

function ofArm64(view: DataView, type: number, at: number, value: bigint, place: bigint): void {
  const word = view.getUint32(at, true);
  if (type === ARM64_ABS32) view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
  else if (type === ARM64_PREL32) view.setInt32(at, Number(BigInt.asIntN(32, value - place)), true);
  else if (type === ARM64_PREL64 && at + 8 <= view.byteLength) {
    view.setBigInt64(at, BigInt.asIntN(64, value - place), true);
  } else if (ARM64_PAGE.includes(type)) {
    const pages = Number(BigInt.asUintN(21, (value >> 12n) - (place >> 12n)));
    view.setUint32(at, ((word & 0x9f00001f) | ((pages & 3) << 29) | ((pages >>> 2) << 5)) >>> 0, true);
  } else if (type === ARM64_ADD_LO12 || ARM64_LOADS[type] !== undefined) {
    const immediate = Number((value & 0xfffn) >> (ARM64_LOADS[type] ?? 0n));
    view.setUint32(at, ((word & 0xffc003ff) | (immediate << 10)) >>> 0, true);
  } else if (ARM64_BRANCH.includes(type)) {
    const distance = Number(BigInt.asUintN(26, (value - place) >> 2n));
    view.setUint32(at, ((word & 0xfc000000) | distance) >>> 0, true);
  }
}
