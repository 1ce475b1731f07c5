import { BpfRelocationType, ElfError, isElf, Machine, parseElf, SectionFlag, SectionType } from '@btfq/elf';
import { buildElf, ByteWriter, mutations, symbolTable } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';

const flavours = [
  { is64: true, littleEndian: true },
  { is64: true, littleEndian: false },
  { is64: false, littleEndian: true },
  { is64: false, littleEndian: false },
];
const label = ({ is64, littleEndian }: { is64: boolean; littleEndian: boolean }) =>
  `${is64 ? 64 : 32}-bit ${littleEndian ? 'little' : 'big'}-endian`;

/** An object like clang's: a program, a relocation against a map in it, a group, a note, a symbol table. */
function sample({ is64 = true, littleEndian = true, extendedNumbering = false } = {}): Uint8Array {
  const word = is64 ? 8 : 4;
  const { symtab, strtab } = symbolTable(
    [
      { name: '', type: 3, section: 1 },
      { name: 'handle_exec', type: 2, binding: 1, section: 1, size: 16 },
      { name: 'events', type: 1, binding: 1, visibility: 2, section: 2, value: 8n, size: 24 },
      { name: 'bpf_größe', binding: 2 },
    ],
    { is64, littleEndian },
  );
  const rel = new ByteWriter(littleEndian);
  rel.word(8n, word).word(is64 ? (3n << 32n) | 1n : (3n << 8n) | 1n, word);
  const rela = new ByteWriter(littleEndian);
  rela
    .word(4n, word)
    .word(is64 ? (2n << 32n) | 10n : (2n << 8n) | 10n, word)
    .word(-2n, word);
  const note = new ByteWriter(littleEndian).u32(4).u32(3).u32(3).text('GNU\0').u8(1, 2, 3, 0).u32(6).u32(0).u32(7);
  note.text('Linux\0\0\0');
  const group = new ByteWriter(littleEndian).u32(1).u32(1).u32(2);
  return buildElf({
    is64,
    littleEndian,
    extendedNumbering,
    machine: Machine.Bpf,
    sections: [
      { name: 'tp/exec', flags: SectionFlag.Alloc | SectionFlag.ExecInstr, bytes: new Uint8Array(16).fill(0x95) },
      { name: '.maps', flags: SectionFlag.Alloc | SectionFlag.Write, bytes: new Uint8Array(32) },
      { name: '.reltp/exec', type: SectionType.Rel, link: 8, info: 1, entSize: 2 * word, bytes: rel.bytes() },
      { name: '.relatp/exec', type: SectionType.Rela, link: 8, info: 1, entSize: 3 * word, bytes: rela.bytes() },
      { name: '.note', type: SectionType.Note, addrAlign: 4, bytes: note.bytes() },
      { name: '.group', type: SectionType.Group, link: 8, info: 2, entSize: 4, bytes: group.bytes() },
      { name: '.bss', type: SectionType.NoBits, size: 1 << 30 },
      { name: '.symtab', type: SectionType.SymTab, link: 9, entSize: is64 ? 24 : 16, bytes: symtab },
      { name: '.strtab', type: SectionType.StrTab, bytes: strtab },
    ],
  });
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ElfError) return error.code;
    throw error;
  }
  return 'no error';
}

/** Reads everything that the view offers. */
function readAll(bytes: Uint8Array): void {
  const elf = parseElf(bytes);
  const steps: (() => unknown)[] = [
    () => elf.section('.symtab'),
    () => elf.symbols.map((symbol) => symbol.name + symbol.address),
    () => elf.symbol('events'),
    () => elf.notes,
    () => elf.groups,
    () => elf.segments.map((segment) => elf.segmentBytes(segment)),
  ];
  for (const section of elf.sections) {
    steps.push(() => section.name);
    steps.push(() => elf.sectionBytes(section, ({ size }) => new Uint8Array(Math.min(size, 1024))));
    steps.push(() => elf.relocations(section).map(({ symbol }) => symbol.name));
  }
  for (const step of steps) codeOf(step);
}

describe.each(flavours)('$is64 $littleEndian', (flavour) => {
  const elf = parseElf(sample(flavour));

  it(`reads the header of ${label(flavour)}`, () => {
    expect(elf).toMatchObject({ ...flavour, machine: 247, type: 1, flags: 0, entry: 0n });
    expect(elf.sections.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('finds sections by name and gives views of their bytes', () => {
    expect(elf.section('.maps')).toMatchObject({ index: 2, type: 1, flags: 3, size: 32 });
    const program = elf.sectionBytes(elf.section('tp/exec')!);
    expect([...program]).toEqual(Array(16).fill(0x95));
    expect(program.buffer).toBe(elf.bytes.buffer);
    expect(elf.section('.map')).toBeUndefined();
    expect(elf.section('maps')).toBeUndefined();
    expect(elf.sectionBytes(elf.section('.bss')!)).toHaveLength(0);
  });

  it('decodes symbols', () => {
    expect(elf.symbols).toHaveLength(5);
    expect(elf.symbols[3]).toMatchObject({
      index: 3,
      name: 'events',
      value: 8,
      address: 8n,
      size: 24,
      type: 1,
      binding: 1,
      visibility: 2,
      sectionIndex: 2,
    });
    expect(elf.symbols[4]).toMatchObject({ name: 'bpf_größe', binding: 2, sectionIndex: 0 });
    expect(elf.symbol('handle_exec')?.index).toBe(2);
    expect(elf.symbol('bpf_größe')?.index).toBe(4);
    expect(elf.symbol('handle')).toBeUndefined();
  });

  it('decodes the relocations that apply to a section, REL and RELA', () => {
    const found = elf.relocations(elf.section('tp/exec')!);
    expect(found.map(({ offset, type, addend, symbol }) => [offset, type, addend, symbol.name])).toEqual([
      [8, BpfRelocationType.Imm64, 0, 'events'],
      [4, BpfRelocationType.Call32, -2, 'handle_exec'],
    ]);
    expect(elf.relocations(elf.section('.maps')!)).toEqual([]);
  });

  it('decodes notes and groups', () => {
    expect(elf.notes.map(({ name, type, desc }) => [name, type, [...desc]])).toEqual([
      ['GNU', 3, [1, 2, 3]],
      ['Linux', 7, []],
    ]);
    expect([...elf.buildId!]).toEqual([1, 2, 3]);
    expect(elf.groups).toMatchObject([
      { comdat: true, signature: { name: 'handle_exec' }, members: [{ name: 'tp/exec' }, { name: '.maps' }] },
    ]);
  });

  it('reads extended section numbering', () => {
    const extended = parseElf(sample({ ...flavour, extendedNumbering: true }));
    expect(extended.sections).toHaveLength(11);
    expect(extended.section('.maps')?.index).toBe(2);
  });
});

describe('symbols of files with very many sections', () => {
  it('takes their section from SHT_SYMTAB_SHNDX', () => {
    const { symtab, strtab } = symbolTable([
      { name: 'far', section: 0xffff },
      { name: 'abs', section: 0xfff1 },
    ]);
    const shndx = new ByteWriter().u32(0).u32(70_000).u32(5).bytes();
    const elf = parseElf(
      buildElf({
        sections: [
          { name: '.symtab', type: SectionType.SymTab, link: 2, entSize: 24, bytes: symtab },
          { name: '.strtab', type: SectionType.StrTab, bytes: strtab },
          { name: '.symtab_shndx', type: SectionType.SymTabShndx, link: 1, entSize: 4, bytes: shndx },
        ],
      }),
    );
    expect(elf.symbols.map(({ sectionIndex }) => sectionIndex)).toEqual([0, 70_000, 0xfff1]);
  });
});

describe('64-bit MIPS', () => {
  it('reads its own layout of r_info, in either byte order', () => {
    for (const littleEndian of [true, false]) {
      const { symtab, strtab } = symbolTable([{ name: 'a' }, { name: 'b' }], { littleEndian });
      const rel = new ByteWriter(littleEndian).u64(16).u32(2).u8(0, 0, 0, 18).u64(-1).bytes();
      const elf = parseElf(
        buildElf({
          littleEndian,
          machine: Machine.Mips,
          sections: [
            { name: '.text', bytes: new Uint8Array(32) },
            { name: '.rela.text', type: SectionType.Rela, link: 3, info: 1, entSize: 24, bytes: rel },
            { name: '.symtab', type: SectionType.SymTab, link: 4, entSize: 24, bytes: symtab },
            { name: '.strtab', type: SectionType.StrTab, bytes: strtab },
          ],
        }),
      );
      expect(elf.relocations(elf.section('.text')!)).toMatchObject([
        { offset: 16, type: 18, addend: -1, symbol: { name: 'b' } },
      ]);
    }
  });
});

describe('compressed sections', () => {
  const build = (is64: boolean, bytes: Uint8Array) =>
    parseElf(buildElf({ is64, sections: [{ name: '.BTF', flags: SectionFlag.Compressed, bytes }] }));

  it.each([true, false])('hands header and content to the decompressor (64-bit: %s)', (is64) => {
    const header = is64 ? new ByteWriter().u32(2).u32(0).u64(3).u64(4) : new ByteWriter().u32(2).u32(3).u32(4);
    const elf = build(is64, header.u8(9, 9).bytes());
    const section = elf.section('.BTF')!;
    const content = elf.sectionBytes(section, (data) => {
      expect(data).toMatchObject({ type: 2, size: 3, addrAlign: 4 });
      expect([...data.bytes]).toEqual([9, 9]);
      return Uint8Array.of(1, 2, 3);
    });
    expect([...content]).toEqual([1, 2, 3]);
    expect(codeOf(() => elf.sectionBytes(section))).toBe('compressed');
    expect(codeOf(() => elf.sectionBytes(section, () => new Uint8Array(4)))).toBe('bad-compression');
  });

  it('refuses content that is shorter than its header', () => {
    const elf = build(true, new Uint8Array(23));
    expect(codeOf(() => elf.sectionBytes(elf.section('.BTF')!, () => new Uint8Array()))).toBe('bad-compression');
  });
});

describe('segments', () => {
  it.each(flavours)('are read from $is64 $littleEndian', ({ is64, littleEndian }) => {
    const writer = new ByteWriter(littleEndian);
    const word = is64 ? 8 : 4;
    const size = is64 ? 64 : 52;
    writer.u8(0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, littleEndian ? 1 : 2, 1).raw(new Uint8Array(9));
    writer.u16(2).u16(62).u32(1).word(0x1000n, word).word(BigInt(size), word).word(0n, word);
    writer
      .u32(0)
      .u16(size)
      .u16(is64 ? 56 : 32)
      .u16(1)
      .u16(0)
      .u16(0)
      .u16(0);
    if (is64) writer.u32(1).u32(5).u64(0).u64(0xffffffff81000000n).u64(0x1000000).u64(size).u64(0x2000).u64(16);
    else writer.u32(1).u32(0).u32(0xc0000000).u32(0x1000000).u32(size).u32(0x2000).u32(5).u32(16);
    const elf = parseElf(writer.bytes());
    expect(elf.entry).toBe(0x1000n);
    expect(elf.sections).toEqual([]);
    expect(elf.segments).toEqual([
      {
        type: 1,
        flags: 5,
        offset: 0,
        virtualAddress: is64 ? 0xffffffff81000000n : 0xc0000000n,
        physicalAddress: 0x1000000n,
        fileSize: size,
        memorySize: 0x2000,
        align: 16,
      },
    ]);
    expect(elf.segmentBytes(elf.segments[0]!)).toHaveLength(size);
  });
});

describe('bad input', () => {
  const good = sample();
  const patched = (at: number, ...bytes: number[]) => {
    const copy = Uint8Array.from(good);
    copy.set(bytes, at);
    return copy;
  };
  const headerOf = (index: number) => Number(new DataView(good.buffer).getBigUint64(40, true)) + 64 * index;

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'not-elf'],
    ['another magic', Uint8Array.of(0x7f, 0x45, 0x4c, 0x47), 'not-elf'],
    ['the magic alone', good.slice(0, 4), 'truncated-header'],
    ['half a header', good.slice(0, 40), 'truncated-header'],
    ['class 3', patched(4, 3), 'unsupported-class'],
    ['byte order 0', patched(5, 0), 'unsupported-byte-order'],
    ['version 2', patched(6, 2), 'unsupported-version'],
    ['section headers of 63 bytes', patched(58, 63), 'bad-section-table'],
    ['section headers behind the end', patched(44, 1), 'bad-section-table'],
    ['65,279 section headers', patched(60, 0xff, 0xfe), 'bad-section-table'],
    ['section names in section 99', patched(62, 99), 'bad-link'],
    [
      'segments behind the end',
      patched(32, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0).fill(1, 54, 58),
      'bad-segment-table',
    ],
    ['names outside of the file', patched(headerOf(10) + 28, 1), 'section-out-of-bounds'],
  ])('%s', (_, bytes, code) => {
    expect(codeOf(() => parseElf(bytes))).toBe(code);
  });

  it('says where and what was expected', () => {
    expect(() => parseElf(patched(4, 3))).toThrow(expect.objectContaining({ offset: 4, code: 'unsupported-class' }));
  });

  it.each<[string, number, number[], (elf: ReturnType<typeof parseElf>) => unknown, string]>([
    ['a name behind its table', headerOf(1), [0xff, 0xff], (elf) => elf.sections[1]!.name, 'bad-string'],
    [
      'content behind the end',
      headerOf(1) + 28,
      [1],
      (elf) => elf.sectionBytes(elf.sections[1]!),
      'section-out-of-bounds',
    ],
    ['symbols in odd entries', headerOf(8) + 56, [23], (elf) => elf.symbols, 'bad-symbol-table'],
    ['symbols without names', headerOf(8) + 40, [0], (elf) => elf.symbols, 'bad-link'],
    ['symbols linked far away', headerOf(8) + 40, [77], (elf) => elf.symbols, 'bad-link'],
    ['half a relocation', headerOf(3) + 32, [15], (elf) => elf.relocations(elf.sections[1]!), 'bad-relocation-table'],
    ['relocations linked to code', headerOf(3) + 40, [1], (elf) => elf.relocations(elf.sections[1]!), 'bad-link'],
    ['half a group', headerOf(6) + 32, [3], (elf) => elf.groups, 'bad-group'],
    ['a group named by no symbol', headerOf(6) + 44, [99], (elf) => elf.groups, 'bad-symbol-index'],
  ])('%s', (_, at, bytes, read, code) => {
    const elf = parseElf(patched(at, ...bytes));
    expect(codeOf(() => read(elf))).toBe(code);
  });

  it('refuses relocations that name a symbol beyond the table, and groups with members that are no sections', () => {
    const elf = parseElf(good);
    const relocation = patched(elf.section('.reltp/exec')!.offset + 12, 99);
    expect(codeOf(() => parseElf(relocation).relocations(elf.sections[1]!))).toBe('bad-symbol-index');
    const group = patched(elf.section('.group')!.offset + 4, 99);
    expect(codeOf(() => parseElf(group).groups)).toBe('bad-group');
    const note = patched(elf.section('.note')!.offset + 4, 200);
    expect(codeOf(() => parseElf(note).notes)).toBe('bad-note');
    expect(codeOf(() => elf.relocationsOf(elf.sections[1]!))).toBe('bad-link');
  });

  it('refuses a string table whose last name has no end', () => {
    const elf = parseElf(good);
    const strings = elf.section('.strtab')!;
    const cut = parseElf(patched(headerOf(9) + 32, strings.size - 1));
    expect(codeOf(() => cut.symbols[4]!.name)).toBe('bad-string');
    expect(cut.symbols[3]!.name).toBe('events');
  });

  it('gives a typed error or a value for 4,000 mutations of each class and byte order', () => {
    for (const flavour of flavours) {
      for (const damaged of mutations(sample(flavour), { seed: 1, count: 4000 })) codeOf(() => readAll(damaged));
    }
  });
});

describe('isElf', () => {
  it('goes by the magic', () => {
    expect(isElf(sample())).toBe(true);
    expect(isElf(new Uint8Array())).toBe(false);
    expect(isElf(Uint8Array.of(0x7f, 0x45, 0x4c))).toBe(false);
  });
});
