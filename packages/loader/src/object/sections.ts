// What each ELF section of an object is for, by name, type and flags. libbpf.c bpf_object__elf_collect,
// ignore_elf_section.

import { type ElfFile, type ElfSection, ElfType, Machine, SectionFlag, SectionType } from '@btfq/elf';
import { LoaderErrno, LoaderError } from '../errors.ts';

/** Sections by use. Those that libbpf passes over are in none of these. */
export interface ObjectSections {
  readonly symbols: ElfSection;
  /** Instructions, in file order; `.text` among them. */
  readonly code: readonly ElfSection[];
  readonly text: ElfSection | undefined;
  readonly maps: ElfSection | undefined;
  /** Global variables, in file order. */
  readonly data: readonly DataSection[];
  readonly structOps: readonly ElfSection[];
  readonly arena: ElfSection | undefined;
  readonly jumpTables: ElfSection | undefined;
  readonly license: ElfSection | undefined;
  readonly version: ElfSection | undefined;
  /** Relocations of code, of `.maps` and of struct_ops. */
  readonly relocations: readonly ElfSection[];
}

/** A section of global variables. */
export interface DataSection {
  readonly section: ElfSection;
  readonly origin: 'data' | 'rodata' | 'bss';
}

const STRUCT_OPS = new Set(['.struct_ops', '.struct_ops.link', '?.struct_ops', '?.struct_ops.link']);

/** Checks that the file is one that libbpf opens, and sorts its sections. @throws LoaderError, ElfError */
export function collectSections(elf: ElfFile): ObjectSections {
  if (!elf.is64 || elf.type !== ElfType.Rel || (elf.machine !== 0 && elf.machine !== Machine.Bpf)) {
    throw new LoaderError('not-bpf', 'no relocatable 64-bit ELF file for BPF', {
      errno: LoaderErrno.Format,
      expected: 'ELFCLASS64, ET_REL, EM_BPF',
    });
  }
  const tables = elf.sections.filter(({ type }) => type === SectionType.SymTab);
  const symbols = tables[0];
  if (symbols === undefined || tables.length > 1) {
    throw new LoaderError('no-symbols', `${tables.length} symbol tables`, {
      errno: symbols === undefined ? LoaderErrno.NoEntry : LoaderErrno.Format,
      expected: 'one: an object that is not stripped',
    });
  }
  const code: ElfSection[] = [];
  const data: DataSection[] = [];
  const structOps: ElfSection[] = [];
  const relocations: ElfSection[] = [];
  const named: Partial<Record<'text' | 'maps' | 'arena' | 'jumpTables' | 'license' | 'version', ElfSection>> = {};
  for (const section of elf.sections) {
    if (section.index === 0 || isIgnored(section)) continue;
    const { name, type, size } = section;
    if (name === 'license') named.license = section;
    else if (name === 'version') named.version = section;
    else if (name === 'maps') {
      throw new LoaderError('legacy-maps', 'legacy map definitions are not supported by libbpf 1.0 and later', {
        errno: LoaderErrno.NotSupported,
        section: name,
        expected: 'BTF-defined maps in .maps',
      });
    } else if (name === '.maps') named.maps = section;
    else if (name === '.BTF' || name === '.BTF.ext' || type === SectionType.SymTab) continue;
    else if (type === SectionType.ProgBits && size > 0) {
      const origin = dataOrigin(name);
      if ((section.flags & SectionFlag.ExecInstr) !== 0) {
        if (name === '.text') named.text = section;
        code.push(section);
      } else if (origin === 'data' || origin === 'rodata') data.push({ section, origin });
      else if (STRUCT_OPS.has(name)) structOps.push(section);
      else if (name === '.addr_space.1') named.arena = section;
      else if (name === '.jumptables') named.jumpTables = section;
    } else if (type === SectionType.Rel) {
      if (isUsedRelocation(elf, section)) relocations.push(section);
    } else if (type === SectionType.NoBits && size > 0 && dataOrigin(name) === 'bss') {
      data.push({ section, origin: 'bss' });
    }
  }
  return {
    symbols,
    code,
    text: named.text,
    maps: named.maps,
    data,
    structOps,
    arena: named.arena,
    jumpTables: named.jumpTables,
    license: named.license,
    version: named.version,
    relocations,
  };
}

function dataOrigin(name: string): DataSection['origin'] | undefined {
  for (const origin of ['data', 'rodata', 'bss'] as const) {
    if (name === `.${origin}` || name.startsWith(`.${origin}.`)) return origin;
  }
  return undefined;
}

function isIgnored({ name, type, size }: ElfSection): boolean {
  if (type === SectionType.StrTab || type === SectionType.LlvmAddrsig) return true;
  if (type === SectionType.ProgBits && size === 0 && name === '.text') return true;
  const target = name.startsWith('.rel') ? name.slice(4) : name;
  return target.startsWith('.debug_') || (target !== name && (target === '.BTF' || target === '.BTF.ext'));
}

/** Only those of code, of map definitions and of struct_ops variables matter. */
function isUsedRelocation(elf: ElfFile, section: ElfSection): boolean {
  const target = elf.sections[section.info];
  if (target === undefined || section.entSize !== 16) {
    throw new LoaderError('bad-relocation', `section ${section.name} relocates section ${section.info}`, {
      errno: LoaderErrno.Format,
      section: section.name,
      expected: `entries of 16 bytes for one of ${elf.sections.length} sections`,
    });
  }
  if ((target.flags & SectionFlag.ExecInstr) !== 0) return true;
  const name = section.name.slice('.rel'.length);
  return name === '.maps' || STRUCT_OPS.has(name);
}
