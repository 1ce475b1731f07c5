// The symbols of a vmlinux that still has its symbol table (a debug package's, a build's), with nm's letters.

import {
  type ElfFile,
  type ElfSection,
  SectionFlag,
  SectionIndex,
  SectionType,
  SymbolBinding,
  SymbolType,
} from '@btfq/elf';
import { KernelTablesError } from '../errors.ts';
import { sortedTable } from './kallsyms.ts';
import type { SymbolTable } from './symbol-table.ts';

/** Local labels and mapping symbols: no kernel shows them (scripts/mksysmap). */
const NOT_A_SYMBOL = /^(?:$|\$|\.L|L0|__pi_\$|__crc_|__kstrtab_|__kstrtabns_|__export_symbol_)/;

/** The kernel's symbols; undefined where the file has no symbol table. @throws KernelTablesError `no-symbols` */
export function elfSymbols(elf: ElfFile): SymbolTable | undefined {
  if (!elf.sections.some(({ type, size }) => type === SectionType.SymTab && size > 0)) return undefined;
  try {
    return table(elf);
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'ElfError') throw cause;
    throw new KernelTablesError('no-symbols', `the symbol table is damaged: ${cause.message}`, { cause });
  }
}

function table(elf: ElfFile): SymbolTable {
  const kept = elf.symbols.filter(
    ({ type, sectionIndex, name }) =>
      type !== SymbolType.File &&
      type !== SymbolType.Section &&
      sectionIndex !== SectionIndex.Undef &&
      !NOT_A_SYMBOL.test(name),
  );
  const encoded = kept.map(({ name }) => name);
  const starts = new Uint32Array(kept.length + 1);
  let total = 0;
  encoded.forEach((name, i) => {
    starts[i] = total;
    total += name.length;
  });
  starts[kept.length] = total;
  const names = new Uint8Array(total);
  encoded.forEach((name, i) => {
    for (let at = 0; at < name.length; at++) names[starts[i]! + at] = name.charCodeAt(at);
  });
  return sortedTable(
    {
      addresses: BigUint64Array.from(kept, ({ address }) => BigInt.asUintN(64, address)),
      types: Uint8Array.from(kept, ({ binding, sectionIndex }) =>
        letter(binding, elf.sections[sectionIndex]).charCodeAt(0),
      ),
      names,
      starts,
    },
    'elf',
  );
}

/** nm's letter: which kind of section, large where global. */
function letter(binding: number, section: ElfSection | undefined): string {
  if (binding === SymbolBinding.Weak) return section && (section.flags & SectionFlag.ExecInstr) !== 0 ? 'W' : 'V';
  const kind = sectionLetter(section);
  return binding === SymbolBinding.Local ? kind.toLowerCase() : kind;
}

function sectionLetter(section: ElfSection | undefined): string {
  if (section === undefined) return 'A';
  if ((section.flags & SectionFlag.ExecInstr) !== 0) return 'T';
  if (section.type === SectionType.NoBits) return 'B';
  return (section.flags & SectionFlag.Write) !== 0 ? 'D' : 'R';
}
