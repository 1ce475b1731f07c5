// ElfFile: the view of one ELF file. Opening it reads the file header and the section headers; all else is read on request.

import { GROUP_COMDAT, NOTE_GNU_BUILD_ID, SectionType } from './constants.ts';
import { ElfError } from './errors.ts';
import { parseHeader, PHDR32_SIZE, PHDR64_SIZE, SHDR32_SIZE, SHDR64_SIZE } from './header.ts';
import type { ElfHeader } from './header.ts';
import { decodeNotes } from './notes.ts';
import type { ElfNote } from './notes.ts';
import { decodeRelocations } from './relocations.ts';
import type { ElfRelocation } from './relocations.ts';
import { decodeSections, ElfSection, parseCompressed, rawSectionBytes } from './sections.ts';
import type { Decompress } from './sections.ts';
import { ElfStrings } from './strings.ts';
import { findSymbol, symbolAt, symbolCount } from './symbols.ts';
import type { ElfSymbol, ElfSymbolTable } from './symbols.ts';

const utf8 = new TextEncoder();

/** A section group (SHT_GROUP): sections that a linker keeps or drops together. */
export interface ElfGroup {
  readonly section: ElfSection;
  /** The symbol that names the group. */
  readonly signature: ElfSymbol;
  readonly comdat: boolean;
  readonly members: readonly ElfSection[];
}

/** One program header: a part of the file, and where it is loaded. */
export interface ElfSegment {
  /** `p_type`, one of {@link SegmentType}. */
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly virtualAddress: bigint;
  readonly physicalAddress: bigint;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly align: number;
}

/** The view of one ELF file, 32-bit or 64-bit, of either byte order. Holds on to the bytes, copies and changes nothing. */
export class ElfFile {
  readonly bytes: Uint8Array;
  readonly is64: boolean;
  readonly littleEndian: boolean;
  /** `e_machine`, one of {@link Machine}. */
  readonly machine: number;
  /** `e_type`, one of {@link ElfType}. */
  readonly type: number;
  readonly flags: number;
  readonly entry: bigint;
  /** Every section header, the empty first one included, so that `sections[i].index === i`. */
  readonly sections: readonly ElfSection[];
  private readonly header: ElfHeader;
  private readonly names: ElfStrings;
  private readonly symbolsBySection = new Map<number, readonly ElfSymbol[]>();
  private byTarget: Map<number, ElfSection[]> | undefined;

  constructor(bytes: Uint8Array) {
    const header = parseHeader(bytes);
    this.header = header;
    this.bytes = bytes;
    this.is64 = header.words.is64;
    this.littleEndian = header.words.littleEndian;
    this.machine = header.machine;
    this.type = header.type;
    this.flags = header.flags;
    this.entry = header.entry;
    this.names = sectionNames(header);
    this.sections = decodeSections(header.words, header.sections, this.names);
  }

  /** The first section of that name. Sections whose name is damaged are passed over. */
  section(name: string): ElfSection | undefined {
    const wanted = utf8.encode(name);
    return this.sections.find((section) => section.index > 0 && this.names.is(section.nameOffset, wanted));
  }

  /**
   * The content of a section: a view, not a copy; empty for SHT_NOBITS. Compressed content (`SHF_COMPRESSED`) goes through
   * `decompress`, which the caller brings because zlib and zstd are none of this package's business.
   *
   * @throws ElfError `section-out-of-bounds`, `compressed`, `bad-compression`
   */
  sectionBytes(section: ElfSection, decompress?: Decompress): Uint8Array {
    const raw = rawSectionBytes(this.bytes, section);
    if (!section.compressed || section.type === SectionType.NoBits) return raw;
    const data = parseCompressed(this.header.words, section, raw);
    if (decompress === undefined) {
      throw new ElfError('compressed', `section ${section.index} is compressed (type ${data.type})`, {
        offset: section.offset,
        expected: 'a decompressor',
      });
    }
    const content = decompress(data);
    if (content.length !== data.size) {
      throw new ElfError('bad-compression', `section ${section.index} decompresses to ${content.length} bytes`, {
        offset: section.offset,
        expected: `${data.size} bytes`,
      });
    }
    return content;
  }

  /** The symbols of the first SHT_SYMTAB, in file order, the empty first one included; none if there is no such section. */
  get symbols(): readonly ElfSymbol[] {
    const table = this.sections.find((section) => section.type === SectionType.SymTab);
    return table === undefined ? [] : this.symbolsOf(table);
  }

  /** The symbols of a symbol table section (SHT_SYMTAB, SHT_DYNSYM). @throws ElfError */
  symbolsOf(section: ElfSection): readonly ElfSymbol[] {
    const known = this.symbolsBySection.get(section.index);
    if (known) return known;
    const table = this.symbolTable(section);
    const count = symbolCount(this.header.words, table);
    const symbols: ElfSymbol[] = [];
    for (let index = 0; index < count; index++) symbols.push(symbolAt(this.header.words, table, index));
    this.symbolsBySection.set(section.index, symbols);
    return symbols;
  }

  /** The first symbol of that name in the symbol table, without building the list of all symbols. */
  symbol(name: string): ElfSymbol | undefined {
    const section = this.sections.find(({ type }) => type === SectionType.SymTab);
    return section && findSymbol(this.header.words, this.symbolTable(section), name);
  }

  /** The relocations that apply to a section, in file order. @throws ElfError */
  relocations(section: ElfSection): readonly ElfRelocation[] {
    this.byTarget ??= relocationSections(this.sections);
    const sources = this.byTarget.get(section.index) ?? [];
    const parts = sources.map((source) => this.relocationsOf(source));
    return parts.length === 1 ? (parts[0] as ElfRelocation[]) : parts.flat();
  }

  /** The entries of one relocation section (SHT_REL, SHT_RELA). @throws ElfError */
  relocationsOf(section: ElfSection): readonly ElfRelocation[] {
    if (section.type !== SectionType.Rel && section.type !== SectionType.Rela) {
      throw new ElfError('bad-link', `section ${section.index} holds no relocations`, {
        offset: section.offset,
        expected: 'SHT_REL or SHT_RELA',
      });
    }
    rawSectionBytes(this.bytes, section);
    const symbols = this.symbolsOf(this.linked(section));
    return decodeRelocations(this.header.words, section, this.machine, symbols);
  }

  /** The notes of every SHT_NOTE section. @throws ElfError */
  get notes(): readonly ElfNote[] {
    return this.sections
      .filter((section) => section.type === SectionType.Note)
      .flatMap((section) => {
        const { length } = rawSectionBytes(this.bytes, section);
        return decodeNotes(this.header.words, section.offset, section.offset + length, section.addrAlign);
      });
  }

  /** The build id (`NT_GNU_BUILD_ID`), if there is one. @throws ElfError */
  get buildId(): Uint8Array | undefined {
    return this.notes.find((note) => note.name === 'GNU' && note.type === NOTE_GNU_BUILD_ID)?.desc;
  }

  /** The section groups. @throws ElfError */
  get groups(): readonly ElfGroup[] {
    return this.sections.filter(({ type }) => type === SectionType.Group).map((section) => this.group(section));
  }

  /** The program headers. */
  get segments(): readonly ElfSegment[] {
    const { words, segments } = this.header;
    const size = words.is64 ? PHDR64_SIZE : PHDR32_SIZE;
    return Array.from({ length: segments.count }, (_, index) => this.segment(segments.offset + index * size));
  }

  /** The content of a segment: a view, not a copy. @throws ElfError `segment-out-of-bounds` */
  segmentBytes(segment: ElfSegment): Uint8Array {
    const { length } = this.bytes;
    if (segment.fileSize > length || segment.offset > length - segment.fileSize) {
      throw new ElfError(
        'segment-out-of-bounds',
        `segment of ${segment.fileSize} bytes at ${segment.offset} of a file of ${length} bytes`,
        { offset: segment.offset, expected: `an end of at most ${length}` },
      );
    }
    return this.bytes.subarray(segment.offset, segment.offset + segment.fileSize);
  }

  private segment(at: number): ElfSegment {
    const { words } = this.header;
    return words.is64
      ? {
          type: words.u32(at),
          flags: words.u32(at + 4),
          offset: words.u64(at + 8),
          virtualAddress: words.address(at + 16),
          physicalAddress: words.address(at + 24),
          fileSize: words.u64(at + 32),
          memorySize: words.u64(at + 40),
          align: words.u64(at + 48),
        }
      : {
          type: words.u32(at),
          offset: words.u32(at + 4),
          virtualAddress: words.address(at + 8),
          physicalAddress: words.address(at + 12),
          fileSize: words.u32(at + 16),
          memorySize: words.u32(at + 20),
          flags: words.u32(at + 24),
          align: words.u32(at + 28),
        };
  }

  private group(section: ElfSection): ElfGroup {
    const { words } = this.header;
    const { length } = rawSectionBytes(this.bytes, section);
    if (length < 4 || length % 4 !== 0) {
      throw new ElfError('bad-group', `group ${section.index} has ${length} bytes`, {
        offset: section.offset,
        expected: 'a flag word and whole section indexes',
      });
    }
    const symbols = this.symbolsOf(this.linked(section));
    const signature = symbols[section.info];
    if (signature === undefined) {
      throw new ElfError('bad-symbol-index', `group ${section.index} names symbol ${section.info}`, {
        offset: section.offset,
        expected: `less than ${symbols.length}`,
      });
    }
    const members: ElfSection[] = [];
    for (let at = section.offset + 4; at < section.offset + length; at += 4) {
      const member = this.sections[words.u32(at)];
      if (member === undefined) {
        throw new ElfError('bad-group', `group ${section.index} has section ${words.u32(at)} as a member`, {
          offset: at,
          expected: `less than ${this.sections.length}`,
        });
      }
      members.push(member);
    }
    return { section, signature, comdat: (words.u32(section.offset) & GROUP_COMDAT) !== 0, members };
  }

  private symbolTable(section: ElfSection): ElfSymbolTable {
    if (section.type !== SectionType.SymTab && section.type !== SectionType.DynSym) {
      throw new ElfError('bad-link', `section ${section.index} is not a symbol table`, {
        offset: section.offset,
        expected: 'SHT_SYMTAB or SHT_DYNSYM',
      });
    }
    rawSectionBytes(this.bytes, section);
    const strings = this.linked(section);
    const names = new ElfStrings(rawSectionBytes(this.bytes, strings), strings.offset);
    const extended = this.sections.find(({ type, link }) => type === SectionType.SymTabShndx && link === section.index);
    if (extended) rawSectionBytes(this.bytes, extended);
    return { section, names, extended };
  }

  private linked(section: ElfSection): ElfSection {
    const linked = this.sections[section.link];
    if (linked === undefined || section.link === 0) {
      throw new ElfError('bad-link', `section ${section.index} is linked to section ${section.link}`, {
        offset: section.offset,
        expected: `1 to ${this.sections.length - 1}`,
      });
    }
    return linked;
  }
}

/**
 * Opens an ELF file. What the header and the section headers promise about their own place is checked here; content is
 * checked when it is asked for, so that one damaged section does not hide the others.
 *
 * @throws ElfError
 * @example
 * const elf = parseElf(bytes);
 * const btf = elf.section('.BTF');
 * if (btf) console.log(elf.sectionBytes(btf).length);
 */
export function parseElf(bytes: Uint8Array): ElfFile {
  return new ElfFile(bytes);
}

/** The section name table: found from its own header alone, before the others are decoded. */
function sectionNames(header: ElfHeader): ElfStrings {
  const { words, sections, sectionNames: index } = header;
  const none = new ElfStrings(words.bytes.subarray(0, 0), 0);
  if (index === 0 || sections.count === 0) return none;
  if (index >= sections.count) {
    throw new ElfError('bad-link', `section names are in section ${index} of ${sections.count}`, {
      offset: words.is64 ? 62 : 50,
      expected: `less than ${sections.count}`,
    });
  }
  const table = new ElfSection(words, sections.offset + index * (words.is64 ? SHDR64_SIZE : SHDR32_SIZE), index, none);
  return new ElfStrings(rawSectionBytes(words.bytes, table), table.offset);
}

function relocationSections(sections: readonly ElfSection[]): Map<number, ElfSection[]> {
  const byTarget = new Map<number, ElfSection[]>();
  for (const section of sections) {
    if (section.type !== SectionType.Rel && section.type !== SectionType.Rela) continue;
    const list = byTarget.get(section.info);
    if (list) list.push(section);
    else byTarget.set(section.info, [section]);
  }
  return byTarget;
}
