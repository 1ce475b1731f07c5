// A BPF object: ELF, .BTF and .BTF.ext joined into programs with their CO-RE relocations. libbpf.c: bpf_object__open,
// bpf_object__add_programs, find_prog_by_sec_insn.

import {
  type Btf,
  BtfError,
  type BtfExt,
  btfSections,
  type CoreRelo,
  coreRelos,
  parseBtf,
  parseBtfExt,
} from '@btfq/btf-format';
import {
  type ElfFile,
  type ElfSection,
  parseElf,
  SectionFlag,
  SectionType,
  SymbolBinding,
  SymbolType,
} from '@btfq/elf';
import { parseAccessString } from './access-string.ts';
import { RelocationError, type RelocationErrorCode } from './errors.ts';
import { INSN_SIZE } from './insn.ts';
import { relocationBasis } from './relo-kinds.ts';

/** A section of instructions. */
export interface CodeSection {
  readonly name: string;
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** A function of the object: an entry point, or a subprogram. `offset` and `size` in bytes within the section. */
export interface BpfProgram {
  readonly name: string;
  readonly section: CodeSection;
  readonly offset: number;
  readonly size: number;
  /** Whether other compilation units may call it. */
  readonly global: boolean;
  /** In `.text`: called by programs, not loaded by itself. */
  readonly subprogram: boolean;
  /** False for `SEC("?...")`: libbpf neither loads nor relocates it unless asked to. */
  readonly autoload: boolean;
}

/** One CO-RE relocation record with what it belongs to. */
export interface CoreRelocation extends CoreRelo {
  /** Position among all the object's records, in `.BTF.ext` order. */
  readonly index: number;
  /** Name of the section that it applies to. */
  readonly section: string;
  /** Position among the section's records. */
  readonly record: number;
  readonly access: string;
  /** undefined where the file has no such section. */
  readonly code: CodeSection | undefined;
  /** undefined where no function covers the instruction: code that a linker dropped. libbpf skips such records. */
  readonly program: BpfProgram | undefined;
  /** What is malformed about the record; only where `malformedRecords` is `keep`. */
  readonly error: RelocationError | undefined;
}

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

function codeSections(elf: ElfFile): Map<number, CodeSection> {
  const found = new Map<number, CodeSection>();
  for (const section of elf.sections) {
    if (section.type !== SectionType.ProgBits || (section.flags & SectionFlag.ExecInstr) === 0) continue;
    if (section.size > 0) found.set(section.index, codeSection(elf, section));
  }
  return found;
}

function codeSection(elf: ElfFile, section: ElfSection): CodeSection {
  return { name: section.name, index: section.index, bytes: elf.sectionBytes(section) };
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

function readRelocations(
  elf: ElfFile,
  btf: Btf,
  ext: BtfExt,
  programs: readonly BpfProgram[],
  keep: boolean,
): CoreRelocation[] {
  const out: CoreRelocation[] = [];
  ext.coreRelo.sections.forEach((group, number) => {
    const name = group.secNameOff < btf.stringEnd ? btf.string(group.secNameOff) : undefined;
    if (!name && !keep) {
      throw new RelocationError('bad-section-name', `.BTF.ext: group ${number} of core_relo names no section`, {
        section: '.BTF.ext',
        record: 0,
        offset: group.offset - 8,
        expected: 'a string offset',
      });
    }
    const section = name ? elf.section(name) : undefined;
    const code = section && readableCode(elf, section);
    const own = code === undefined ? [] : programs.filter((program) => program.section.index === code.index);
    coreRelos(ext, group).forEach((relo, record) => {
      const access = relo.accessStrOff < btf.stringEnd ? btf.string(relo.accessStrOff) : undefined;
      const error = checkRecord(btf, relo, { section: name ?? '', record, access, code });
      if (error !== undefined && !keep) throw error;
      const program = own.find((p) => relo.insnOff >= p.offset && relo.insnOff < p.offset + p.size);
      out.push({ ...relo, index: out.length, section: name ?? '', record, access: access ?? '', code, program, error });
    });
  });
  return out;
}

function readableCode(elf: ElfFile, section: ElfSection): CodeSection {
  try {
    return codeSection(elf, section);
  } catch (cause) {
    throw new RelocationError('missing-section', `section ${section.name} cannot be read`, {
      section: section.name,
      record: 0,
      offset: section.offset,
      expected: 'a section inside the file',
      cause,
    });
  }
}

/** What no compiler writes and no loader can use; what merely does not fit the types is a result, not an error. */
function checkRecord(
  btf: Btf,
  relo: CoreRelo,
  at: { section: string; record: number; access: string | undefined; code: CodeSection | undefined },
): RelocationError | undefined {
  const { section, record, access, code } = at;
  const fault = (errorCode: RelocationErrorCode, what: string, expected: string, more: { typeId?: number } = {}) =>
    new RelocationError(errorCode, `section ${section}, record ${record}: ${what}`, {
      section,
      record,
      offset: relo.insnOff,
      expected,
      ...more,
    });
  if (relo.typeId >= btf.typeCount) {
    return fault('bad-type-id', `type ${relo.typeId} does not exist`, `0 to ${btf.typeCount - 1}`, {
      typeId: relo.typeId,
    });
  }
  if (access === undefined) {
    return fault('bad-access-string', `string offset ${relo.accessStrOff}`, `0 to ${btf.stringEnd - 1}`);
  }
  if (relocationBasis(relo.kind) !== 'type') {
    const indexes = parseAccessString(access);
    if (typeof indexes === 'string') {
      return fault('bad-access-string', `access string '${access.slice(0, 80)}' (${indexes})`, 'indexes like 0:1:2');
    }
  }
  if (code === undefined) return fault('missing-section', 'the file has no such section', 'a section of instructions');
  if (relo.insnOff % INSN_SIZE !== 0 || relo.insnOff + INSN_SIZE > code.bytes.length) {
    return fault(
      'bad-instruction-offset',
      `no instruction at ${relo.insnOff}`,
      `a multiple of ${INSN_SIZE} below ${code.bytes.length}`,
    );
  }
  return undefined;
}
