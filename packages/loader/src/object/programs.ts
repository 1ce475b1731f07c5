// The functions of an object. libbpf.c bpf_object__add_programs, bpf_object__init_prog, bpf_object_init_progs.

import { type ElfFile, type ElfSection, type ElfSymbol, SymbolBinding, SymbolType, SymbolVisibility } from '@btfq/elf';
import { INSN_SIZE } from '@btfq/core-reloc';
import { LoaderErrno, LoaderError } from '../errors.ts';
import type { LoaderProgram, LoaderRelocation } from './model.ts';
import { findSectionDefinition } from './section-definition.ts';
import type { ObjectSections } from './sections.ts';

/** A program whose relocations are still to be collected. */
export type ProgramDraft = Omit<LoaderProgram, 'relocations'> & { readonly relocations: LoaderRelocation[] };

/** All functions of sections of code, sorted by section and place. @throws LoaderError `bad-program` */
export function collectPrograms(elf: ElfFile, sections: ObjectSections): ProgramDraft[] {
  const found: Omit<ProgramDraft, 'index'>[] = [];
  for (const section of sections.code) {
    const bytes = elf.sectionBytes(section);
    for (const symbol of elf.symbols) {
      if (symbol.sectionIndex !== section.index || symbol.type !== SymbolType.Func) continue;
      found.push(program(section, bytes, symbol, section === sections.text));
    }
  }
  found.sort((a, b) => a.sectionIndex - b.sectionIndex || a.insnOffset - b.insnOffset);
  return found.map((draft, index) => ({ index, ...draft }));
}

function program(
  section: ElfSection,
  bytes: Uint8Array,
  symbol: ElfSymbol,
  subprogram: boolean,
): Omit<ProgramDraft, 'index'> {
  const { name, value: offset, size, binding, visibility } = symbol;
  const fault = (what: string, errno: number, expected: string) =>
    new LoaderError('bad-program', `section '${section.name}': program '${name}' ${what}`, {
      errno,
      section: section.name,
      offset,
      symbol: name,
      expected,
    });
  if (offset + size > bytes.length) {
    throw fault('crosses the end of its section', LoaderErrno.Format, `an end of at most ${bytes.length}`);
  }
  if (!subprogram && binding === SymbolBinding.Local) {
    throw fault('is static and not supported', LoaderErrno.NotSupported, 'a global function');
  }
  if (size === 0 || size % INSN_SIZE !== 0 || offset % INSN_SIZE !== 0) {
    throw fault(`has ${size} bytes at ${offset}`, LoaderErrno.Invalid, 'whole instructions');
  }
  const autoload = !section.name.startsWith('?');
  const sectionName = autoload ? section.name : section.name.slice(1);
  const definition = subprogram ? undefined : findSectionDefinition(sectionName);
  const global = binding !== SymbolBinding.Local;
  const slash = sectionName.indexOf('/');
  return {
    name,
    sectionName,
    sectionIndex: section.index,
    insnOffset: offset / INSN_SIZE,
    insnCount: size / INSN_SIZE,
    code: bytes.subarray(offset, offset + size),
    subprogram,
    global,
    hidden: global && (visibility === SymbolVisibility.Hidden || visibility === SymbolVisibility.Internal),
    autoload,
    definition,
    type: definition?.programType ?? 0,
    expectedAttachType: definition?.attachType ?? 0,
    attachTarget: slash < 0 ? undefined : sectionName.slice(slash + 1),
    relocations: [],
  };
}

/** The function that an instruction of a section belongs to. `programs` are sorted. libbpf find_prog_by_sec_insn. */
export function findProgram<P extends Pick<LoaderProgram, 'sectionIndex' | 'insnOffset' | 'insnCount'>>(
  programs: readonly P[],
  sectionIndex: number,
  insn: number,
): P | undefined {
  let [low, high] = [0, programs.length - 1];
  while (low < high) {
    const middle = low + ((high - low + 1) >> 1);
    const at = programs[middle] as P;
    if (at.sectionIndex < sectionIndex || (at.sectionIndex === sectionIndex && at.insnOffset <= insn)) low = middle;
    else high = middle - 1;
  }
  const found = programs[low];
  if (found === undefined || found.sectionIndex !== sectionIndex) return undefined;
  return insn >= found.insnOffset && insn < found.insnOffset + found.insnCount ? found : undefined;
}
