// ELF relocations: what instructions, map definitions and struct_ops variables refer to. libbpf.c
// bpf_object__collect_relos, bpf_program__record_reloc, bpf_object__collect_map_relos, bpf_object__collect_st_ops_relos.

import { type Btf, BtfKind, decodeType, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { CALL, Insn, INSN_SIZE, LDDW } from '@btfq/core-reloc';
import {
  type ElfFile,
  type ElfRelocation,
  type ElfSection,
  type ElfSymbol,
  SectionIndex,
  SymbolBinding,
  SymbolType,
} from '@btfq/elf';
import { LoaderErrno, LoaderError } from '../errors.ts';
import { MapType } from '../uapi/map-type.ts';
import { ProgramType } from '../uapi/program-type.ts';
import { isExtern } from './externs.ts';
import { isMapOfMaps } from './map-definition.ts';
import type { MapDraft } from './map-draft.ts';
import type { LoaderExtern, LoaderRelocation } from './model.ts';
import { findProgram, type ProgramDraft } from './programs.ts';
import type { ObjectSections } from './sections.ts';

/** What relocations refer to, and the drafts that they fill. */
export interface RelocationSources {
  readonly elf: ElfFile;
  readonly sections: ObjectSections;
  readonly btf: Btf | undefined;
  readonly programs: readonly ProgramDraft[];
  readonly maps: readonly MapDraft[];
  readonly externs: readonly LoaderExtern[];
  readonly arenaMap: number | undefined;
}

/** src_reg of a call to a function of the object. */
const PSEUDO_CALL = 1;

/** Fills in the relocations of programs, the slots of maps and the functions of struct_ops. @throws LoaderError */
export function collectRelocations(sources: RelocationSources): void {
  const { elf, sections } = sources;
  for (const section of sections.relocations) {
    const target = elf.sections[section.info] as ElfSection;
    const entries = elf.relocationsOf(section);
    if (sections.structOps.includes(target)) relocateStructOps(sources, target, entries);
    else if (target === sections.maps) relocateMaps(sources, entries);
    else relocateCode(sources, target, entries);
  }
  for (const { relocations } of sources.programs) relocations.sort((a, b) => a.insn - b.insn || rank(a) - rank(b));
}

const ORDER: readonly LoaderRelocation['kind'][] = [
  'map',
  'call',
  'data',
  'extern',
  'extern-call',
  'subprogram-address',
  'jump-table',
];
const rank = ({ kind }: LoaderRelocation) => ORDER.indexOf(kind);

function fault(section: string, offset: number, symbol: string, what: string, errno: number = LoaderErrno.Relocation) {
  return new LoaderError('bad-relocation', `section '${section}' at ${offset}: '${symbol}' ${what}`, {
    errno,
    section,
    offset,
    symbol,
    expected: 'a relocation that libbpf can process',
  });
}

function relocateCode(sources: RelocationSources, target: ElfSection, entries: readonly ElfRelocation[]): void {
  const { elf, programs } = sources;
  for (const { offset, symbol } of entries) {
    const name = symbolName(elf, symbol);
    if (symbol.sectionIndex >= elf.sections.length) {
      throw fault(target.name, offset, name, `is in section ${symbol.sectionIndex}`, LoaderErrno.Format);
    }
    if (offset % INSN_SIZE !== 0 || offset >= target.size) {
      throw fault(target.name, offset, name, 'is referred to from no instruction', LoaderErrno.Format);
    }
    // none where a linker dropped a weak function and left its relocations
    const program = findProgram(programs, target.index, offset / INSN_SIZE);
    if (program === undefined) continue;
    const insn = offset / INSN_SIZE - program.insnOffset;
    program.relocations.push(reference(sources, program, insn, symbol, name));
  }
}

/** A reference to a static function names its section. */
function symbolName(elf: ElfFile, symbol: ElfSymbol): string {
  if (symbol.type === SymbolType.Section && symbol.nameOffset === 0)
    return elf.sections[symbol.sectionIndex]?.name ?? '';
  return symbol.name;
}

function reference(
  sources: RelocationSources,
  program: ProgramDraft,
  insn: number,
  symbol: ElfSymbol,
  name: string,
): LoaderRelocation {
  const { elf, sections, maps, externs } = sources;
  const { code } = program;
  const instruction = new Insn(code, insn * INSN_SIZE, elf.littleEndian);
  const bad = (what: string) => fault(program.sectionName, insn * INSN_SIZE, name, what);
  const isCall = instruction.code === CALL;
  if (!isCall && instruction.code !== LDDW) throw bad(`is used by an instruction of code ${instruction.code}`);
  if (!isCall && (insn + 2) * INSN_SIZE > code.length) throw bad('is loaded by an instruction that is cut off');

  if (isExtern(symbol)) {
    const extern = externs.find(({ symbolIndex }) => symbolIndex === symbol.index);
    if (extern === undefined) throw bad('is not an extern');
    return { kind: isCall ? 'extern-call' : 'extern', insn, extern: extern.index };
  }
  const { sectionIndex, value } = symbol;
  const inText = sections.text !== undefined && sectionIndex === sections.text.index;
  if (isCall) {
    if (instruction.sourceRegister !== PSEUDO_CALL) throw bad('is called by another kind of call');
    if (!inText) throw bad('is called and not in .text');
    if (value % INSN_SIZE !== 0) throw bad(`is at ${value}, which is not an instruction`);
    return { kind: 'call', insn, offset: value };
  }
  if (sectionIndex === SectionIndex.Undef || sectionIndex >= SectionIndex.LoReserve) {
    throw bad('is in no section: a global variable that is not initialized');
  }
  if (inText && isSubprogram(symbol)) {
    if (value % INSN_SIZE !== 0 || instruction.imm % INSN_SIZE !== 0) throw bad('is not an instruction');
    return { kind: 'subprogram-address', insn, offset: value };
  }
  if (sectionIndex === sections.arena?.index) {
    if (sources.arenaMap === undefined) throw bad('is arena data, and there is no arena');
    return { kind: 'data', insn, map: sources.arenaMap, offset: value };
  }
  if (sectionIndex === sections.jumpTables?.index)
    return { kind: 'jump-table', insn, offset: value, size: symbol.size };
  if (sectionIndex === sections.maps?.index) {
    const map = maps.find(({ origin, sectionOffset }) => origin === 'maps' && sectionOffset === value);
    if (map === undefined) throw bad('is not a map');
    return { kind: 'map', insn, map: map.index };
  }
  const map = maps.find((m) => m.sectionIndex === sectionIndex && m.data !== undefined && m.origin !== 'kconfig');
  if (map === undefined) throw bad(`is in section '${elf.sections[sectionIndex]?.name}', which holds no variables`);
  return { kind: 'data', insn, map: map.index, offset: value };
}

function isSubprogram({ binding, type }: ElfSymbol): boolean {
  if (binding === SymbolBinding.Local) return type === SymbolType.Section;
  return type === SymbolType.Func;
}

/** Initial slots of maps of maps and program arrays. */
function relocateMaps(
  { elf, sections, btf, maps, programs }: RelocationSources,
  entries: readonly ElfRelocation[],
): void {
  for (const { offset, symbol } of entries) {
    const name = symbolName(elf, symbol);
    const bad = (what: string, errno: number = LoaderErrno.Invalid) => fault('.maps', offset, name, what, errno);
    const map = maps.find((m) => m.origin === 'maps' && m.sectionOffset <= offset && offset + 8 <= endOf(m, btf));
    if (map === undefined || btf === undefined) throw bad('is referred to from no map');
    const values = valuesOffset(btf, map.name);
    let target: { readonly index: number } | undefined;
    if (isMapOfMaps(map.type)) {
      if (symbol.sectionIndex !== sections.maps?.index) throw bad('is not a map', LoaderErrno.Relocation);
      if (map.type === MapType.HashOfMaps && map.keySize !== 4)
        throw bad(`is in a map with keys of ${map.keySize} bytes`);
      target = maps.find((m) => m.name === name);
    } else if (map.type === MapType.ProgArray) {
      const program = programs.find((p) => !p.subprogram && p.name === name);
      const same = program?.sectionIndex === symbol.sectionIndex && program.insnOffset * INSN_SIZE === symbol.value;
      if (program !== undefined && !same) throw bad('is not an entry point', LoaderErrno.Relocation);
      target = program;
    } else throw bad('is referred to from a map without slots');
    if (target === undefined) throw bad('is neither map nor program', LoaderErrno.NoProcess);
    if (values === undefined) throw bad("is referred to from a map without 'values'");
    const at = offset - map.sectionOffset - values;
    if (at < 0 || at % 8 !== 0) throw bad('is in no slot');
    while (map.slots.length < at / 8) map.slots.push(undefined);
    map.slots[at / 8] = target.index;
  }
}

/** The struct that defines a map: its variable's. */
function structOf(btf: Btf, map: string): { readonly id: number; readonly size: number } | undefined {
  const datasec = sectionOf(btf);
  const place = datasec?.find(({ type }) => btf.name(type) === map);
  if (place === undefined) return undefined;
  return { id: skipModifiersAndTypedefs(btf, btf.sizeOrType(place.type)), size: place.size };
}

function sectionOf(btf: Btf) {
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.Datasec || btf.name(id) !== '.maps') continue;
    const datasec = decodeType(btf, id);
    return datasec.kind === BtfKind.Datasec ? datasec.vars : undefined;
  }
  return undefined;
}

/** Where the variable ends, which is behind the struct that it is of where `values` has elements. */
function endOf(map: MapDraft, btf: Btf | undefined): number {
  return map.sectionOffset + ((btf && structOf(btf, map.name)?.size) ?? 0);
}

function valuesOffset(btf: Btf, map: string): number | undefined {
  const struct = structOf(btf, map);
  const type = struct && decodeType(btf, struct.id);
  const last = type?.kind === BtfKind.Struct ? type.members.at(-1) : undefined;
  return last?.name === 'values' ? Math.floor(last.bitOffset / 8) : undefined;
}

/** The functions that struct_ops variables point to. */
function relocateStructOps(
  { elf, btf, maps, programs }: RelocationSources,
  section: ElfSection,
  entries: readonly ElfRelocation[],
): void {
  for (const { offset, symbol } of entries) {
    const name = symbolName(elf, symbol);
    const bad = (what: string, errno: number = LoaderErrno.Invalid) => fault(section.name, offset, name, what, errno);
    const map = maps.find(
      ({ structOps, sectionIndex, sectionOffset, valueSize }) =>
        structOps !== undefined &&
        sectionIndex === section.index &&
        sectionOffset <= offset &&
        offset - sectionOffset < valueSize,
    );
    if (map?.structOps === undefined || btf === undefined) throw bad('is referred to from no variable');
    const { structOps } = map;
    if (symbol.sectionIndex >= SectionIndex.LoReserve) throw bad('is in no section', LoaderErrno.Relocation);
    if (symbol.value % INSN_SIZE !== 0) throw bad('is not an instruction', LoaderErrno.Format);
    const struct = decodeType(btf, structOps.typeId);
    const members = struct.kind === BtfKind.Struct ? struct.members : [];
    const place = offset - map.sectionOffset;
    const member = members.findIndex(({ bitOffset }) => bitOffset === place * 8);
    if (member < 0) throw bad('is referred to from no member');
    if (!isFunctionPointer(btf, members[member]?.type ?? 0)) throw bad('is referred to from a member of another type');
    const program = findProgram(programs, symbol.sectionIndex, symbol.value / INSN_SIZE);
    if (program === undefined) throw bad('is not a program');
    if (program.type !== ProgramType.StructOps) throw bad('is not a struct_ops program');
    structOps.programs[member] = program.index;
    structOps.data.fill(0, place, place + 8);
  }
}

function isFunctionPointer(btf: Btf, typeId: number): boolean {
  const pointer = skipModifiersAndTypedefs(btf, typeId);
  if (btf.kind(pointer) !== BtfKind.Ptr) return false;
  return btf.kind(skipModifiersAndTypedefs(btf, btf.sizeOrType(pointer))) === BtfKind.FuncProto;
}
