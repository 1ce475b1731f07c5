// A vmlinux with debug information has hundreds of megabytes, of which a few matter. What is asked of such a file on disk is
// its headers and a handful of sections: only these are read, into a buffer whose other pages are never touched and so
// never take memory.

import { type FileHandle, open } from 'node:fs/promises';
import { ElfError, type ElfFile, isElf, parseElf, SectionFlag, SectionType } from '@btfq/elf';

/** Smaller files are read whole: one read is quicker than many. */
const LARGE = 64 * 1024 * 1024;
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

/**
 * The bytes of a large ELF file on disk, zeros where nothing is asked for; undefined for every file that is better read
 * as it is: small ones, other formats, and those whose headers are damaged, so that the usual reader tells how.
 */
export async function readLargeElf(
  path: string,
  withMemory = false,
  fromDwarf = false,
): Promise<Uint8Array | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path);
  } catch {
    return undefined;
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size < LARGE || stats.size > HUGE) return undefined;
    const bytes = new Uint8Array(stats.size);
    const read = async (offset: number, size: number) => {
      if (offset + size <= bytes.length) await handle.read(bytes, offset, size, offset);
    };
    await read(0, HEADER_SIZE);
    if (!isElf(bytes)) return undefined;
    const table = sectionTable(bytes);
    if (table === undefined) return undefined;
    await read(table.offset, table.size);
    const elf = parseElf(bytes);
    const names = elf.sections[table.names];
    if (names === undefined) return undefined;
    await read(names.offset, names.size);
    for (const section of wanted(elf, withMemory, fromDwarf)) await read(section.offset, section.size);
    return bytes;
  } catch (error) {
    if (error instanceof ElfError || (error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  } finally {
    await handle.close();
  }
}

/** What BTF is made from where there is none. */
const DEBUG = /^\.z?debug_(?:info|abbrev|str|line_str|loc|loclists|types|addr|str_offsets)$|^\.BTF_ids$/;

/** `withMemory`: also all that is loaded, and the symbols; `fromDwarf`: debug information even where there is BTF. */
function wanted(elf: ElfFile, withMemory: boolean, fromDwarf: boolean) {
  const hasBtf = elf.sections.some(({ name, type }) => name === '.BTF' && type === SectionType.ProgBits);
  const withDebug = fromDwarf || !hasBtf;
  const symbols = withMemory || withDebug ? elf.sections.find(({ type }) => type === SectionType.SymTab) : undefined;
  const strings = symbols && elf.sections[symbols.link];
  return elf.sections.filter((section) => {
    if (section.type === SectionType.NoBits) return false;
    if (withMemory && (section.flags & SectionFlag.Alloc) !== 0) return true;
    if (withDebug && DEBUG.test(section.name)) return true;
    return WANTED.has(section.name) || section === symbols || section === strings;
  });
}

/** Where the section headers are, by the file header alone; undefined with extended numbering, which kernels never have. */
function sectionTable(bytes: Uint8Array): { offset: number; size: number; names: number } | undefined {
  const view = new DataView(bytes.buffer, 0, HEADER_SIZE);
  const is64 = bytes[4] === 2;
  const little = bytes[5] === 1;
  const offset = is64 ? Number(view.getBigUint64(40, little)) : view.getUint32(32, little);
  const at = is64 ? 58 : 46;
  const count = view.getUint16(at + 2, little);
  const size = view.getUint16(at, little) * count;
  return count === 0 || offset + size > bytes.length
    ? undefined
    : { offset, size, names: view.getUint16(at + 4, little) };
}
