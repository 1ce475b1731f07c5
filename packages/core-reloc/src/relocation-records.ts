// The CO-RE records of .BTF.ext, checked and joined with the code that they apply to.

import { type Btf, type BtfExt, type CoreRelo, coreRelos } from '@btfq/btf-format';
import type { ElfFile, ElfSection } from '@btfq/elf';
import { parseAccessString } from './access-string.ts';
import type { BpfProgram } from './bpf-program.ts';
import { type CodeSection, codeSection } from './code-sections.ts';
import { RelocationError, type RelocationErrorCode } from './errors.ts';
import { INSN_SIZE } from './insn.ts';
import { relocationBasis } from './relo-kinds.ts';

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

/** All records, in file order. `keep`: malformed ones too, with their `error`; else the first one is thrown. */
export function readRelocations(
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
