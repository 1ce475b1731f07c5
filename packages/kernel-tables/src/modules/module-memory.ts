// A module laid out as if it were loaded: its sections at addresses one behind the other, relocations applied, and a place for
// each symbol of the kernel that it uses. So its tables are read as those of the kernel itself are.

import { type ElfFile, type ElfSection, Machine, SectionType, SymbolType } from '@btfq/elf';
import { KernelTablesError } from '../errors.ts';
import { KernelMemory, type MemoryRegion, memoryRegion, viewOf } from '../image/memory.ts';
import { sortedTable } from '../symbols/kallsyms.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import { isCode, isLoaded } from './module-file.ts';
import { relocate } from './relocate.ts';

/** A module in memory. */
export interface ModuleMemory {
  readonly memory: KernelMemory;
  /** Its own symbols, those of the kernel that it uses, and the ends of its tables by the names that the kernel has for its own. */
  readonly symbols: SymbolTable;
}

const BASE = 0xffffffffc0000000n;
const BASE_32 = 0xc0000000n;
const PAGE = 4096;
/** Bytes for each symbol of the kernel. */
const SLOT = 16;
/** No module is larger in memory. */
const MAX_SIZE = 256 << 20;

/** Tables of a module by section: what the linker calls their ends in the kernel itself. */
const ENDS: Readonly<Record<string, readonly [string, string]>> = {
  _ftrace_events: ['__start_ftrace_events', '__stop_ftrace_events'],
  _ftrace_eval_map: ['__start_ftrace_eval_maps', '__stop_ftrace_eval_maps'],
  __bpf_raw_tp_map: ['__start__bpf_raw_tp', '__stop__bpf_raw_tp'],
  _error_injection_whitelist: ['__start_error_injection_whitelist', '__stop_error_injection_whitelist'],
};
/** What tables lead to; code is laid out where it is to be run. */
const DATA =
  /^(?:\.data|\.rodata|\.ref\.data|\.init\.data|\.exit\.data|\.bss|_ftrace_|__tracepoint|__bpf_raw_tp|_error_injection|\.BTF_ids)/;

const NAMES: Readonly<Record<number, string>> = {
  [Machine.X86_64]: 'x86_64',
  [Machine.I386]: 'i686',
  [Machine.Aarch64]: 'arm64',
  [Machine.Arm]: 'armv7l',
  [Machine.Riscv]: 'riscv64',
  [Machine.S390]: 's390x',
  [Machine.Ppc64]: 'ppc64le',
  [Machine.Loongarch]: 'loongarch64',
};

/** `uname -m`'s word for the machine, except `arm64`. */
export function archOf({ machine }: ElfFile): string {
  return NAMES[machine] ?? `elf-${machine}`;
}

/** @throws ElfError, KernelTablesError `bad-image` */
export function moduleMemory(elf: ElfFile, withCode: boolean): ModuleMemory {
  const { littleEndian, is64 } = elf;
  const base = is64 ? BASE : BASE_32;
  const addresses = new Map<number, bigint>();
  const kept: ElfSection[] = [];
  let size = 0;
  for (const section of elf.sections) {
    if (!isLoaded(section) || section.size === 0) continue;
    const code = isCode(section);
    if (code ? !withCode && section.name !== '.text' : !DATA.test(section.name)) continue;
    if (code && !withCode) {
      // Pointers to functions lead somewhere, and nobody reads what is there.
    } else kept.push(section);
    size = Math.ceil(size / PAGE) * PAGE;
    addresses.set(section.index, base + BigInt(size));
    size += section.size;
    if (size > MAX_SIZE || (section.type !== SectionType.NoBits && section.size > elf.bytes.length)) {
      throw new KernelTablesError('bad-image', `a module whose section ${section.index} has ${section.size} bytes`, {
        offset: section.offset,
        expected: `at most ${MAX_SIZE} in memory`,
      });
    }
  }
  const outside = base + BigInt(Math.ceil(size / PAGE) * PAGE);
  const slots = new Map<number, bigint>();
  for (const { index, sectionIndex, type, name } of elf.symbols) {
    if (sectionIndex === 0 && index > 0 && type !== SymbolType.File && name !== '') {
      slots.set(index, outside + BigInt(slots.size * SLOT));
    }
  }
  const addressOf = (index: number): bigint | undefined => {
    const symbol = elf.symbols[index];
    if (symbol === undefined) return undefined;
    const slot = slots.get(index);
    const start = addresses.get(symbol.sectionIndex);
    return slot ?? (start === undefined ? undefined : start + BigInt(symbol.value));
  };
  const regions: MemoryRegion[] = kept.map((section) => {
    const start = addresses.get(section.index)!;
    const content = section.type === SectionType.NoBits ? new Uint8Array() : elf.sectionBytes(section);
    const relocations = elf.relocations(section);
    // not slice(), which of Node's Buffer gives the same memory
    const bytes = relocations.length === 0 ? content : new Uint8Array(content);
    for (const one of relocations) {
      const target = addressOf(one.symbolIndex);
      if (target !== undefined) relocate(elf, bytes, one, target, start);
    }
    return memoryRegion(start, bytes, section.size, isCode(section) ? 5 : 6);
  });
  if (slots.size > 0) regions.push(memoryRegion(outside, stubs(elf, slots, outside), slots.size * SLOT, 4));
  const memory = new KernelMemory(archOf(elf), is64 ? 8 : 4, littleEndian, regions);
  return { memory, symbols: symbolsOf(elf, addressOf, slots, kept, addresses) };
}

/** What functions of the kernel do where they are run and not answered: they return. */
function stubs(elf: ElfFile, slots: ReadonlyMap<number, bigint>, outside: bigint): Uint8Array {
  const bytes = new Uint8Array(slots.size * SLOT);
  const view = viewOf(bytes);
  for (const [index, address] of slots) {
    const at = Number(address - outside);
    if (elf.machine === Machine.Aarch64) view.setUint32(at, 0xd65f03c0, true);
    if (elf.machine !== Machine.X86_64) continue;
    const register = /^__x86_indirect_thunk_(\w+)$/.exec(elf.symbols[index]?.name ?? '')?.[1];
    const number = register === undefined ? -1 : X86_REGISTERS.indexOf(register);
    if (number < 0) bytes[at] = 0xc3;
    else bytes.set(number < 8 ? [0xff, 0xe0 + number] : [0x41, 0xff, 0xe0 + number - 8], at);
  }
  return bytes;
}

const X86_REGISTERS = 'rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15'.split(' ');

function symbolsOf(
  elf: ElfFile,
  addressOf: (index: number) => bigint | undefined,
  slots: ReadonlyMap<number, bigint>,
  kept: readonly ElfSection[],
  addresses: ReadonlyMap<number, bigint>,
): SymbolTable {
  const rows: { name: string; address: bigint; type: string }[] = [];
  for (const symbol of elf.symbols) {
    const address = addressOf(symbol.index);
    if (address === undefined || symbol.type === SymbolType.Section || symbol.name === '') continue;
    const section = elf.sections[symbol.sectionIndex];
    const code = slots.has(symbol.index) || (section !== undefined && isCode(section));
    rows.push({ name: symbol.name, address, type: code ? 't' : 'd' });
  }
  for (const section of kept) {
    const ends = ENDS[section.name];
    const start = addresses.get(section.index);
    if (ends === undefined || start === undefined) continue;
    rows.push({ name: ends[0], address: start, type: 'd' });
    rows.push({ name: ends[1], address: start + BigInt(section.size), type: 'd' });
  }
  const starts = new Uint32Array(rows.length + 1);
  for (const [i, { name }] of rows.entries()) starts[i + 1] = starts[i]! + name.length;
  const names = new Uint8Array(starts[rows.length]!);
  rows.forEach(({ name }, i) => {
    for (let at = 0; at < name.length; at++) names[starts[i]! + at] = name.charCodeAt(at);
  });
  return sortedTable(
    {
      addresses: BigUint64Array.from(rows, ({ address }) => address),
      types: Uint8Array.from(rows, ({ type }) => type.charCodeAt(0)),
      names,
      starts,
    },
    'elf',
  );
}
