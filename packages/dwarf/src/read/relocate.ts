// Relocations of debug sections in relocatable files: in modules every reference into another section is one.
// Only plain 32- and 64-bit values occur there, besides RISC-V's and LoongArch's additions and subtractions.

import { Machine, SectionType } from '@btfq/elf';
import { DwarfError } from '../errors.ts';
import { type ElfReader, sectionContent, type SectionHeader } from './elf-reader.ts';

/** What a relocation does with the symbol's value plus addend. */
type Action = { readonly size: 1 | 2 | 4 | 8; readonly mode: 'set' | 'add' | 'subtract' } | 'none' | undefined;

/** Applies the relocations of a section to its content. Throws `bad-relocation`, `bad-elf`. */
export function applyRelocations(elf: ElfReader, target: SectionHeader, content: Uint8Array): void {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  for (const section of elf.sections) {
    if (section.type !== SectionType.Rel && section.type !== SectionType.Rela) continue;
    if (section.info === target.index) apply(elf, section, view, target);
  }
}

function apply(elf: ElfReader, section: SectionHeader, content: DataView, target: SectionHeader): void {
  const { is64, littleEndian: little, machine } = elf;
  const rela = section.type === SectionType.Rela;
  const size = is64 ? (rela ? 24 : 16) : rela ? 12 : 8;
  const table = elf.sections[section.link];
  if (table === undefined || section.size % size !== 0 || table.type !== SectionType.SymTab) {
    throw bad(section, 0, 'relocations without whole entries or symbols');
  }
  const entries = viewOf(sectionContent(elf, section));
  const symbols = viewOf(sectionContent(elf, table));
  const symbolSize = is64 ? 24 : 16;
  for (let at = 0; at < entries.byteLength; at += size) {
    const offset = is64 ? wide(entries, at, little) : BigInt(entries.getUint32(at, little));
    const { symbol, type } = symbolAndType(entries, at, is64, little, machine);
    const action = actionOf(machine, type);
    if (action === 'none') continue;
    if (action === undefined) throw bad(section, at, `relocation type ${type} of machine ${machine}`);
    const place = Number(offset);
    if (place + action.size > content.byteLength) throw bad(section, at, `a relocation at ${place} of ${target.name}`);
    const symbolAt = symbol * symbolSize;
    if (symbolAt + symbolSize > symbols.byteLength) throw bad(section, at, `symbol ${symbol}`);
    const home = elf.sections[symbols.getUint16(symbolAt + (is64 ? 6 : 14), little)];
    const start = home === undefined ? 0n : BigInt(home.addressLow >>> 0);
    const value =
      start + (is64 ? wide(symbols, symbolAt + 8, little) : BigInt(symbols.getUint32(symbolAt + 4, little)));
    let addend: bigint;
    if (rela)
      addend = is64 ? BigInt.asIntN(64, wide(entries, at + 16, little)) : BigInt(entries.getInt32(at + 8, little));
    else addend = get(content, place, action.size, little);
    const result = value + addend;
    if (action.mode === 'set') put(content, place, action.size, result, little);
    else {
      const old = get(content, place, action.size, little);
      put(content, place, action.size, action.mode === 'add' ? old + result : old - result, little);
    }
  }
}

/** `r_info`: MIPS of 64 bits has a layout of its own, a symbol and up to three types of a byte. */
function symbolAndType(entries: DataView, at: number, is64: boolean, little: boolean, machine: number) {
  if (!is64) {
    const info = entries.getUint32(at + 4, little);
    return { symbol: info >>> 8, type: info & 0xff };
  }
  if (machine === Machine.Mips) return { symbol: entries.getUint32(at + 8, little), type: entries.getUint8(at + 15) };
  const info = wide(entries, at + 8, little);
  return { symbol: Number(info >> 32n), type: Number(info & 0xffffffffn) };
}

const SET4: Action = { size: 4, mode: 'set' };
const SET8: Action = { size: 8, mode: 'set' };

function actionOf(machine: number, type: number): Action {
  if (type === 0) return 'none';
  switch (machine) {
    case Machine.X86_64:
      return type === 1 ? SET8 : type === 10 || type === 11 ? SET4 : undefined;
    case Machine.I386:
      return type === 1 ? SET4 : undefined;
    case Machine.Arm:
      return type === 2 ? SET4 : undefined;
    case Machine.Aarch64:
      return type === 257 ? SET8 : type === 258 ? SET4 : undefined;
    case Machine.Mips:
      return type === 2 ? SET4 : type === 18 ? SET8 : undefined;
    case Machine.Ppc:
      return type === 1 ? SET4 : undefined;
    case Machine.Ppc64:
      return type === 1 ? SET4 : type === 38 ? SET8 : undefined;
    case Machine.S390:
      return type === 4 ? SET4 : type === 22 ? SET8 : undefined;
    case Machine.Riscv:
      return riscv(type);
    case Machine.Loongarch:
      return type === 1 ? SET4 : type === 2 ? SET8 : loongarch(type);
    case Machine.Sparc:
    case Machine.Sparc64:
      return type === 3 || type === 23 ? SET4 : type === 32 || type === 54 ? SET8 : undefined;
    default:
      return undefined;
  }
}

function riscv(type: number): Action {
  const sizes = [1, 2, 4, 8] as const;
  if (type === 1) return SET4;
  if (type === 2) return SET8;
  if (type >= 33 && type <= 36) return { size: sizes[type - 33]!, mode: 'add' };
  if (type >= 37 && type <= 40) return { size: sizes[type - 37]!, mode: 'subtract' };
  // the lengths of code, six bits or a LEB128: nothing that types depend on
  if (type === 51 || type === 52 || type === 53 || type === 60 || type === 61) return 'none';
  if (type >= 54 && type <= 56) return { size: sizes[type - 54]!, mode: 'set' };
  return undefined;
}

function loongarch(type: number): Action {
  const sizes = [1, 2, 4, 8] as const;
  const add = [47, 48, 50, 51].indexOf(type);
  if (add >= 0) return { size: sizes[add]!, mode: 'add' };
  const subtract = [52, 53, 55, 56].indexOf(type);
  return subtract >= 0 ? { size: sizes[subtract]!, mode: 'subtract' } : type >= 105 && type <= 108 ? 'none' : undefined;
}

function get(view: DataView, at: number, size: number, little: boolean): bigint {
  if (size === 8) return wide(view, at, little);
  return BigInt(size === 4 ? view.getUint32(at, little) : size === 2 ? view.getUint16(at, little) : view.getUint8(at));
}

function put(view: DataView, at: number, size: number, value: bigint, little: boolean): void {
  const low = Number(BigInt.asUintN(32, value));
  if (size === 8) view.setBigUint64(at, BigInt.asUintN(64, value), little);
  else if (size === 4) view.setUint32(at, low, little);
  else if (size === 2) view.setUint16(at, low & 0xffff, little);
  else view.setUint8(at, low & 0xff);
}

function wide(view: DataView, at: number, little: boolean): bigint {
  return view.getBigUint64(at, little);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bad(section: SectionHeader, offset: number, message: string): DwarfError {
  return new DwarfError('bad-relocation', message, { section: section.name, offset });
}
