// Relocations (Elf_Rel, Elf_Rela): where a section's content depends on a symbol.

import { Machine, SectionType } from './constants.ts';
import { ElfError } from './errors.ts';
import type { ElfSection } from './sections.ts';
import type { ElfSymbol } from './symbols.ts';
import type { ElfWords } from './elf-reader.ts';

/** One relocation. */
export interface ElfRelocation {
  /** `r_offset`: in relocatable files, the offset in the section that it applies to. */
  readonly offset: number;
  /** The machine's relocation type; for BPF one of {@link BpfRelocationType}. */
  readonly type: number;
  /** `r_addend`, or 0 where the file has none (SHT_REL): then the addend stands in the section's content. */
  readonly addend: number;
  readonly symbolIndex: number;
  readonly symbol: ElfSymbol;
}

/** Decodes one SHT_REL or SHT_RELA section, whose content is known to lie inside the file. @throws ElfError */
export function decodeRelocations(
  words: ElfWords,
  section: ElfSection,
  machine: number,
  symbols: readonly ElfSymbol[],
): ElfRelocation[] {
  const wordSize = words.is64 ? 8 : 4;
  const hasAddend = section.type === SectionType.Rela;
  const size = wordSize * (hasAddend ? 3 : 2);
  if (section.entSize !== size || section.size % size !== 0) {
    throw new ElfError(
      'bad-relocation-table',
      `relocation section ${section.index}: ${section.size} bytes in entries of ${section.entSize}`,
      { offset: section.offset, expected: `whole entries of ${size} bytes` },
    );
  }
  const relocations: ElfRelocation[] = [];
  const end = section.offset + section.size;
  for (let at = section.offset; at < end; at += size) {
    const { symbolIndex, type } = decodeInfo(words, at + wordSize, machine);
    const symbol = symbols[symbolIndex];
    if (symbol === undefined) {
      throw new ElfError('bad-symbol-index', `relocation names symbol ${symbolIndex} of ${symbols.length}`, {
        offset: at + wordSize,
        expected: `less than ${symbols.length}`,
      });
    }
    relocations.push({
      offset: words.word(at),
      type,
      addend: hasAddend ? decodeAddend(words, at + 2 * wordSize) : 0,
      symbolIndex,
      symbol,
    });
  }
  return relocations;
}

function decodeInfo(words: ElfWords, at: number, machine: number): { symbolIndex: number; type: number } {
  if (!words.is64) {
    const info = words.u32(at);
    return { symbolIndex: info >>> 8, type: info & 0xff };
  }
  // 64-bit MIPS splits r_info otherwise: a 32-bit symbol first, in either byte order, then four single bytes.
  if (machine === Machine.Mips) {
    return { symbolIndex: words.u32(at), type: words.bytes[at + 7]! };
  }
  return words.littleEndian
    ? { symbolIndex: words.u32(at + 4), type: words.u32(at) }
    : { symbolIndex: words.u32(at), type: words.u32(at + 4) };
}

function decodeAddend(words: ElfWords, at: number): number {
  return words.is64 ? words.s64(at) : words.u32(at) | 0;
}
