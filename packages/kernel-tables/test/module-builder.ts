// Small modules (ET_REL), built by hand: sections with their relocations, and symbols.

import { poke } from './words.ts';

/** One section. */
export interface ModuleSection {
  readonly name: string;
  readonly content: Uint8Array;
  readonly code?: boolean;
  /** Words that point to a place in a section: offset of the word, section, offset there. */
  readonly pointers?: readonly (readonly [at: number, section: string, offset: number])[];
}

/** One symbol; a section of '' makes it one of the kernel. */
export interface ModuleSymbol {
  readonly name: string;
  readonly section: string;
  readonly offset: number;
}

const ABSOLUTE = { x86_64: 1, arm64: 257 } as const;
const MACHINE = { x86_64: 62, arm64: 183 } as const;

/** An ELF64 file of one of the two machines. */
export function buildModule(
  arch: 'x86_64' | 'arm64',
  sections: readonly ModuleSection[],
  symbols: readonly ModuleSymbol[],
): Uint8Array {
  const index = new Map(sections.map(({ name }, i) => [name, i + 1]));
  const relocated = sections.filter(({ pointers }) => pointers !== undefined);
  const symtab = sections.length + relocated.length + 1;
  const names = strings([
    '',
    ...sections.map(({ name }) => name),
    ...relocated.map(({ name }) => `.rela${name}`),
    '.symtab',
    '.strtab',
    '.shstrtab',
  ]);
  const symbolNames = strings(['', ...symbols.map(({ name }) => name)]);

  // Symbol 0, one for each section, then those that are named.
  const table = new Uint8Array(24 * (1 + sections.length + symbols.length));
  sections.forEach((_, i) => {
    table[24 * (i + 1) + 4] = 3; // STT_SECTION, local
    poke(table, 24 * (i + 1) + 6, BigInt(i + 1), 2);
  });
  symbols.forEach(({ name, section, offset }, i) => {
    const at = 24 * (1 + sections.length + i);
    poke(table, at, BigInt(symbolNames.offset(name)), 4);
    table[at + 4] = section === '' ? 0x10 : 2; // a global of nothing, or a local function
    poke(table, at + 6, BigInt(index.get(section) ?? 0), 2);
    poke(table, at + 8, BigInt(offset));
  });

  const bodies: {
    name: string;
    type: number;
    flags: number;
    content: Uint8Array;
    link: number;
    info: number;
    entry: number;
  }[] = [];
  for (const { name, content, code } of sections) {
    bodies.push({ name, type: 1, flags: code ? 6 : 2, content, link: 0, info: 0, entry: 0 });
  }
  for (const { name, pointers = [] } of relocated) {
    const content = new Uint8Array(24 * pointers.length);
    pointers.forEach(([at, section, offset], i) => {
      poke(content, 24 * i, BigInt(at));
      poke(content, 24 * i + 8, (BigInt(index.get(section) ?? 0) << 32n) | BigInt(ABSOLUTE[arch]));
      poke(content, 24 * i + 16, BigInt(offset));
    });
    bodies.push({
      name: `.rela${name}`,
      type: 4,
      flags: 0,
      content,
      link: symtab,
      info: index.get(name) ?? 0,
      entry: 24,
    });
  }
  bodies.push({
    name: '.symtab',
    type: 2,
    flags: 0,
    content: table,
    link: symtab + 1,
    info: 1 + sections.length,
    entry: 24,
  });
  bodies.push({ name: '.strtab', type: 3, flags: 0, content: symbolNames.bytes, link: 0, info: 0, entry: 0 });
  bodies.push({ name: '.shstrtab', type: 3, flags: 0, content: names.bytes, link: 0, info: 0, entry: 0 });

  const size = 64 + bodies.reduce((sum, { content }) => sum + Math.ceil(content.length / 8) * 8, 0);
  const bytes = new Uint8Array(size + 64 * (bodies.length + 1));
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  poke(bytes, 16, 1n, 2);
  poke(bytes, 18, BigInt(MACHINE[arch]), 2);
  poke(bytes, 20, 1n, 4);
  poke(bytes, 40, BigInt(size));
  poke(bytes, 52, 64n, 2);
  poke(bytes, 58, 64n, 2);
  poke(bytes, 60, BigInt(bodies.length + 1), 2);
  poke(bytes, 62, BigInt(bodies.length), 2);
  let at = 64;
  bodies.forEach(({ name, type, flags, content, link, info, entry }, i) => {
    const header = size + 64 * (i + 1);
    bytes.set(content, at);
    poke(bytes, header, BigInt(names.offset(name)), 4);
    poke(bytes, header + 4, BigInt(type), 4);
    poke(bytes, header + 8, BigInt(flags));
    poke(bytes, header + 24, BigInt(at));
    poke(bytes, header + 32, BigInt(content.length));
    poke(bytes, header + 40, BigInt(link), 4);
    poke(bytes, header + 44, BigInt(info), 4);
    poke(bytes, header + 48, 8n);
    poke(bytes, header + 56, BigInt(entry));
    at += Math.ceil(content.length / 8) * 8;
  });
  return bytes;
}

function strings(texts: readonly string[]): { bytes: Uint8Array; offset: (text: string) => number } {
  const joined = `${[...new Set(texts)].join('\0')}\0`;
  return {
    bytes: new TextEncoder().encode(joined),
    offset: (text) => (text === '' ? 0 : joined.indexOf(`\0${text}\0`) + 1),
  };
}
