// Section headers (Elf32_Shdr, Elf64_Shdr), and the content of a section, compressed or not.

import { SectionFlag, SectionType } from './constants.ts';
import { ElfError } from './errors.ts';
import { SHDR32_SIZE, SHDR64_SIZE } from './header.ts';
import type { ElfTable } from './header.ts';
import type { ElfStrings } from './strings.ts';
import type { ElfWords } from './elf-reader.ts';

/** Bytes of Elf32_Chdr and Elf64_Chdr, which precede compressed content. */
const CHDR32_SIZE = 12;
const CHDR64_SIZE = 24;

/** One section header. Sizes and offsets are in bytes, and are checked only when the content is asked for. */
export class ElfSection {
  readonly index: number;
  /** `sh_name`: where the name starts in the section name table. */
  readonly nameOffset: number;
  /** `sh_type`, one of {@link SectionType}. */
  readonly type: number;
  /** `sh_flags`, bits of {@link SectionFlag}. */
  readonly flags: number;
  readonly addr: bigint;
  readonly offset: number;
  readonly size: number;
  /** `sh_link`: the section that this one's entries refer to (its symbols or strings). */
  readonly link: number;
  /** `sh_info`: for relocations, the section that they apply to. */
  readonly info: number;
  readonly addrAlign: number;
  readonly entSize: number;
  private readonly names: ElfStrings;
  private cachedName: string | undefined;

  constructor(words: ElfWords, at: number, index: number, names: ElfStrings) {
    this.index = index;
    this.names = names;
    this.nameOffset = words.u32(at);
    this.type = words.u32(at + 4);
    if (words.is64) {
      this.flags = words.u64(at + 8);
      this.addr = words.address(at + 16);
      this.offset = words.u64(at + 24);
      this.size = words.u64(at + 32);
      this.link = words.u32(at + 40);
      this.info = words.u32(at + 44);
      this.addrAlign = words.u64(at + 48);
      this.entSize = words.u64(at + 56);
    } else {
      this.flags = words.u32(at + 8);
      this.addr = BigInt(words.u32(at + 12));
      this.offset = words.u32(at + 16);
      this.size = words.u32(at + 20);
      this.link = words.u32(at + 24);
      this.info = words.u32(at + 28);
      this.addrAlign = words.u32(at + 32);
      this.entSize = words.u32(at + 36);
    }
    this.cachedName = undefined;
  }

  /** Decoded on first use. @throws ElfError `bad-string` */
  get name(): string {
    this.cachedName ??= this.names.at(this.nameOffset);
    return this.cachedName;
  }

  /** Whether the content is compressed (`SHF_COMPRESSED`). */
  get compressed(): boolean {
    return (this.flags & SectionFlag.Compressed) !== 0;
  }
}

/** A compressed section's content, as its `Elf_Chdr` describes it. */
export interface CompressedData {
  /** `ch_type`, one of {@link CompressionType}. */
  readonly type: number;
  /** `ch_size`: bytes once decompressed. It is a claim: do not allocate by it without a limit. */
  readonly size: number;
  readonly addrAlign: number;
  /** The compressed bytes, without the header. */
  readonly bytes: Uint8Array;
}

/** Turns compressed content into what it was; must return exactly `data.size` bytes, or throw. */
export type Decompress = (data: CompressedData) => Uint8Array;

/** Decodes every section header of a table that is known to lie inside the file. */
export function decodeSections(words: ElfWords, table: ElfTable, names: ElfStrings): ElfSection[] {
  const size = words.is64 ? SHDR64_SIZE : SHDR32_SIZE;
  const sections: ElfSection[] = [];
  for (let index = 0; index < table.count; index++) {
    sections.push(new ElfSection(words, table.offset + index * size, index, names));
  }
  return sections;
}

/** The bytes of a section as they stand in the file: a view, not a copy. @throws ElfError `section-out-of-bounds` */
export function rawSectionBytes(bytes: Uint8Array, section: ElfSection): Uint8Array {
  if (section.type === SectionType.NoBits || section.type === SectionType.Null) return bytes.subarray(0, 0);
  if (section.size > bytes.length || section.offset > bytes.length - section.size) {
    throw new ElfError(
      'section-out-of-bounds',
      `section ${section.index}: ${section.size} bytes at ${section.offset} of a file of ${bytes.length} bytes`,
      { offset: section.offset, expected: `an end of at most ${bytes.length}` },
    );
  }
  return bytes.subarray(section.offset, section.offset + section.size);
}

/** Splits compressed content into its header and its bytes. @throws ElfError `bad-compression` */
export function parseCompressed(words: ElfWords, section: ElfSection, raw: Uint8Array): CompressedData {
  const headerSize = words.is64 ? CHDR64_SIZE : CHDR32_SIZE;
  if (raw.length < headerSize) {
    throw new ElfError('bad-compression', `compressed section ${section.index} is shorter than its header`, {
      offset: section.offset,
      expected: `at least ${headerSize} bytes`,
    });
  }
  const at = section.offset;
  return {
    type: words.u32(at),
    size: words.word(at + (words.is64 ? 8 : 4)),
    addrAlign: words.word(at + (words.is64 ? 16 : 8)),
    bytes: raw.subarray(headerSize),
  };
}
