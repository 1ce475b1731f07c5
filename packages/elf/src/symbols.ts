// Symbol tables (Elf32_Sym, Elf64_Sym), with SHT_SYMTAB_SHNDX for files of more than 65,279 sections.

import { SectionIndex } from './constants.ts';
import { ElfError } from './errors.ts';
import type { ElfSection } from './sections.ts';
import type { ElfStrings } from './strings.ts';
import type { ElfWords } from './elf-reader.ts';

const SYM32_SIZE = 16;
const SYM64_SIZE = 24;

/** One symbol. */
export class ElfSymbol {
  readonly index: number;
  /** `st_name`: where the name starts in the symbols' string table. */
  readonly nameOffset: number;
  /** `st_value`: in relocatable files the offset in its section. Exact up to 2^53; see {@link address}. */
  readonly value: number;
  readonly size: number;
  /** One of {@link SymbolType}. */
  readonly type: number;
  /** One of {@link SymbolBinding}. */
  readonly binding: number;
  /** One of {@link SymbolVisibility}. */
  readonly visibility: number;
  /** The section's index, extended numbering resolved; reserved ones (`SHN_ABS`, `SHN_COMMON`) as they are. */
  readonly sectionIndex: number;
  private readonly words: ElfWords;
  private readonly at: number;
  private readonly names: ElfStrings;
  private cachedName: string | undefined;

  constructor(words: ElfWords, at: number, index: number, names: ElfStrings, extended: number | undefined) {
    this.index = index;
    this.nameOffset = words.u32(at);
    const info = words.bytes[at + (words.is64 ? 4 : 12)]!;
    this.type = info & 0xf;
    this.binding = info >> 4;
    this.visibility = words.bytes[at + (words.is64 ? 5 : 13)]! & 3;
    const shortIndex = words.u16(at + (words.is64 ? 6 : 14));
    this.sectionIndex = shortIndex === SectionIndex.XIndex && extended !== undefined ? extended : shortIndex;
    this.value = words.is64 ? words.u64(at + 8) : words.u32(at + 4);
    this.size = words.is64 ? words.u64(at + 16) : words.u32(at + 8);
    this.words = words;
    this.at = at;
    this.names = names;
    this.cachedName = undefined;
  }

  /** Decoded on first use. @throws ElfError `bad-string` */
  get name(): string {
    this.cachedName ??= this.names.at(this.nameOffset);
    return this.cachedName;
  }

  /** `st_value`, exact: kernel addresses lie above 2^53. */
  get address(): bigint {
    return this.words.address(this.at + (this.words.is64 ? 8 : 4));
  }
}

/** What is needed to read one symbol table: its place, its names, and the extended section indexes if there are any. */
export interface ElfSymbolTable {
  readonly section: ElfSection;
  readonly names: ElfStrings;
  readonly extended: ElfSection | undefined;
}

/** The number of symbols, checked against the bytes that are there. @throws ElfError `bad-symbol-table` */
export function symbolCount(words: ElfWords, table: ElfSymbolTable): number {
  const { section } = table;
  const size = words.is64 ? SYM64_SIZE : SYM32_SIZE;
  if (section.entSize !== size || section.size % size !== 0) {
    throw new ElfError(
      'bad-symbol-table',
      `symbol table ${section.index}: ${section.size} bytes in entries of ${section.entSize}`,
      { offset: section.offset, expected: `whole entries of ${size} bytes` },
    );
  }
  return section.size / size;
}

/** The symbol of that index, which must be below {@link symbolCount}. */
export function symbolAt(words: ElfWords, table: ElfSymbolTable, index: number): ElfSymbol {
  const size = words.is64 ? SYM64_SIZE : SYM32_SIZE;
  const { extended } = table;
  const wide = extended && (index + 1) * 4 <= extended.size ? words.u32(extended.offset + index * 4) : undefined;
  return new ElfSymbol(words, table.section.offset + index * size, index, table.names, wide);
}

/** The first symbol of that name; compares bytes, and decodes nothing but the one that it finds. */
export function findSymbol(words: ElfWords, table: ElfSymbolTable, name: string): ElfSymbol | undefined {
  const wanted = new TextEncoder().encode(name);
  const size = words.is64 ? SYM64_SIZE : SYM32_SIZE;
  const count = symbolCount(words, table);
  for (let index = 0; index < count; index++) {
    const nameOffset = words.u32(table.section.offset + index * size);
    if (table.names.is(nameOffset, wanted)) return symbolAt(words, table, index);
  }
  return undefined;
}
