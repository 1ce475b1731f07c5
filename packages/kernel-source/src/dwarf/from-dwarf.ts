// A kernel or a module without BTF, but with debug information: its BTF is made from that.

import { type ByteSource, DwarfError, encodeBtf, type ModuleBase } from '@btfq/dwarf';
import { type ElfFile, SectionType } from '@btfq/elf';
import { KernelSourceError } from '../errors.ts';
import { typed } from '../image/elf-btf.ts';
import { decompressSection } from './file-source.ts';

/** What the making of BTF needs besides the file. */
export interface FromDwarf {
  /** The vmlinux's BTF, for a module. */
  readonly base?: ModuleBase | undefined;
  /** The files that dwz may have moved the common part to, by their names without folders. */
  readonly alternates?: ReadonlyMap<string, ByteSource> | undefined;
}

/** Whether an ELF file has debug information of its own. @throws KernelSourceError `bad-elf` */
export function hasDebugInformation(elf: ElfFile): boolean {
  return typed(() =>
    elf.sections.some(
      ({ name, type, size }) =>
        (name === '.debug_info' || name === '.zdebug_info') && type !== SectionType.NoBits && size > 0,
    ),
  );
}

/** The BTF of an ELF file's debug information. Throws `KernelSourceError` `bad-dwarf`. */
export function btfFromDwarf(source: ByteSource, { base, alternates }: FromDwarf = {}): Uint8Array {
  const alternate = (path: string) => alternates?.get(path.split('/').at(-1) ?? '');
  try {
    return encodeBtf(source, { decompress: decompressSection, base, alternate }).bytes;
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
    throw new KernelSourceError('bad-dwarf', `no BTF, and none can be made from DWARF: ${error.message}`, {
      ...(error.offset === undefined ? {} : { offset: error.offset }),
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      cause: error,
    });
  }
}
