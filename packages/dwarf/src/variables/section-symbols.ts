// Which object symbols a section has: read when a variable at the section's very start asks for it.

import { SymbolType } from '@btfq/elf';
import { readSymbols } from '../functions/elf-functions.ts';
import type { ElfReader } from '../read/elf-reader.ts';
import { stringEnd } from '../read/names.ts';

export class SectionSymbols {
  readonly #elf: ElfReader;
  readonly #known = new Map<number, ReadonlySet<string>>();

  constructor(elf: ElfReader) {
    this.#elf = elf;
  }

  /** Whether the section has an object symbol of that name. */
  hasObject(section: number, name: string): boolean {
    let names = this.#known.get(section);
    if (names === undefined) this.#known.set(section, (names = this.#read(section)));
    return names.has(name);
  }

  #read(section: number): ReadonlySet<string> {
    const found = new Set<string>();
    const raw = readSymbols(this.#elf);
    if (raw === undefined) return found;
    const { is64, littleEndian } = this.#elf;
    for (let at = 0; at + raw.size <= raw.entries.byteLength; at += raw.size) {
      const info = raw.entries.getUint8(at + (is64 ? 4 : 12));
      const index = raw.entries.getUint16(at + (is64 ? 6 : 14), littleEndian);
      if ((info & 0xf) !== SymbolType.Object || index !== section) continue;
      const start = raw.entries.getUint32(at, littleEndian);
      if (start >= raw.strings.length) continue;
      found.add(String.fromCharCode(...raw.strings.subarray(start, stringEnd(raw.strings, start))));
    }
    return found;
  }
}
