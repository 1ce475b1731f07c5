// The headers and sections of an ELF file that is read in pieces. @btfq/elf wants a file's bytes as a whole; a vmlinux with
// debug information has hundreds of megabytes of which most are never looked at.

import { ElfType, SectionFlag, SectionIndex, SectionType } from '@btfq/elf';
import { DwarfError } from '../errors.ts';
import type { ByteSource } from '../source.ts';

/** One section header. Offsets and sizes are in bytes; addresses are exact up to 2^53 and compared as halves elsewhere. */
export interface SectionHeader {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  /** `sh_addr` as low and high half. */
  readonly addressLow: number;
  readonly addressHigh: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly entSize: number;
}

/** An open ELF file: what its headers say, and its sections' bytes on request. */
export interface ElfReader {
  readonly source: ByteSource;
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly machine: number;
  /** `e_type`. */
  readonly type: number;
  readonly sections: readonly SectionHeader[];
}

/** Where made-up addresses begin: beyond all offsets in a section, so that none is mistaken for a symbol's value. */
const FIRST_ADDRESS = 0x1000_0000;
const GAP = 4096;
const MAX_LOADED = 0x0fff_ffff;
const MAX_SECTIONS = 1_000_000;
const MAX_PREFIX = 64;

/** Reads the headers. Throws `bad-elf`. */
export function openElf(source: ByteSource): ElfReader {
  const head = source.read(0, Math.min(MAX_PREFIX, source.size));
  if (head.length < 52 || head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46) {
    throw badElf('no ELF magic', 0, '7f 45 4c 46');
  }
  const is64 = head[4] === 2;
  if ((!is64 && head[4] !== 1) || (head[5] !== 1 && head[5] !== 2) || (is64 && head.length < 64)) {
    throw badElf(`class ${head[4]}, byte order ${head[5]}`, 4, 'one of each');
  }
  const littleEndian = head[5] === 1;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const tableOffset = is64 ? read64(view, 40, littleEndian) : view.getUint32(32, littleEndian);
  const entry = view.getUint16(is64 ? 58 : 46, littleEndian);
  let count = view.getUint16(is64 ? 60 : 48, littleEndian);
  let names = view.getUint16(is64 ? 62 : 50, littleEndian);
  const size = is64 ? 64 : 40;
  const elf = {
    source,
    is64,
    littleEndian,
    machine: view.getUint16(18, littleEndian),
    type: view.getUint16(16, littleEndian),
  };
  if (tableOffset === 0) return { ...elf, sections: [] };
  if (entry !== size) throw badElf(`section headers of ${entry} bytes`, is64 ? 58 : 46, `${size}`);
  // extended numbering: the first header holds what does not fit into 16 bits
  if (count === 0 || names === SectionIndex.XIndex) {
    const first = decodeHeader(readTable(source, tableOffset, size), 0, is64, littleEndian);
    if (count === 0) count = first.size;
    if (names === SectionIndex.XIndex) names = first.link;
  }
  if (count > MAX_SECTIONS) throw badElf(`${count} sections`, tableOffset, `at most ${MAX_SECTIONS}`);
  const table = readTable(source, tableOffset, size * count);
  const raw: RawHeader[] = [];
  for (let index = 0; index < count; index++) raw.push(decodeHeader(table, index * size, is64, littleEndian));
  const strings = raw[names];
  const text = strings === undefined ? new Uint8Array(0) : readRange(source, strings.offset, strings.size);
  const sections = raw.map((header, index) => ({ ...header, index, name: nameAt(text, header.nameOffset) }));
  return { ...elf, sections: elf.type === ElfType.Rel ? withAddresses(sections) : sections };
}

/**
 * In a relocatable file every section begins at 0. Those that are loaded get addresses of their own, one after the other,
 * so that a variable's address says its section.
 */
function withAddresses(sections: readonly SectionHeader[]): SectionHeader[] {
  let next = FIRST_ADDRESS;
  return sections.map((section) => {
    if ((section.flags & SectionFlag.Alloc) === 0) return section;
    const addressLow = next | 0;
    next += Math.min(section.size, MAX_LOADED) + GAP - (section.size % GAP);
    return { ...section, addressLow };
  });
}

/** The first section of that name that has content in the file. */
export function sectionNamed(elf: ElfReader, name: string): SectionHeader | undefined {
  return elf.sections.find((section) => section.name === name && section.type !== SectionType.NoBits);
}

/** A section's bytes, to read only. Throws `bad-elf`. */
export function sectionContent(elf: ElfReader, section: SectionHeader): Uint8Array {
  if (section.type === SectionType.NoBits) return new Uint8Array(0);
  return readRange(elf.source, section.offset, section.size);
}

interface RawHeader extends Omit<SectionHeader, 'index' | 'name'> {
  readonly nameOffset: number;
}

function decodeHeader(table: Uint8Array, at: number, is64: boolean, little: boolean): RawHeader {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const u32 = (offset: number) => view.getUint32(at + offset, little);
  const word = (offset: number) => (is64 ? read64(view, at + offset, little) : u32(offset));
  const low = is64 && !little ? 4 : 0;
  return {
    nameOffset: u32(0),
    type: u32(4),
    flags: word(8),
    addressLow: u32((is64 ? 16 : 12) + low) | 0,
    addressHigh: is64 ? u32(16 + 4 - low) | 0 : 0,
    offset: word(is64 ? 24 : 16),
    size: word(is64 ? 32 : 20),
    link: u32(is64 ? 40 : 24),
    info: u32(is64 ? 44 : 28),
    entSize: word(is64 ? 56 : 36),
  };
}

function readTable(source: ByteSource, offset: number, length: number): Uint8Array {
  return readRange(source, offset, length);
}

/** Throws `bad-elf` where the range is not inside of the file. */
export function readRange(source: ByteSource, offset: number, length: number, into?: Uint8Array): Uint8Array {
  if (length > source.size || offset > source.size - length) {
    throw badElf(`${length} bytes at ${offset} of a file of ${source.size}`, offset, 'a range inside of the file');
  }
  const bytes = source.read(offset, length, into);
  if (bytes.length !== length) throw badElf(`${bytes.length} bytes were read at ${offset}`, offset, `${length} bytes`);
  return bytes;
}

/** A 64-bit word as a number: exact up to 2^53, beyond too large for any file and still larger. */
export function read64(view: DataView, at: number, little: boolean): number {
  const low = view.getUint32(little ? at : at + 4, little);
  return view.getUint32(little ? at + 4 : at, little) * 0x1_0000_0000 + low;
}

function nameAt(text: Uint8Array, offset: number): string {
  if (offset >= text.length) return '';
  let end = text.indexOf(0, offset);
  if (end < 0) end = text.length;
  return String.fromCharCode(...text.subarray(offset, Math.min(end, offset + 4096)));
}

function badElf(message: string, offset: number, expected: string): DwarfError {
  return new DwarfError('bad-elf', message, { offset, expected });
}
