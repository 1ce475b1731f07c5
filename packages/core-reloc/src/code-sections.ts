// The sections of an object that hold instructions.

import { type ElfFile, type ElfSection, SectionFlag, SectionType } from '@btfq/elf';

/** A section of instructions. */
export interface CodeSection {
  readonly name: string;
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** By index: sections of instructions, those without any left out (libbpf.c bpf_object__elf_collect). */
export function codeSections(elf: ElfFile): Map<number, CodeSection> {
  const found = new Map<number, CodeSection>();
  for (const section of elf.sections) {
    if (section.type !== SectionType.ProgBits || (section.flags & SectionFlag.ExecInstr) === 0) continue;
    if (section.size > 0) found.set(section.index, codeSection(elf, section));
  }
  return found;
}

/** A section and its bytes. @throws ElfError */
export function codeSection(elf: ElfFile, section: ElfSection): CodeSection {
  return { name: section.name, index: section.index, bytes: elf.sectionBytes(section) };
}
