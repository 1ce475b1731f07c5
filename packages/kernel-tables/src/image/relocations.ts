// The relocations that a position-independent kernel applies to itself when it starts: RELA entries that put a base
// address plus an addend into a word (arch/arm64/kernel/pi/relocate.c). Kernels linked with RELR have the words in place.

import { viewOf } from './memory.ts';

/** A run of RELA entries; `from` is its offset in the image. */
export interface RelaRun {
  readonly from: number;
  readonly count: number;
}

const ENTRY = 24;
/** One triple of words may look like an entry by chance. Kernels with RELR keep a handful: those of assembler files. */
const MIN_ENTRIES = 2;
/** Both addresses of an entry are the kernel's own: in the upper half of memory, within 4 GiB of each other. */
const KERNEL_HALF = 0x80000000;

/** The longest run of entries of this type, found by its shape: the table has no name that survives. */
export function findRelaRun(bytes: Uint8Array, type: number, littleEndian: boolean): RelaRun | undefined {
  const view = viewOf(bytes);
  const [low, high] = littleEndian ? [0, 4] : [4, 0];
  const isEntry = (at: number) =>
    at + ENTRY <= bytes.length &&
    view.getUint32(at + 8 + low, littleEndian) === type &&
    view.getUint32(at + 8 + high, littleEndian) === 0 &&
    view.getUint32(at + high, littleEndian) >= KERNEL_HALF &&
    view.getUint32(at + high, littleEndian) === view.getUint32(at + 16 + high, littleEndian);
  let best: RelaRun = { from: 0, count: 0 };
  for (let at = 0; at + ENTRY <= bytes.length; at += 8) {
    if (!isEntry(at)) continue;
    let count = 1;
    while (isEntry(at + count * ENTRY)) count++;
    if (count > best.count) best = { from: at, count };
    at += count * ENTRY - 8;
  }
  return best.count >= MIN_ENTRIES ? best : undefined;
}

/** Visits each entry: the address of the word, and what goes into it. */
export function forEachRela(
  bytes: Uint8Array,
  run: RelaRun,
  littleEndian: boolean,
  visit: (address: bigint, value: bigint) => void,
): void {
  const view = viewOf(bytes);
  for (let i = 0; i < run.count; i++) {
    const at = run.from + i * ENTRY;
    visit(view.getBigUint64(at, littleEndian), view.getBigUint64(at + 16, littleEndian));
  }
}

/** A copy of the image with the words in place. Entries outside of it are left out. */
export function applyRela(bytes: Uint8Array, run: RelaRun, littleEndian: boolean, base: bigint): Uint8Array {
  const copy = new Uint8Array(bytes); // not slice(), which of Node's Buffer gives the same memory
  const view = viewOf(copy);
  forEachRela(bytes, run, littleEndian, (address, value) => {
    const at = address - base;
    if (at >= 0n && at <= BigInt(copy.length - 8)) view.setBigUint64(Number(at), value, littleEndian);
  });
  return copy;
}
