// A kernel's image opened: its memory and its symbols. An ELF file (a vmlinux, or what a bzImage unpacks to) has its
// segments at their final addresses; a flat image needs kallsyms to say where it begins.

import { ElfError, type ElfFile, isElf, Machine, parseElf, SegmentType } from '@btfq/elf';
import { KernelTablesError } from '../errors.ts';
import { elfSymbols } from '../symbols/elf-symbols.ts';
import { findKallsyms, type Kallsyms, readKallsyms } from '../symbols/kallsyms.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import { type FlatImage, flatImage } from './flat-image.ts';
import { baseByPointers, baseByRelocation, relocatedWord } from './image-base.ts';
import { KernelMemory, type MemoryRegion, memoryRegion, viewOf } from './memory.ts';
import { applyRela, findRelaRun, type RelaRun } from './relocations.ts';

/** An opened image. */
export interface KernelImage {
  readonly memory: KernelMemory;
  readonly symbols: SymbolTable;
  /** The ELF file, where it is one: debug packages' sections are asked by name. */
  readonly elf: ElfFile | undefined;
}

const ARCHES: Readonly<Record<number, string>> = {
  [Machine.I386]: 'i686',
  [Machine.X86_64]: 'x86_64',
  [Machine.Aarch64]: 'arm64',
  [Machine.Arm]: 'armv7l',
  [Machine.S390]: 's390x',
  [Machine.Ppc64]: 'ppc64le',
  [Machine.Riscv]: 'riscv64',
  [Machine.Loongarch]: 'loongarch64',
  [Machine.Mips]: 'mips64',
};

/**
 * Opens an unpacked kernel image: an ELF vmlinux, or a flat arm64 or riscv `Image`. Nothing is copied but a flat image that has
 * relocations to be applied.
 *
 * @throws KernelTablesError `not-a-kernel`, `bad-image`, `no-symbols`, `bad-kallsyms`
 * @example
 * const { memory, symbols } = openKernelImage(bytes);
 * const at = symbols.address('linux_banner');
 * if (at !== undefined) console.log(memory.string(at));
 */
export function openKernelImage(bytes: Uint8Array): KernelImage {
  try {
    if (isElf(bytes)) return openElf(bytes);
    const flat = flatImage(bytes);
    if (flat) return openFlat(bytes, flat);
  } catch (cause) {
    // A damaged table that leads out of the file.
    if (!(cause instanceof RangeError)) throw cause;
    throw new KernelTablesError('bad-image', `damaged tables: ${cause.message}`, { cause });
  }
  throw new KernelTablesError('not-a-kernel', 'neither an ELF file nor a flat arm64 or riscv image', {
    offset: 0,
    expected: "an ELF magic, or 'ARMd' at 56, or 'RISCV' at 48",
  });
}

/** The memory of an image alone. @throws KernelTablesError as {@link openKernelImage} */
export function kernelMemory(bytes: Uint8Array): KernelMemory {
  return isElf(bytes) ? elfMemory(readElf(bytes)) : openKernelImage(bytes).memory;
}

/** The symbols of an image alone. @throws KernelTablesError as {@link openKernelImage} */
export function kernelSymbols(bytes: Uint8Array): SymbolTable {
  return openKernelImage(bytes).symbols;
}

function openElf(bytes: Uint8Array): KernelImage {
  const elf = readElf(bytes);
  const memory = elfMemory(elf);
  const symbols = elfSymbols(elf);
  if (symbols !== undefined) return { memory, symbols, elf };
  const found = findKallsyms(bytes, memory.wordSize, memory.littleEndian);
  return { memory, symbols: readKallsyms(bytes, found, elfBase(elf, found)), elf };
}

function readElf(bytes: Uint8Array): ElfFile {
  try {
    return parseElf(bytes);
  } catch (cause) {
    if (!(cause instanceof ElfError)) throw cause;
    throw new KernelTablesError('bad-image', `a damaged ELF file: ${cause.message}`, {
      ...(cause.offset === undefined ? {} : { offset: cause.offset }),
      cause,
    });
  }
}

function elfMemory(elf: ElfFile): KernelMemory {
  const regions: MemoryRegion[] = [];
  for (const segment of elf.segments) {
    if (segment.type !== SegmentType.Load || segment.memorySize === 0) continue;
    const { offset, fileSize, memorySize, virtualAddress, flags } = segment;
    if (offset + fileSize > elf.bytes.length || memorySize > MAX_SEGMENT) {
      throw new KernelTablesError(
        'bad-image',
        `a segment of ${fileSize} bytes at ${offset} that the file does not have`,
        {
          offset,
          expected: `an end of at most ${elf.bytes.length}`,
        },
      );
    }
    const bytes = elf.bytes.subarray(offset, offset + fileSize);
    regions.push(memoryRegion(BigInt.asUintN(64, virtualAddress), bytes, memorySize, flags));
  }
  if (regions.length === 0) throw new KernelTablesError('not-a-kernel', 'an ELF file without anything to load');
  regions.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  const arch = ARCHES[elf.machine] ?? `elf-${elf.machine}`;
  return new KernelMemory(arch, elf.is64 ? 8 : 4, elf.littleEndian, regions);
}

const MAX_SEGMENT = 2 ** 31;

/** What kallsyms' offsets count from: its own word, or for offsets from their own place the address of file offset 0. */
function elfBase(elf: ElfFile, found: Kallsyms): bigint {
  const { form, littleEndian, wordSize } = found;
  if (form.kind === 'words') return 0n;
  if (form.kind !== 'own-place') {
    const view = viewOf(elf.bytes);
    return wordSize === 8
      ? view.getBigUint64(form.base, littleEndian)
      : BigInt(view.getUint32(form.base, littleEndian));
  }
  const segment = elf.segments.find(
    ({ type, offset, fileSize }) => type === SegmentType.Load && form.from >= offset && form.from < offset + fileSize,
  );
  if (segment === undefined) {
    throw new KernelTablesError('bad-kallsyms', 'a symbol table outside of all segments', { offset: form.from });
  }
  return segment.virtualAddress - BigInt(segment.offset);
}

function openFlat(bytes: Uint8Array, flat: FlatImage): KernelImage {
  const { arch, littleEndian, wordSize, size } = flat;
  const found = findKallsyms(bytes, wordSize, littleEndian);
  const rela = findRelaRun(bytes, flat.relative, littleEndian);
  const base = rela ? relocatedBase(bytes, flat, found, rela) : placedBase(bytes, flat, found);
  if (base === undefined || base >> 32n === 0n) {
    throw new KernelTablesError('bad-kallsyms', 'nothing in the image says at which address it begins', {
      offset: found.form.from,
      expected: 'kallsyms_relative_base, kimage_vaddr, or pointers into the image',
    });
  }
  const content = rela === undefined ? bytes : applyRela(bytes, rela, littleEndian, base);
  const memory = new KernelMemory(arch, wordSize, littleEndian, [memoryRegion(base, content, size)]);
  const { form } = found;
  const start = 'base' in form ? viewOf(content).getBigUint64(form.base, littleEndian) : base;
  return { memory, symbols: readKallsyms(bytes, found, start), elf: undefined };
}

function relocatedBase(bytes: Uint8Array, flat: FlatImage, found: Kallsyms, rela: RelaRun): bigint | undefined {
  const { form } = found;
  const byWord = 'base' in form && baseByRelocation(bytes, form.base, flat, rela);
  return byWord || placedBase(bytes, flat, found);
}

/** The base of an image whose words are in place. */
function placedBase(bytes: Uint8Array, flat: FlatImage, found: Kallsyms): bigint | undefined {
  const { form, littleEndian } = found;
  if ('base' in form) {
    // Without CONFIG_KALLSYMS_ALL the first symbol is not the image's first byte.
    const first = viewOf(bytes).getBigUint64(form.base, littleEndian);
    if (readKallsyms(bytes, found, first).address('_text') === first) return first;
  } else {
    // arm64 keeps the address it was linked at in `kimage_vaddr`.
    const place = readKallsyms(bytes, found, TRIAL_BASE).address('kimage_vaddr');
    const at = place === undefined ? -1 : Number(place - TRIAL_BASE);
    const value = relocatedWord(bytes, at, littleEndian, undefined, 0n);
    if (value !== undefined && value !== 0n && value % 0x10000n === 0n) return value;
  }
  return baseByPointers(bytes, flat);
}

const TRIAL_BASE = 1n << 40n;
