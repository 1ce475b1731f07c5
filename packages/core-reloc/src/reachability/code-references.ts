// What instructions refer to besides registers: functions, data, maps, externs. libbpf.c bpf_program__record_reloc and
// bpf_object__reloc_code.

import { type ElfSymbol, SectionFlag, SectionIndex, SectionType, SymbolType } from '@btfq/elf';
import type { BpfObject } from '../bpf-object.ts';
import type { CodeSection } from '../code-sections.ts';
import { CALL, Insn, INSN_SIZE, LDDW } from '../insn.ts';

/** BPF_PSEUDO_CALL in the source register: a call of a function of the object. */
export const PSEUDO_CALL = 1;

/** What one instruction refers to. `offset` in bytes within the section. */
export type CodeReference =
  | { readonly kind: 'call' | 'callback'; readonly section: string; readonly offset: number }
  | { readonly kind: 'data'; readonly section: string; readonly offset: number }
  | { readonly kind: 'map'; readonly name: string }
  | { readonly kind: 'extern'; readonly name: string; readonly call: boolean };

const known = new WeakMap<BpfObject, ReadonlyMap<string, ReadonlyMap<number, CodeReference>>>();

/** By section name, then by the byte offset of the instruction. */
export function codeReferences(object: BpfObject): ReadonlyMap<string, ReadonlyMap<number, CodeReference>> {
  let found = known.get(object);
  if (found === undefined) known.set(object, (found = readReferences(object)));
  return found;
}

function readReferences(object: BpfObject): Map<string, Map<number, CodeReference>> {
  const sections = new Map<string, CodeSection>();
  for (const { section } of object.programs) sections.set(section.name, section);
  const references = new Map<string, Map<number, CodeReference>>();
  for (const section of sections.values()) {
    const own = new Map<number, CodeReference>();
    localCalls(object, section, own);
    const elfSection = object.elf.sections[section.index];
    if (elfSection !== undefined) {
      for (const { offset, symbol, addend } of object.elf.relocations(elfSection)) {
        if (offset % INSN_SIZE !== 0 || offset + INSN_SIZE > section.bytes.length) continue;
        const insn = new Insn(section.bytes, offset, object.littleEndian);
        const reference = referenceOf(object, insn, symbol, addend);
        if (reference !== undefined) own.set(offset, reference);
      }
    }
    references.set(section.name, own);
  }
  return references;
}

/** Calls that the compiler resolved by itself: relative, within the section. */
function localCalls(object: BpfObject, section: CodeSection, to: Map<number, CodeReference>): void {
  for (let offset = 0; offset + INSN_SIZE <= section.bytes.length; offset += INSN_SIZE) {
    const opcode = section.bytes[offset];
    if (opcode === LDDW) {
      offset += INSN_SIZE;
      continue;
    }
    if (opcode !== CALL) continue;
    const insn = new Insn(section.bytes, offset, object.littleEndian);
    if (insn.sourceRegister !== PSEUDO_CALL) continue;
    to.set(offset, { kind: 'call', section: section.name, offset: offset + (insn.imm + 1) * INSN_SIZE });
  }
}

function referenceOf(object: BpfObject, insn: Insn, symbol: ElfSymbol, addend: number): CodeReference | undefined {
  const call = insn.code === CALL;
  if (symbol.sectionIndex === SectionIndex.Undef) return { kind: 'extern', name: symbol.name, call };
  const section = object.elf.sections[symbol.sectionIndex];
  if (section === undefined) return undefined;
  const base = symbol.type === SymbolType.Section ? 0 : symbol.value;
  if (call) return { kind: 'call', section: section.name, offset: base + addend + (insn.imm + 1) * INSN_SIZE };
  if (insn.code !== LDDW) return undefined;
  const offset = base + addend + insn.imm;
  const isCode = section.type === SectionType.ProgBits && (section.flags & SectionFlag.ExecInstr) !== 0;
  if (isCode) return { kind: 'callback', section: section.name, offset };
  if (section.name === '.maps' || section.name === 'maps') return { kind: 'map', name: symbol.name };
  return { kind: 'data', section: section.name, offset };
}
