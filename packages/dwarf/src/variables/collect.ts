// The variables of a unit that BTF describes: defined at the top, at a fixed address in a section that is asked for, of a
// size that is not 0. dwarves' btf_encoder__encode_cu_variables.

import { SectionType } from '@btfq/elf';
import type { UnitInterner } from '../intern/intern-unit.ts';
import { Ints } from '../ints.ts';
import type { ElfReader, SectionHeader } from '../read/elf-reader.ts';
import type { NameTable } from '../read/names.ts';
import type { OffsetMap } from '../unit/offset-map.ts';
import { type Records, V, VariableFlag } from '../unit/records.ts';
import type { SectionSymbols } from './section-symbols.ts';

const PERCPU_SECTION = '.data..percpu';
/** Made by macros of the kernel, of use to nobody. */
const FILTERED = [
  '__UNIQUE_ID',
  '__tpstrtab_',
  '__exitcall_',
  '__gendwarfksyms_ptr_',
  '__func_stack_frame_non_standard_',
];
const MAX_NAME = 128;
const U32 = 0xffffffff;

/** Fields of a variable that is written. */
export const Var = { Name: 0, Type: 1, Linkage: 2, Section: 3, Offset: 4, Size: 5, Stride: 6 } as const;

/** Collects the variables of units, one after the other. */
export class VariableCollector {
  /** Rows of {@link Var}. */
  readonly found = new Ints(Var.Stride * 32);
  readonly #records: Records;
  readonly #map: OffsetMap;
  readonly #interner: UnitInterner;
  readonly #names: NameTable;
  readonly #sections: readonly SectionHeader[];
  readonly #symbols: SectionSymbols;
  readonly #sizeOf: (ref: number) => number;

  constructor(
    records: Records,
    map: OffsetMap,
    interner: UnitInterner,
    names: NameTable,
    elf: ElfReader,
    wanted: 'percpu' | 'global' | 'none',
    symbols: SectionSymbols,
    sizeOf: (ref: number) => number,
  ) {
    this.#records = records;
    this.#map = map;
    this.#interner = interner;
    this.#names = names;
    this.#symbols = symbols;
    this.#sizeOf = sizeOf;
    this.#sections = elf.sections.filter(
      ({ type, name, index }) =>
        index > 0 &&
        wanted !== 'none' &&
        (type === SectionType.ProgBits || type === SectionType.NoBits) &&
        (wanted === 'global' || name === PERCPU_SECTION),
    );
    // the first section with an address wins, also where it is not wanted
    this.#others = elf.sections.filter(
      ({ type, index }) => index > 0 && (type === SectionType.ProgBits || type === SectionType.NoBits),
    );
  }

  readonly #others: readonly SectionHeader[];

  /** Adds the unit's variables; `visit` gets the row of each and its number. */
  run(visit: (row: number, number: number) => void): void {
    if (this.#sections.length === 0) return;
    const rows = this.#records.variables.data;
    const count = this.#records.variableCount;
    for (let row = 1; row < count; row++) {
      const flags = rows[row * V.Stride + V.Flags]!;
      if ((flags & VariableFlag.Addressed) === 0 || (flags & VariableFlag.Declaration) !== 0) continue;
      if (this.#add(row)) visit(row, this.found.length / Var.Stride - 1);
    }
  }

  #add(row: number): boolean {
    const rows = this.#records.variables.data;
    const at = row * V.Stride;
    const section = this.#sectionOf(rows[at + V.Low]! >>> 0, rows[at + V.High]! >>> 0);
    if (section === undefined || !this.#sections.includes(section)) return false;
    const offset = difference(rows[at + V.Low]! >>> 0, rows[at + V.High]! >>> 0, section);
    const specification = rows[at + V.Specification]!;
    const said = specification === 0 ? row : this.#map.variable(specification) || row;
    const name = rows[said * V.Stride + V.Name]!;
    if (name === 0) return false;
    const text = this.#names.text(name);
    if (FILTERED.some((prefix) => text.startsWith(prefix))) return false;
    // address 0 may be that of a discarded section: then the symbol table knows nothing of it
    if (offset === 0 && !this.#symbols.hasObject(section.index, text)) return false;
    if (!isValidName(text)) return false;
    const ref = rows[said * V.Stride + V.Ref]!;
    const type = this.#interner.refOf(ref);
    if (type === 0) return false;
    const size = this.#sizeOf(ref);
    if (size === 0 || size > U32 || offset > U32) return false;
    const linkage = (rows[said * V.Stride + V.Flags]! & VariableFlag.External) === 0 ? 0 : 1;
    for (const value of [name, type, linkage, section.index, offset | 0, size | 0]) this.found.push(value);
    return true;
  }

  #sectionOf(low: number, high: number): SectionHeader | undefined {
    return this.#others.find((section) => {
      const offset = difference(low, high, section);
      return offset >= 0 && offset < section.size;
    });
  }
}

function difference(low: number, high: number, section: SectionHeader): number {
  return (high - (section.addressHigh >>> 0)) * 0x1_0000_0000 + low - (section.addressLow >>> 0);
}

/** btf_name_valid: what the kernel takes as a variable's name. */
function isValidName(text: string): boolean {
  return text.length <= MAX_NAME && /^[A-Za-z_.][A-Za-z0-9_.]*$/.test(text);
}
