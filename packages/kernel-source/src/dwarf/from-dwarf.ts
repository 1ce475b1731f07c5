// A kernel without BTF, but with debug information: its BTF is made from that.

import { bytesSource, DwarfError, encodeBtf } from '@btfq/dwarf';
import { type ElfFile, SectionType } from '@btfq/elf';
import { KernelSourceError } from '../errors.ts';
import { decompressSection } from './file-source.ts';

/** Whether an ELF file has debug information of its own. */
export function hasDebugInformation(elf: ElfFile): boolean {
  return elf.sections.some(
    ({ name, type, size }) =>
      (name === '.debug_info' || name === '.zdebug_info') && type !== SectionType.NoBits && size > 0,
  );
}

/** The BTF of an ELF file's debug information. Throws `KernelSourceError` `bad-dwarf`. */
export function btfFromDwarf(bytes: Uint8Array): Uint8Array {
  try {
    return encodeBtf(bytesSource(bytes), { decompress: decompressSection }).bytes;
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
    throw new KernelSourceError('bad-dwarf', `no BTF, and none can be made from DWARF: ${error.message}`, {
      ...(error.offset === undefined ? {} : { offset: error.offset }),
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      cause: error,
    });
  }
}
