// The debug sections of a file: found under their names or the old ones (.zdebug_*), decompressed, and in relocatable files
// (modules) with their relocations applied. Sections of a linked file are read in pieces; their relocations, which some
// kernels keep, are applied already.

import { CompressionType, type Decompress, ElfType, SectionFlag, SectionType } from '@btfq/elf';
import { DwarfError } from '../errors.ts';
import type { ByteSource } from '../source.ts';
import { Abbreviations } from './abbreviations.ts';
import { type ElfReader, openElf, read64, sectionContent, type SectionHeader } from './elf-reader.ts';
import { type NameTable, StringNames } from './names.ts';
import { applyRelocations } from './relocate.ts';
import { SectionData } from './section-data.ts';

/** A compressed section that claims more than this is damage. */
const MAX_SECTION = 0x7fffffff;
/** zlib and zstd do not do better than this on real content by far. */
const MAX_RATIO = 2000;
const GNU_MAGIC = 0x5a4c4942; // ZLIB

/** One file's debug information. */
export interface DebugFile {
  readonly elf: ElfReader;
  readonly info: SectionData | undefined;
  readonly types: SectionData | undefined;
  readonly loc: SectionData | undefined;
  readonly loclists: SectionData | undefined;
  readonly stringOffsets: SectionData | undefined;
  readonly addresses: SectionData | undefined;
  readonly abbreviations: Abbreviations;
  readonly strings: StringNames;
  readonly lineStrings: StringNames;
  /** The name in `.gnu_debugaltlink`, if there is one. */
  readonly alternateName: string | undefined;
}

/** Opens a file's debug sections. Throws `bad-elf`, `compressed`, `bad-compression`, `bad-relocation`. */
export function openDebugFile(source: ByteSource, names: NameTable, decompress: Decompress | undefined): DebugFile {
  const elf = openElf(source);
  const section = (name: string) => openSection(elf, name, decompress);
  const altLink = elf.sections.find(({ name }) => name === '.gnu_debugaltlink');
  return {
    elf,
    info: section('info'),
    types: section('types'),
    loc: section('loc'),
    loclists: section('loclists'),
    stringOffsets: section('str_offsets'),
    addresses: section('addr'),
    abbreviations: new Abbreviations(section('abbrev')),
    strings: new StringNames(section('str'), names, '.debug_str'),
    lineStrings: new StringNames(section('line_str'), names, '.debug_line_str'),
    alternateName: altLink === undefined ? undefined : textAt(sectionContent(elf, altLink)),
  };
}

function openSection(elf: ElfReader, suffix: string, decompress: Decompress | undefined): SectionData | undefined {
  const name = `.debug_${suffix}`;
  const old = `.zdebug_${suffix}`;
  const header = elf.sections.find(
    (section) => (section.name === name || section.name === old) && section.type !== SectionType.NoBits,
  );
  if (header === undefined) return undefined;
  if (header.size > elf.source.size || header.offset > elf.source.size - header.size) {
    throw new DwarfError('truncated', `${header.name} is not inside of the file`, {
      section: header.name,
      offset: header.offset,
      expected: `an end of at most ${elf.source.size}`,
    });
  }
  const compressed = header.name === old || (header.flags & SectionFlag.Compressed) !== 0;
  const relocated = elf.type === ElfType.Rel;
  if (!compressed && !relocated) return SectionData.windowed(name, elf.source, header.offset, header.size);
  let bytes = sectionContent(elf, header);
  if (compressed) bytes = decompressed(elf, header, bytes, decompress);
  if (relocated) {
    // A source over memory gives its own bytes, and slice() of Node's Buffer the same memory.
    if (!compressed) bytes = new Uint8Array(bytes);
    applyRelocations(elf, header, bytes);
  }
  return SectionData.loaded(name, bytes);
}

/** The content of a section that begins with an `Elf_Chdr`, or with GNU's older header. */
function decompressed(
  elf: ElfReader,
  header: SectionHeader,
  bytes: Uint8Array,
  decompress: Decompress | undefined,
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { littleEndian, is64 } = elf;
  const bad = (message: string, cause?: unknown) =>
    new DwarfError('bad-compression', `${header.name}: ${message}`, { section: header.name, offset: 0, cause });
  let type: number = CompressionType.Zlib;
  let size: number;
  let start: number;
  if (header.name.startsWith('.zdebug')) {
    if (bytes.length < 12 || view.getUint32(0, false) !== GNU_MAGIC) throw bad('no ZLIB header');
    size = read64(view, 4, false);
    start = 12;
  } else {
    start = is64 ? 24 : 12;
    if (bytes.length < start) throw bad('shorter than its header');
    type = view.getUint32(0, littleEndian);
    size = is64 ? read64(view, 8, littleEndian) : view.getUint32(4, littleEndian);
  }
  if (!(size <= MAX_SECTION && size <= (bytes.length - start) * MAX_RATIO)) throw bad(`it claims ${size} bytes`);
  if (decompress === undefined) {
    throw new DwarfError('compressed', `${header.name} is compressed (type ${type})`, {
      section: header.name,
      expected: 'a decompressor',
    });
  }
  let content: Uint8Array;
  try {
    content = decompress({ type, size, addrAlign: 1, bytes: bytes.subarray(start) });
  } catch (error) {
    throw bad('it does not decompress', error);
  }
  if (content.length !== size) throw bad(`it decompresses to ${content.length} bytes, not ${size}`);
  return content;
}

function textAt(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, 4096)));
}
