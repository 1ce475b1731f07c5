// A vmlinux with debug information has hundreds of megabytes, of which a few matter. What is asked of such a file is its
// headers and a handful of sections: only these are read, into a buffer whose other pages are never touched and so never
// take memory. Debug information is not among them: that is read in pieces, from the file itself.

import { closeSync, fstatSync, openSync } from 'node:fs';
import type { ByteSource } from '@btfq/dwarf';
import { ElfError, type ElfFile, isElf, parseElf, SectionFlag, SectionType } from '@btfq/elf';
import { debugSections } from '../dwarf/debug-modules.ts';
import { fileSource } from '../dwarf/file-source.ts';
import type { PackedSource, Range } from '../io/packed-source.ts';

/** Smaller files are read whole: one read is quicker than many. */
export const LARGE = 64 * 1024 * 1024;
/** Beyond this no kernel goes, and no buffer should. */
const HUGE = 8 * 1024 * 1024 * 1024;
const HEADER_SIZE = 64;

/** The sections that reading a kernel looks into. */
const WANTED: ReadonlySet<string> = new Set([
  '.BTF',
  '.BTF.base',
  '.BTF.ext',
  '.modinfo',
  '.rodata',
  '.kernel:vmlinux.strip',
]);

/** A large ELF file: its bytes, with zeros where nothing is asked for, and the file to read the rest from. */
export interface LargeElf {
  readonly bytes: Uint8Array;
  readonly source: ByteSource;
  close(): void;
}

/**
 * Opens a large ELF file on disk; undefined for every file that is better read as it is: small ones, other formats, and
 * those whose headers are damaged, so that the usual reader says how.
 */
export function openLargeElf(path: string, withMemory = false): LargeElf | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  let keep = false;
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size < LARGE) return undefined;
    const source = fileSource(file, stats.size);
    const bytes = partsOfElf(source, withMemory);
    keep = bytes !== undefined;
    return bytes && { bytes, source, close: () => closeSync(file) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  } finally {
    if (!keep) closeSync(file);
  }
}

/** The parts of a large ELF file that are looked at, in a buffer of its size; undefined where its headers are damaged. */
export function partsOfElf(source: ByteSource, withMemory: boolean): Uint8Array | undefined {
  const elf = headersOfElf(source);
  if (elf === undefined) return undefined;
  for (const section of wanted(elf, withMemory)) readInto(elf.bytes, source, section);
  return elf.bytes;
}

/**
 * The same for a file that is unpacked where it is read: all that will be read of it is unpacked before, in threads. That is
 * debug information too, where BTF is to be made from it.
 */
export async function unpackElf(
  source: PackedSource,
  withMemory: boolean,
  fromDwarf: boolean,
): Promise<Uint8Array | undefined> {
  const table = source.size < HEADER_SIZE ? undefined : sectionTable(source.read(0, HEADER_SIZE), source.size);
  if (table !== undefined) await source.prepare([table]);
  const elf = headersOfElf(source);
  if (elf === undefined) return undefined;
  const withBtf = elf.sections.some(({ name, type }) => name === '.BTF' && type !== SectionType.NoBits);
  const parts = wanted(elf, withMemory);
  await source.prepare([...parts, ...(withBtf && !fromDwarf ? [] : debugSections(elf))]);
  for (const section of parts) readInto(elf.bytes, source, section);
  return elf.bytes;
}

/** The headers, in a buffer of the file's size. */
function headersOfElf(source: ByteSource): ElfFile | undefined {
  if (source.size > HUGE || source.size < HEADER_SIZE) return undefined;
  const bytes = new Uint8Array(source.size);
  try {
    readInto(bytes, source, { offset: 0, size: HEADER_SIZE });
    if (!isElf(bytes)) return undefined;
    const table = sectionTable(bytes, source.size);
    if (table === undefined) return undefined;
    readInto(bytes, source, table);
    const elf = parseElf(bytes);
    const names = elf.sections[table.names];
    if (names === undefined) return undefined;
    readInto(bytes, source, names);
    return elf;
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}

function readInto(bytes: Uint8Array, source: ByteSource, { offset, size }: Range): void {
  if (offset + size <= bytes.length) source.read(offset, size, bytes.subarray(offset, offset + size));
}

/** `withMemory`: also all that is loaded, and the symbols. */
function wanted(elf: ElfFile, withMemory: boolean) {
  const symbols = withMemory ? elf.sections.find(({ type }) => type === SectionType.SymTab) : undefined;
  const strings = symbols && elf.sections[symbols.link];
  return elf.sections.filter((section) => {
    if (section.type === SectionType.NoBits) return false;
    if (withMemory && (section.flags & SectionFlag.Alloc) !== 0) return true;
    return WANTED.has(section.name) || section === symbols || section === strings;
  });
}

/** Where the section headers are, by the file header alone; undefined with extended numbering, which kernels never have. */
function sectionTable(
  bytes: Uint8Array,
  fileSize: number,
): { offset: number; size: number; names: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_SIZE);
  const is64 = bytes[4] === 2;
  const little = bytes[5] === 1;
  const offset = is64 ? Number(view.getBigUint64(40, little)) : view.getUint32(32, little);
  const at = is64 ? 58 : 46;
  const count = view.getUint16(at + 2, little);
  const size = view.getUint16(at, little) * count;
  return count === 0 || offset + size > fileSize ? undefined : { offset, size, names: view.getUint16(at + 4, little) };
}
