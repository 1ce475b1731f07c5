// Builds small ELF files of either class and byte order for tests, bytes laid out by hand and not by the code under test.
import { ByteWriter } from './bytes.ts';

/** One section to build; what is left out is zero. */
export interface BuildSection {
  readonly name: string;
  readonly type?: number;
  readonly flags?: number;
  readonly addr?: bigint;
  readonly link?: number;
  readonly info?: number;
  readonly addrAlign?: number;
  readonly entSize?: number;
  readonly bytes?: Uint8Array;
  /** Claims this size instead of the true one. */
  readonly size?: number;
}

export interface BuildElf {
  readonly is64?: boolean;
  readonly littleEndian?: boolean;
  readonly type?: number;
  readonly machine?: number;
  readonly flags?: number;
  /** Sections 1 and up; section 0 and, at the end, `.shstrtab` are added. */
  readonly sections: readonly BuildSection[];
  /** Counts the sections in section 0, as files of 65,280 and more do. */
  readonly extendedNumbering?: boolean;
}

/** One symbol of {@link symbolTable}. */
export interface BuildSymbol {
  readonly name: string;
  readonly value?: bigint;
  readonly size?: number;
  readonly type?: number;
  readonly binding?: number;
  readonly visibility?: number;
  readonly section?: number;
}

/** A string table that holds `names`, and the offset of each. */
export function stringTable(names: readonly string[]): { bytes: Uint8Array; offsets: number[] } {
  const writer = new ByteWriter().u8(0);
  const offsets = names.map((name) => {
    if (name === '') return 0;
    const at = writer.length;
    writer.text(name).u8(0);
    return at;
  });
  return { bytes: writer.bytes(), offsets };
}

/** The content of `.symtab` (the empty first symbol added) and of its `.strtab`. */
export function symbolTable(
  symbols: readonly BuildSymbol[],
  { is64 = true, littleEndian = true }: { is64?: boolean; littleEndian?: boolean } = {},
): { symtab: Uint8Array; strtab: Uint8Array } {
  const names = stringTable(symbols.map(({ name }) => name));
  const writer = new ByteWriter(littleEndian).raw(new Uint8Array(is64 ? 24 : 16));
  symbols.forEach((symbol, at) => {
    const info = ((symbol.binding ?? 0) << 4) | (symbol.type ?? 0);
    writer.u32(names.offsets[at]!);
    if (is64) {
      writer.u8(info, symbol.visibility ?? 0).u16(symbol.section ?? 0);
      writer.u64(symbol.value ?? 0n).u64(symbol.size ?? 0);
    } else {
      writer.word(symbol.value ?? 0n, 4).u32(symbol.size ?? 0);
      writer.u8(info, symbol.visibility ?? 0).u16(symbol.section ?? 0);
    }
  });
  return { symtab: writer.bytes(), strtab: names.bytes };
}

/** The bytes of an ELF file with these sections. */
export function buildElf(options: BuildElf): Uint8Array {
  const { is64 = true, littleEndian = true, extendedNumbering = false } = options;
  const wordSize = is64 ? 8 : 4;
  const headerSize = is64 ? 64 : 52;
  const all: BuildSection[] = [...options.sections, { name: '.shstrtab', type: 3 }];
  const names = stringTable(all.map(({ name }) => name));
  const contents = all.map(({ bytes }, at) => (at === all.length - 1 ? names.bytes : (bytes ?? new Uint8Array())));

  let at = headerSize;
  const offsets = contents.map((content) => {
    const offset = at;
    at = Math.ceil((at + content.length) / 8) * 8;
    return offset;
  });
  const count = all.length + 1;
  const writer = new ByteWriter(littleEndian);
  writer.u8(0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, littleEndian ? 1 : 2, 1, 0).raw(new Uint8Array(8));
  writer
    .u16(options.type ?? 1)
    .u16(options.machine ?? 247)
    .u32(1);
  writer.word(0n, wordSize).word(0n, wordSize).word(BigInt(at), wordSize);
  writer
    .u32(options.flags ?? 0)
    .u16(headerSize)
    .u16(0)
    .u16(0)
    .u16(is64 ? 64 : 40);
  writer.u16(extendedNumbering ? 0 : count).u16(extendedNumbering ? 0xffff : count - 1);
  for (const content of contents) writer.raw(content).pad(8);

  const header = (section: BuildSection, name: number, offset: number, size: number) => {
    writer
      .u32(name)
      .u32(section.type ?? 1)
      .word(BigInt(section.flags ?? 0), wordSize);
    writer
      .word(section.addr ?? 0n, wordSize)
      .word(BigInt(offset), wordSize)
      .word(BigInt(size), wordSize);
    writer.u32(section.link ?? 0).u32(section.info ?? 0);
    writer.word(BigInt(section.addrAlign ?? 1), wordSize).word(BigInt(section.entSize ?? 0), wordSize);
  };
  header(
    { name: '', type: 0, link: extendedNumbering ? count - 1 : 0, addrAlign: 0 },
    0,
    0,
    extendedNumbering ? count : 0,
  );
  all.forEach((section, index) => {
    const size = section.size ?? (contents[index] as Uint8Array).length;
    header(section, names.offsets[index]!, offsets[index]!, size);
  });
  return writer.bytes();
}
