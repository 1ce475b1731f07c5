// @btfq/elf: ELF bytes in, sections, symbols, relocations, notes and groups out.

export { isElf } from './header.ts';
export { ElfFile, parseElf } from './elf-file.ts';
export type { ElfGroup, ElfSegment } from './elf-file.ts';
export { ElfSection } from './sections.ts';
export type { CompressedData, Decompress } from './sections.ts';
export { ElfSymbol } from './symbols.ts';
export type { ElfRelocation } from './relocations.ts';
export type { ElfNote } from './notes.ts';
export {
  BpfRelocationType,
  CompressionType,
  ElfType,
  GROUP_COMDAT,
  Machine,
  NOTE_GNU_BUILD_ID,
  SectionFlag,
  SectionIndex,
  SectionType,
  SegmentType,
  SymbolBinding,
  SymbolType,
  SymbolVisibility,
} from './constants.ts';
export { ElfError } from './errors.ts';
export type { ElfErrorCode, ElfErrorDetails } from './errors.ts';
