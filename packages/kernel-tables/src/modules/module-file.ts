// A kernel module's file (ET_REL): which of its sections are loaded, and where its relocations lead, as places in sections.

import {
  type ElfFile,
  type ElfRelocation,
  type ElfSection,
  ElfType,
  Machine,
  SectionFlag,
  SectionType,
} from '@btfq/elf';
import { KernelTablesError } from '../errors.ts';
import { viewOf } from '../image/memory.ts';

/** A place in a section of a module. */
export interface ModulePlace {
  readonly section: number;
  readonly offset: number;
}

/** Relocation types that put the address itself into a word, by machine. */
const ABSOLUTE: Readonly<Record<number, readonly number[]>> = {
  [Machine.X86_64]: [1],
  [Machine.I386]: [1],
  [Machine.Aarch64]: [257],
  [Machine.Arm]: [2],
  [Machine.Riscv]: [2],
  [Machine.S390]: [22],
  [Machine.Ppc64]: [38],
  [Machine.Loongarch]: [2],
};

/** @throws KernelTablesError `not-a-kernel` where the file is no module */
export function checkModule(elf: ElfFile): void {
  if (elf.type === ElfType.Rel && ABSOLUTE[elf.machine] !== undefined) return;
  throw new KernelTablesError('not-a-kernel', 'no relocatable file of a machine that is known', {
    offset: 16,
    expected: 'a kernel module (ET_REL)',
  });
}

/** Whether a relocation puts an address into a whole word. */
export function isAbsolute(elf: ElfFile, { type }: ElfRelocation): boolean {
  return ABSOLUTE[elf.machine]?.includes(type) === true;
}

export function isLoaded({ flags }: ElfSection): boolean {
  return (flags & SectionFlag.Alloc) !== 0;
}

/** Sections of code, in the file's order. */
export function isCode(section: ElfSection): boolean {
  return isLoaded(section) && (section.flags & SectionFlag.ExecInstr) !== 0;
}

/** What a kernel frees once the module is there (module_init_section). */
export function isInit({ name }: ElfSection): boolean {
  return name.startsWith('.init');
}

/**
 * The places that the words of a section point to, in the order of the words; what leads out of the module, or is no whole address, is
 * left out. @throws ElfError
 */
export function pointedPlaces(elf: ElfFile, section: ElfSection): ModulePlace[] {
  const content = section.type === SectionType.NoBits ? new Uint8Array() : elf.sectionBytes(section);
  const view = viewOf(content);
  const places: ModulePlace[] = [];
  for (const relocation of elf.relocations(section)) {
    const { symbol, offset, addend } = relocation;
    if (!isAbsolute(elf, relocation) || elf.sections[symbol.sectionIndex] === undefined || symbol.sectionIndex === 0)
      continue;
    // Without addends of their own (SHT_REL: 32-bit x86 and arm) they stand in the words.
    const inPlace = elf.is64 || offset < 0 || offset + 4 > content.length ? 0 : view.getInt32(offset, elf.littleEndian);
    places.push({ section: symbol.sectionIndex, offset: symbol.value + addend + inPlace });
  }
  return places;
}
