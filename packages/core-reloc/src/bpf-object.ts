// A BPF object: ELF, .BTF and .BTF.ext joined into programs with their CO-RE relocations. libbpf.c: bpf_object__open,
// bpf_object__add_programs, find_prog_by_sec_insn.

import { type Btf, BtfError, type BtfExt, btfSections, parseBtf, parseBtfExt } from '@btfq/btf-format';
import { type ElfFile, parseElf, SymbolBinding, SymbolType } from '@btfq/elf';
import type { BpfProgram } from './bpf-program.ts';
import { type CodeSection, codeSections } from './code-sections.ts';
import { RelocationError, type RelocationErrorCode } from './errors.ts';
import { INSN_SIZE } from './insn.ts';
import { type CoreRelocation, readRelocations } from './relocation-records.ts';

/** A parsed BPF object. Immutable; parse it once and relocate it against as many targets as needed. */
export interface BpfObject {
  /** The name given to `parseBpfObject`, '' without one. */
  readonly name: string;
  readonly elf: ElfFile;
  readonly btf: Btf;
  /** undefined where there is no `.BTF.ext`. */
  readonly ext: BtfExt | undefined;
  readonly littleEndian: boolean;
  /** By section, then offset. */
  readonly programs: readonly BpfProgram[];
  /** In `.BTF.ext` order, which is the order in which libbpf relocates. */
  readonly relocations: readonly CoreRelocation[];
}

/** How to read an object. */
export interface ParseBpfObjectOptions {
  readonly name?: string;
  /** `throw` (default): the first malformed record is an error. `keep`: it stays, with `error`, and fails to relocate. */
  readonly malformedRecords?: 'throw' | 'keep';
}

/**
 * Reads a BPF object file of either byte order.
 *
 * ```ts
 * const object = parseBpfObject(readFileSync('opensnoop.bpf.o'));
 * for (const result of relocate(object, kernel)) console.log(formatResult(result));
 * ```
 *
 * @throws RelocationError naming section and record; ElfError where the file itself is damaged
 */
export function parseBpfObject(bytes: Uint8Array, options: ParseBpfObjectOptions = {}): BpfObject {
  const elf = parseElf(bytes);
  const { btf, ext } = readBtf(elf);
  const keep = options.malformedRecords === 'keep';
  const code = codeSections(elf);
  const programs = findPrograms(elf, code, keep);
  return {
    name: options.name ?? '',
    elf,
    btf,
    ext,
    littleEndian: elf.littleEndian,
    programs,
    relocations: ext === undefined ? [] : readRelocations(elf, btf, ext, programs, keep),
  };
}

function readBtf(elf: ElfFile): { btf: Btf; ext: BtfExt | undefined } {
  const wrapped = <T>(code: RelocationErrorCode, section: string, read: () => T): T => {
    try {
      return read();
    } catch (cause) {
      if (!(cause instanceof BtfError)) throw cause;
      throw new RelocationError(code, `${section}: ${cause.message}`, {
        section,
        cause,
        ...(cause.offset === undefined ? {} : { offset: cause.offset }),
        ...(cause.typeId === undefined ? {} : { typeId: cause.typeId }),
        ...(cause.expected === undefined ? {} : { expected: cause.expected }),
      });
    }
  };
  const sections = wrapped('bad-btf', '.BTF', () => btfSections(elf));
  const { btf, ext } = sections;
  if (btf === undefined) {
    throw new RelocationError('no-btf', 'the object has no .BTF section', {
      section: '.BTF',
      expected: 'an object built with -g',
    });
  }
  return {
    btf: wrapped('bad-btf', '.BTF', () => parseBtf(btf)),
    ext: ext === undefined ? undefined : wrapped('bad-btf-ext', '.BTF.ext', () => parseBtfExt(ext)),
  };
}

function findPrograms(elf: ElfFile, sections: ReadonlyMap<number, CodeSection>, keep: boolean): BpfProgram[] {
  const programs: BpfProgram[] = [];
  for (const symbol of elf.symbols) {
    if (symbol.type !== SymbolType.Func) continue;
    const section = sections.get(symbol.sectionIndex);
    if (section === undefined) continue;
    const { value: offset, size, name } = symbol;
    if (offset + size > section.bytes.length || size === 0 || size % INSN_SIZE !== 0 || offset % INSN_SIZE !== 0) {
      if (keep) continue;
      throw new RelocationError('bad-program', `section ${section.name}: ${size} bytes of '${name}' at ${offset}`, {
        section: section.name,
        offset,
        expected: `whole instructions, an end of at most ${section.bytes.length}`,
      });
    }
    programs.push({
      name,
      section,
      offset,
      size,
      global: symbol.binding !== SymbolBinding.Local,
      subprogram: section.name === '.text',
      autoload: !section.name.startsWith('?'),
    });
  }
  return programs.sort((a, b) => a.section.index - b.section.index || a.offset - b.offset);
}
