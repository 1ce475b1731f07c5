// Relocations of debug sections in relocatable files: in modules every reference into another section is one.
// Only plain 32- and 64-bit values occur there, besides RISC-V's and LoongArch's additions and subtractions.

import { Machine, SectionType } from '@btfq/elf';
import { DwarfError } from '../errors.ts';
import { type ElfReader, readRange, sectionContent, type SectionHeader } from './elf-reader.ts';

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

/** Relocations are read in pieces of this many entries: those of a large module take more than what they apply to. */
const PIECE = 1 << 15;

function apply(elf: ElfReader, section: SectionHeader, content: DataView, target: SectionHeader): void {
  const { is64, littleEndian: little, machine } = elf;
  const rela = section.type === SectionType.Rela;
  const size = is64 ? (rela ? 24 : 16) : rela ? 12 : 8;
  const table = elf.sections[section.link];
  if (table === undefined || section.size % size !== 0 || table.type !== SectionType.SymTab) {
    throw bad(section, 0, 'relocations without whole entries or symbols');
  }
  const symbols = viewOf(sectionContent(elf, table));
  const symbolSize = is64 ? 24 : 16;
  // 64-bit words are read as halves: a large module has millions of relocations, too many for big integers
  const [lowHalf, highHalf] = little ? [0, 4] : [4, 0];
  for (let from = 0; from < section.size; from += PIECE * size) {
    const length = Math.min(PIECE * size, section.size - from);
    const entries = viewOf(readRange(elf.source, section.offset + from, length));
    for (let at = 0; at < length; at += size) {
      const { type, symbol } = symbolAndType(entries, at, is64, little, machine);
      const action = actionOf(machine, type);
      if (action === 'none') continue;
      if (action === undefined) throw bad(section, from + at, `relocation type ${type} of machine ${machine}`);
      const far = is64 && entries.getUint32(at + highHalf, little) !== 0;
      const place = entries.getUint32(is64 ? at + lowHalf : at, little);
      if (far || place + action.size > content.byteLength) {
        throw bad(section, from + at, `a relocation at ${place} of ${target.name}`);
      }
      const symbolAt = symbol * symbolSize;
      if (symbolAt + symbolSize > symbols.byteLength) throw bad(section, from + at, `symbol ${symbol}`);
      const home = elf.sections[symbols.getUint16(symbolAt + (is64 ? 6 : 14), little)];
      const value = symbolAt + (is64 ? 8 : 4);
      const start = home === undefined ? 0 : home.addressLow >>> 0;
      // halves as unsigned numbers; what is beyond 32 bits of the low one is carried over
      let low = start + symbols.getUint32(is64 ? value + lowHalf : value, little);
      let high = is64 ? symbols.getUint32(value + highHalf, little) : 0;
      if (!rela) {
        low += get(content, place, action.size, little, false);
        if (action.size === 8) high += get(content, place, 8, little, true);
      } else if (is64) {
        low += entries.getUint32(at + 16 + lowHalf, little);
        high += entries.getUint32(at + 16 + highHalf, little);
      } else low += entries.getUint32(at + 8, little);
      if (action.mode === 'set') put(content, place, action.size, low, high, little);
      else {
        const sign = action.mode === 'add' ? 1 : -1;
        high += Math.floor(low / 0x1_0000_0000);
        low >>>= 0;
        const oldHigh = action.size === 8 ? get(content, place, 8, little, true) : 0;
        put(
          content,
          place,
          action.size,
          get(content, place, action.size, little, false) + sign * low,
          oldHigh + sign * high,
          little,
        );
      }
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
  return {
    symbol: entries.getUint32(at + (little ? 12 : 8), little),
    type: entries.getUint32(at + (little ? 8 : 12), little),
  };
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

/** A field's value, or one half of 64 bits. */
function get(view: DataView, at: number, size: number, little: boolean, upper: boolean): number {
  if (size === 8) return view.getUint32(upper === little ? at + 4 : at, little);
  return size === 4 ? view.getUint32(at, little) : size === 2 ? view.getUint16(at, little) : view.getUint8(at);
}

/** Writes a sum of halves; what goes beyond the low one is carried into the high one. */
function put(view: DataView, at: number, size: number, low: number, high: number, little: boolean): void {
  if (size === 8) {
    const carried = high + Math.floor(low / 0x1_0000_0000);
    view.setInt32(little ? at : at + 4, (low % 0x1_0000_0000) | 0, little);
    view.setInt32(little ? at + 4 : at, (carried % 0x1_0000_0000) | 0, little);
  } else if (size === 4) view.setInt32(at, (low % 0x1_0000_0000) | 0, little);
  else if (size === 2) view.setUint16(at, low & 0xffff, little);
  else view.setUint8(at, low & 0xff);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bad(section: SectionHeader, offset: number, message: string): DwarfError {
  return new DwarfError('bad-relocation', message, { section: section.name, offset });
}
