// Which functions the system call can reach, without running it: functions of bpf and btf, those that data of bpf and what was registered
// at boot point to, through as many as three tables, and what all these call or point to, some calls deep. What is left out is not
// guessed: a saved kernel that comes there stops, and its verdict is 'not known'.
import type { KernelMemory, SymbolTable } from '@btfq/kernel-tables';

/** How many functions around one of bpf are taken with it: those that it calls are found anyway. */
const NEAR = 2;
/** Likewise, in a kernel without names of data, whose tables cannot be followed. */
const NEAR_WITHOUT_DATA = 24;
/** How deep calls are followed from there. */
const DEPTH = 4;
/** No function is longer. */
const LONGEST = 0x10000;
const NAMES = /bpf|btf/;
/** Data whose functions are reached: that of bpf, and what x86-64 calls instead of an instruction under a hypervisor. */
const DATA_NAMES = /bpf|btf|^pv_ops$/;
/** Tables that lead to others: of types of maps and programs, of what a struct_ops or an iterator consists of. */
const TABLE_DEPTH = 3;
const MOST_WORDS = 256;

/** A function's place: offsets from `base`. */
export interface CodeRange {
  readonly start: number;
  readonly end: number;
}

/** All functions of the image by ascending place, and which of them can be reached. */
export interface Reach {
  readonly base: bigint;
  readonly functions: readonly CodeRange[];
  readonly isReached: Uint8Array;
}

/**
 * Follows calls. Functions that are answered are kept, and what they call is not.
 *
 * @param heap words of the prepared kernel's heap, which may be addresses
 */
export function reachOf(
  memory: KernelMemory,
  symbols: SymbolTable,
  isAnswered: (address: bigint) => boolean,
  heap: Iterable<bigint>,
): Reach {
  const base = baseOf(memory);
  const starts: number[] = [];
  const names: string[] = [];
  for (const index of symbols.indexesOfText()) {
    const address = symbols.addresses[index]!;
    if (address < base) continue;
    const start = Number(address - base);
    if (starts.at(-1) === start) names[names.length - 1] += ` ${symbols.name(index)}`;
    else {
      starts.push(start);
      names.push(symbols.name(index));
    }
  }
  const functions = starts.map((start, i) => ({ start, end: Math.min(start + LONGEST, starts[i + 1] ?? start + 64) }));
  const isReached = new Uint8Array(starts.length);
  const places = new Map(starts.map((start, i) => [start, i]));
  let front: number[] = [];
  const reach = (index: number, next: number[]) => {
    if (isReached[index] !== 0) return;
    isReached[index] = 1;
    next.push(index);
  };
  const around = symbols.has('init_task') ? NEAR : NEAR_WITHOUT_DATA;
  names.forEach((name, i) => {
    if (!NAMES.test(name)) return;
    for (let near = Math.max(0, i - around); near <= Math.min(names.length - 1, i + around); near++) reach(near, front);
  });
  forEachPointer(memory, symbols, heap, (value) => {
    const place = value > base ? places.get(Number(value - base)) : undefined;
    if (place === undefined) return false;
    reach(place, front);
    return true;
  });
  const visit = memory.arch === 'arm64' ? targetsOfArm64 : targetsOfX86;
  for (let depth = 0; depth < DEPTH && front.length > 0; depth++) {
    const next: number[] = [];
    for (const index of front) {
      const { start, end } = functions[index]!;
      if (isAnswered(base + BigInt(start))) continue;
      const bytes = memory.bytes(base + BigInt(start), end - start);
      if (bytes !== undefined) visit(bytes, start, places, (target) => reach(target, next));
    }
    front = next;
  }
  return { base, functions, isReached };
}

/** Visits what data of bpf and the heap point to; what is no function, but a table, is followed. */
function forEachPointer(
  memory: KernelMemory,
  symbols: SymbolTable,
  heap: Iterable<bigint>,
  isFunction: (value: bigint) => boolean,
): void {
  const seen = new Set<bigint>();
  let tables: bigint[] = [];
  const look = (value: bigint, next: bigint[]) => {
    if (memory.regionOf(value) === undefined || isFunction(value)) return;
    const start = symbols.startOf(value);
    if (start === undefined || seen.has(start)) return;
    seen.add(start);
    next.push(start);
  };
  for (let i = 0; i < symbols.count; i++) if (DATA_NAMES.test(symbols.name(i))) look(symbols.addresses[i]!, tables);
  for (const value of heap) look(value, tables);
  for (let depth = 0; depth < TABLE_DEPTH && tables.length > 0; depth++) {
    const next: bigint[] = [];
    for (const start of tables) {
      const end = symbols.endOf(start) ?? start;
      for (let at = start, words = 0; at + 8n <= end && words < MOST_WORDS; at += 8n, words++) {
        const value = memory.u64(at);
        if (value !== undefined && value !== 0n) look(value, next);
      }
    }
    tables = next;
  }
}

/** x86-64's code is at 0xffffffff80000000 and above, so that 32 bits say an address. */
function baseOf(memory: KernelMemory): bigint {
  if (memory.arch === 'x86_64') return 0xffffffff80000000n;
  return memory.regions.find(({ address }) => address >> 40n !== 0n)?.address ?? 0n;
}

type Visit = (target: number) => void;

/** Whatever may be a distance or an address of 32 bits and leads to the beginning of a function. */
function targetsOfX86(bytes: Uint8Array, start: number, places: ReadonlyMap<number, number>, visit: Visit): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 4 <= bytes.length; at++) {
    const value = view.getInt32(at, true);
    const near = places.get(start + at + 4 + value);
    if (near !== undefined) visit(near);
    if (value < 0) {
      const absolute = places.get(value + 0x80000000);
      if (absolute !== undefined) visit(absolute);
    }
  }
}

/** b and bl, b.cond to another function, and adrp with the addition behind it. */
function targetsOfArm64(bytes: Uint8Array, start: number, places: ReadonlyMap<number, number>, visit: Visit): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pages = new Map<number, number>();
  const go = (target: number) => {
    const index = places.get(target);
    if (index !== undefined) visit(index);
  };
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = view.getUint32(at, true);
    const place = start + at;
    if ((word & 0x7c000000) === 0x14000000) go(place + ((word << 6) >> 4));
    else if ((word & 0xff000010) >>> 0 === 0x54000000) go(place + (((word >> 5) << 13) >> 11));
    else if ((word & 0x9f000000) >>> 0 === 0x90000000) {
      const imm = (((word >> 5) & 0x7ffff) << 2) | ((word >> 29) & 3);
      const pagesAway = (imm << 11) >> 11;
      pages.set(word & 31, (place & ~0xfff) + pagesAway * 4096);
    } else if ((word & 0xffc00000) >>> 0 === 0x91000000) {
      const page = pages.get((word >> 5) & 31);
      if (page !== undefined) go(page + ((word >> 10) & 0xfff));
    }
  }
}
