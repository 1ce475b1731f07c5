// A bundle as a C array and as an object file for those who link it into their program, with the symbols that
// `ld -r -b binary NAME` gives.

/** e_machine and class of the machines that BPF loaders run on, by their `uname -m` or BTFHub word. */
const MACHINES: Readonly<Record<string, { machine: number; is64: boolean; littleEndian: boolean; flags?: number }>> = {
  x86_64: { machine: 62, is64: true, littleEndian: true },
  arm64: { machine: 183, is64: true, littleEndian: true },
  aarch64: { machine: 183, is64: true, littleEndian: true },
  riscv64: { machine: 243, is64: true, littleEndian: true, flags: 5 }, // RVC, double-float ABI, as Linux is built
  s390x: { machine: 22, is64: true, littleEndian: false },
  ppc64le: { machine: 21, is64: true, littleEndian: true, flags: 2 }, // ELFv2
  ppc64el: { machine: 21, is64: true, littleEndian: true, flags: 2 },
  i386: { machine: 3, is64: false, littleEndian: true },
  arm: { machine: 40, is64: false, littleEndian: true, flags: 0x05000000 }, // EABI 5
};

/** The machines that `embedObject` can write for. */
export const EMBED_MACHINES: readonly string[] = Object.keys(MACHINES);

/** `_binary_` and the file's name with everything but letters and digits made `_`, as ld does it. */
export function binarySymbol(fileName: string): string {
  return `_binary_${fileName.replace(/[^A-Za-z0-9]/g, '_')}`;
}

/**
 * A C header that defines the bytes as a static array, with the end and size beside it. The names are those of the
 * object file, so that code may use either.
 */
export function embedC(fileName: string, bytes: Uint8Array): string {
  const symbol = binarySymbol(fileName);
  const guard = `${symbol.toUpperCase()}_H`;
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    lines.push(`\t${[...bytes.subarray(at, at + 16)].map((b) => `0x${b.toString(16).padStart(2, '0')}`).join(', ')},`);
  }
  return [
    `/* ${fileName}, ${bytes.length} bytes */`,
    `#ifndef ${guard}`,
    `#define ${guard}`,
    '',
    `static const unsigned char ${symbol}_start[] __attribute__((aligned(8))) = {`,
    ...(lines.length > 0 ? lines : ['\t0,']),
    '};',
    `#define ${symbol}_size ${bytes.length}UL`,
    `#define ${symbol}_end (${symbol}_start + ${symbol}_size)`,
    '',
    `#endif /* ${guard} */`,
    '',
  ].join('\n');
}

/**
 * A relocatable ELF object whose .data is the bytes, with `_binary_NAME_start`, `_end` and `_size`. undefined where the
 * machine is not known (see EMBED_MACHINES).
 */
export function embedObject(fileName: string, bytes: Uint8Array, machine: string): Uint8Array | undefined {
  const target = MACHINES[machine];
  if (target === undefined) return undefined;
  const { is64, littleEndian } = target;
  const symbol = binarySymbol(fileName);
  const out = new ElfWriter(is64, littleEndian);

  const names = ['_start', '_end', '_size'].map((suffix) => symbol + suffix);
  const strtab = `\0${names.map((name) => `${name}\0`).join('')}`;
  const shstrtab = '\0.data\0.symtab\0.strtab\0.shstrtab\0.note.GNU-stack\0';
  const nameAt = (name: string) => strtab.indexOf(`\0${name}\0`) + 1;
  const sectionName = (name: string) => shstrtab.indexOf(`\0${name}\0`) + 1;
  const [data, absolute] = [1, 0xfff1];

  const headerSize = is64 ? 64 : 52;
  const symbolSize = is64 ? 24 : 16;
  const dataAt = 64;
  const symbolsAt = align8(dataAt + bytes.length);
  const stringsAt = symbolsAt + 4 * symbolSize;
  const sectionNamesAt = stringsAt + strtab.length;
  const sectionsAt = align8(sectionNamesAt + shstrtab.length);

  out.header(target.machine, target.flags ?? 0, sectionsAt, 6, 4, headerSize);
  out.seek(dataAt).bytes(bytes);
  out.seek(symbolsAt);
  out.symbol(0, 0, 0, 0);
  out.symbol(nameAt(names[0]!), 0, 0x10, data);
  out.symbol(nameAt(names[1]!), bytes.length, 0x10, data);
  out.symbol(nameAt(names[2]!), bytes.length, 0x10, absolute);
  out.text(strtab).text(shstrtab);
  out.seek(sectionsAt);
  out.section(0, 0, 0, 0, 0, 0, 0, 0, 0);
  out.section(sectionName('.data'), 1, 3, dataAt, bytes.length, 0, 0, 8, 0);
  out.section(sectionName('.symtab'), 2, 0, symbolsAt, 4 * symbolSize, 3, 1, 8, symbolSize);
  out.section(sectionName('.strtab'), 3, 0, stringsAt, strtab.length, 0, 0, 1, 0);
  out.section(sectionName('.shstrtab'), 3, 0, sectionNamesAt, shstrtab.length, 0, 0, 1, 0);
  // without it, linking this object would make the program's stack executable
  out.section(sectionName('.note.GNU-stack'), 1, 0, sectionNamesAt, 0, 0, 0, 1, 0);
  return out.finish();
}

const align8 = (at: number) => (at + 7) & ~7;

/** Appends ELF structures of either class and byte order. */
class ElfWriter {
  private readonly is64: boolean;
  private readonly littleEndian: boolean;
  private readonly parts: number[] = [];
  private chunks: Uint8Array[] = [];
  private length = 0;

  constructor(is64: boolean, littleEndian: boolean) {
    this.is64 = is64;
    this.littleEndian = littleEndian;
  }

  header(machine: number, flags: number, sectionsAt: number, sections: number, names: number, size: number): void {
    this.bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, this.is64 ? 2 : 1, this.littleEndian ? 1 : 2, 1, 0));
    this.bytes(new Uint8Array(8));
    this.number(2, 1).number(2, machine).number(4, 1); // ET_REL, EV_CURRENT
    this.word(0).word(0).word(sectionsAt);
    this.number(4, flags).number(2, size).number(2, 0).number(2, 0);
    this.number(2, this.is64 ? 64 : 40)
      .number(2, sections)
      .number(2, names);
  }

  symbol(name: number, value: number, info: number, section: number): void {
    if (this.is64) this.number(4, name).number(1, info).number(1, 0).number(2, section).number(8, value).number(8, 0);
    else this.number(4, name).number(4, value).number(4, 0).number(1, info).number(1, 0).number(2, section);
  }

  section(...[name, type, flags, offset, size, link, info, align, entry]: SectionFields): void {
    this.number(4, name).number(4, type).word(flags).word(0).word(offset).word(size);
    this.number(4, link).number(4, info).word(align).word(entry);
  }

  bytes(bytes: Uint8Array): this {
    this.flush();
    this.chunks.push(bytes);
    this.length += bytes.length;
    return this;
  }

  text(text: string): this {
    return this.bytes(new TextEncoder().encode(text));
  }

  seek(offset: number): this {
    return this.bytes(new Uint8Array(offset - this.length - this.parts.length));
  }

  finish(): Uint8Array {
    this.flush();
    const out = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }

  private word(value: number): this {
    return this.number(this.is64 ? 8 : 4, value);
  }

  private number(size: number, value: number): this {
    const bytes = Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) & 0xff);
    this.parts.push(...(this.littleEndian ? bytes : bytes.reverse()));
    return this;
  }

  private flush(): void {
    if (this.parts.length === 0) return;
    this.chunks.push(Uint8Array.from(this.parts));
    this.length += this.parts.length;
    this.parts.length = 0;
  }
}

type SectionFields = [
  name: number,
  type: number,
  flags: number,
  offset: number,
  size: number,
  link: number,
  info: number,
  align: number,
  entry: number,
];
