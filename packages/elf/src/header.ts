// The file header (Elf32_Ehdr, Elf64_Ehdr): class, byte order, and where the section and segment tables are.

import { SectionIndex } from './constants.ts';
import { ElfError } from './errors.ts';
import { ElfWords } from './elf-reader.ts';

const EHDR32_SIZE = 52;
const EHDR64_SIZE = 64;
/** Bytes of one Elf32_Shdr and Elf64_Shdr. */
export const SHDR32_SIZE = 40;
export const SHDR64_SIZE = 64;
/** Bytes of one Elf32_Phdr and Elf64_Phdr. */
export const PHDR32_SIZE = 32;
export const PHDR64_SIZE = 56;
/** `e_phnum` that says: the number is in `sh_info` of section 0 (`PN_XNUM`). */
const PN_XNUM = 0xffff;

/** A table of equal entries, already known to lie inside the file. */
export interface ElfTable {
  readonly offset: number;
  readonly count: number;
}

/** The file header, with extended numbering already resolved. */
export interface ElfHeader {
  readonly words: ElfWords;
  readonly osAbi: number;
  readonly type: number;
  readonly machine: number;
  readonly entry: bigint;
  readonly flags: number;
  readonly sections: ElfTable;
  readonly segments: ElfTable;
  readonly sectionNames: number;
}

/** Whether `bytes` start with the ELF magic. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Reads the file header and checks that both tables lie inside the file. @throws ElfError */
export function parseHeader(bytes: Uint8Array): ElfHeader {
  if (!isElf(bytes)) {
    throw new ElfError('not-elf', 'not an ELF file', { offset: 0, expected: '7f 45 4c 46' });
  }
  const ident = { class: bytes[4], data: bytes[5], version: bytes[6] };
  if (bytes.length < 16) throw truncated(bytes, 16);
  if (ident.class !== 1 && ident.class !== 2) {
    throw new ElfError('unsupported-class', `ELF class ${ident.class}`, {
      offset: 4,
      expected: '1 (32-bit) or 2 (64-bit)',
    });
  }
  if (ident.data !== 1 && ident.data !== 2) {
    throw new ElfError('unsupported-byte-order', `ELF data encoding ${ident.data}`, {
      offset: 5,
      expected: '1 (little-endian) or 2 (big-endian)',
    });
  }
  if (ident.version !== 1) {
    throw new ElfError('unsupported-version', `ELF version ${ident.version}`, { offset: 6, expected: '1' });
  }
  const is64 = ident.class === 2;
  const headerSize = is64 ? EHDR64_SIZE : EHDR32_SIZE;
  if (bytes.length < headerSize) throw truncated(bytes, headerSize);
  const words = new ElfWords(bytes, is64, ident.data === 1);

  const wordSize = is64 ? 8 : 4;
  const segmentOffset = words.word(24 + wordSize);
  const sectionOffset = words.word(24 + 2 * wordSize);
  // The fields behind the three addresses: e_flags, then six half-words.
  const rest = 24 + 3 * wordSize;
  const sections = sectionTable(words, sectionOffset, words.u16(rest + 10), words.u16(rest + 12));
  const first = sections.count > 0 ? sectionOffset : undefined;
  let segmentCount = words.u16(rest + 8);
  if (segmentCount === PN_XNUM && first !== undefined) segmentCount = words.u32(first + (is64 ? 44 : 28));
  let sectionNames = words.u16(rest + 14);
  if (sectionNames === SectionIndex.XIndex && first !== undefined) {
    sectionNames = words.u32(first + (is64 ? 40 : 24));
  }
  return {
    words,
    osAbi: bytes[7]!,
    type: words.u16(16),
    machine: words.u16(18),
    entry: words.address(24),
    flags: words.u32(rest),
    sections,
    segments: segmentTable(words, segmentOffset, words.u16(rest + 6), segmentCount),
    sectionNames,
  };
}

function truncated(bytes: Uint8Array, size: number): ElfError {
  return new ElfError('truncated-header', `${bytes.length} bytes are less than an ELF header`, {
    offset: bytes.length,
    expected: `${size} bytes`,
  });
}

function sectionTable(words: ElfWords, offset: number, entrySize: number, shortCount: number): ElfTable {
  if (offset === 0) return { offset: 0, count: 0 };
  const size = words.is64 ? SHDR64_SIZE : SHDR32_SIZE;
  if (entrySize !== size) {
    throw new ElfError('bad-section-table', `section headers of ${entrySize} bytes`, {
      offset: words.is64 ? 58 : 46,
      expected: `${size}`,
    });
  }
  const fileSize = words.bytes.length;
  if (offset + size > fileSize) {
    // A table of no entries may point anywhere.
    if (shortCount === 0) return { offset: 0, count: 0 };
    throw new ElfError('bad-section-table', `section headers at ${offset} of a file of ${fileSize} bytes`, {
      offset,
      expected: `at most ${fileSize - size}`,
    });
  }
  // Extended numbering: 65,280 sections and more are counted in sh_size of section 0.
  const count = shortCount === 0 ? words.word(offset + (words.is64 ? 32 : 20)) : shortCount;
  if (count > (fileSize - offset) / size) {
    throw new ElfError('bad-section-table', `${count} section headers do not fit behind offset ${offset}`, {
      offset,
      expected: `at most ${Math.floor((fileSize - offset) / size)}`,
    });
  }
  return { offset, count };
}

function segmentTable(words: ElfWords, offset: number, entrySize: number, count: number): ElfTable {
  if (offset === 0 || count === 0) return { offset: 0, count: 0 };
  const size = words.is64 ? PHDR64_SIZE : PHDR32_SIZE;
  if (entrySize !== size) {
    throw new ElfError('bad-segment-table', `program headers of ${entrySize} bytes`, {
      offset: words.is64 ? 54 : 42,
      expected: `${size}`,
    });
  }
  const fileSize = words.bytes.length;
  if (offset > fileSize || count > (fileSize - offset) / size) {
    throw new ElfError('bad-segment-table', `${count} program headers do not fit behind offset ${offset}`, {
      offset,
      expected: `at most ${Math.max(0, Math.floor((fileSize - offset) / size))}`,
    });
  }
  return { offset, count };
}
