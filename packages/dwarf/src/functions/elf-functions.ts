// The functions of the symbol table, by their name in the source: what compilers append (.isra.0, .constprop.3) is cut off,
// what is a part of a function (.cold, .part) is left out. dwarves' elf_functions__collect.

import { SectionType, SymbolType } from '@btfq/elf';
import { DwarfError } from '../errors.ts';
import { Ints } from '../ints.ts';
import { type ElfReader, sectionContent } from '../read/elf-reader.ts';
import type { NameTable } from '../read/names.ts';

const DOT = 0x2e;
const PARTS = ['.cold', '.part'];
const OPTIMIZED = ['.constprop', '.isra'];

/** A symbol as the table has it. */
interface RawSymbols {
  readonly count: number;
  readonly entries: DataView;
  readonly strings: Uint8Array;
  readonly size: number;
}

/** Functions by number, in no order that matters; and what else is asked of symbols. */
export class ElfFunctions {
  /** The name of each function. */
  readonly names = new Ints();
  /** 1: the function's symbols have different addresses. */
  readonly ambiguous = new Ints();
  /** The function of a name plus one, by name. */
  #byName = new Int32Array(0);
  readonly #firstSymbol = new Ints();
  /** Next symbol plus one, address halves, 1 where optimized. */
  readonly #symbols = new Ints();

  /** Reads the symbol table. Throws `bad-elf`. */
  constructor(elf: ElfReader, names: NameTable) {
    const raw = readSymbols(elf);
    if (raw === undefined) return;
    const { entries, strings, size } = raw;
    const little = elf.littleEndian;
    for (let at = 0; at + size <= entries.byteLength; at += size) {
      const info = entries.getUint8(at + (elf.is64 ? 4 : 12));
      if ((info & 0xf) !== SymbolType.Func) continue;
      const start = entries.getUint32(at, little);
      if (start >= strings.length || strings[start] === 0) continue;
      let dot = start;
      while (strings[dot] !== 0 && strings[dot] !== DOT && dot < strings.length) dot++;
      let end = dot;
      while (strings[end] !== 0 && end < strings.length) end++;
      const suffix = dot === end ? '' : latin1(strings, dot, end);
      if (suffix !== '' && PARTS.some((part) => suffix.includes(part))) continue;
      const value = at + (elf.is64 ? 8 : 4);
      const low = entries.getInt32(elf.is64 && !little ? value + 4 : value, little);
      const high = elf.is64 ? entries.getInt32(little ? value + 4 : value, little) : 0;
      const optimized = suffix !== '' && OPTIMIZED.some((part) => suffix.includes(part));
      this.#add(names.intern(strings, start, dot), low, high, optimized);
    }
  }

  get count(): number {
    return this.names.length;
  }

  /** The function of that name, or -1. */
  find(name: number): number {
    return (this.#byName[name] ?? 0) - 1;
  }

  /** Whether one of the function's symbols is at that address: 0 no, 1 yes, 2 yes and it is an optimized one. */
  symbolAt(index: number, low: number, high: number): number {
    const data = this.#symbols.data;
    let found = 0;
    for (let at = this.#firstSymbol.data[index]!; at !== 0; at = data[at - 1]!) {
      if (data[at] !== low || data[at + 1] !== high) continue;
      found = Math.max(found, data[at + 2]! + 1);
    }
    return found;
  }

  #add(name: number, low: number, high: number, optimized: boolean): void {
    let index = this.find(name);
    if (index < 0) {
      index = this.names.length;
      this.names.push(name);
      this.ambiguous.push(0);
      this.#firstSymbol.push(0);
      if (name >= this.#byName.length) {
        const grown = new Int32Array(Math.max(1 << 12, name * 2));
        grown.set(this.#byName);
        this.#byName = grown;
      }
      this.#byName[name] = index + 1;
    }
    const next = this.#firstSymbol.data[index]!;
    const data = this.#symbols.data;
    if (next !== 0 && (data[next] !== low || data[next + 1] !== high)) this.ambiguous.data[index] = 1;
    this.#symbols.push(next);
    const at = this.#symbols.length;
    this.#symbols.push(low);
    this.#symbols.push(high);
    this.#symbols.push(optimized ? 1 : 0);
    this.#firstSymbol.data[index] = at;
  }
}

/** The symbol table's bytes; undefined where there is none. Throws `bad-elf`. */
export function readSymbols(elf: ElfReader): RawSymbols | undefined {
  const table = elf.sections.find(({ type }) => type === SectionType.SymTab);
  if (table === undefined) return undefined;
  const size = elf.is64 ? 24 : 16;
  const strings = elf.sections[table.link];
  if (strings === undefined || table.entSize !== size || table.size % size !== 0) {
    throw new DwarfError('bad-elf', 'a symbol table that contradicts itself', {
      section: table.name,
      offset: table.offset,
      expected: `whole entries of ${size} bytes, and a string section`,
    });
  }
  const bytes = sectionContent(elf, table);
  return {
    count: bytes.length / size,
    entries: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    strings: sectionContent(elf, strings),
    size,
  };
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
