// A module's own tables (see @btfq/kernel-tables): read at once where its kernel was found before it, as in most packages, else
// once it is there.

import { type Btf, BtfError, parseBtf } from '@btfq/btf-format';
import { type ElfFile, SectionType } from '@btfq/elf';
import { type ModuleTables, moduleTables } from '@btfq/kernel-tables';
import type { KernelImage } from '../image/image.ts';
import { openElf, typed } from '../image/elf-btf.ts';
import { ownBytes } from '../io/byte-stream.ts';
import type { KernelModule } from '../kernel.ts';

/** A module's tables, or how to read them once the kernel's types are known; undefined where its file has no content. */
export type FoundTables = ModuleTables | ((kernel: KernelImage) => ModuleTables | undefined) | undefined;

/** Files that wait for their kernel: no more than this is held of one package. */
const MAX_WAITING = 256 << 20;

/** Reads modules' tables. */
export class ModuleTableReader {
  private waiting = 0;

  /** What an opened module says. @throws KernelSourceError `bad-elf` */
  read(module: KernelModule, elf: ElfFile, release: string | undefined, kernel: KernelImage | undefined): FoundTables {
    // A debug file has the section headers alone.
    if (typed(() => elf.section('.text'))?.type === SectionType.NoBits) return undefined;
    if (kernel !== undefined) return tablesOf(module, elf, release, kernel);
    if (this.waiting + elf.bytes.length > MAX_WAITING) return undefined;
    this.waiting += elf.bytes.length;
    const bytes = ownBytes(elf.bytes);
    return (found) => tablesOf(module, openElf(bytes), release, found);
  }
}

function tablesOf(
  module: KernelModule,
  elf: ElfFile,
  release: string | undefined,
  kernel: KernelImage,
): ModuleTables | undefined {
  const numbers = /^(\d+)\.(\d+)/.exec(release ?? '');
  const version = numbers ? ([Number(numbers[1]), Number(numbers[2])] as const) : undefined;
  try {
    return moduleTables(module.name, elf, { btf: kernel.parsed, ownTypes: typesOf(module, kernel.parsed), version });
  } catch (error) {
    // A machine whose relocations are not known.
    if (error instanceof Error && error.name === 'KernelTablesError') return undefined;
    throw error;
  }
}

/** The module's types. Damaged ones are reported by who reads them for themselves. */
function typesOf(module: KernelModule, kernel: Btf): Btf | undefined {
  try {
    return parseBtf(module.btf, { base: module.base === undefined ? kernel : parseBtf(module.base) });
  } catch (error) {
    if (error instanceof BtfError) return undefined;
    throw error;
  }
}
