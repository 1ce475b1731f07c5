// The debug information of modules: used at once where their kernel is known already, else put aside in one temporary file
// until it is. In Debian's packages the kernel comes first, in rpms last.

import type { ByteSource } from '@btfq/dwarf';
import { type ElfFile, ElfType, SectionType } from '@btfq/elf';
import { TemporaryFile } from '../io/spool.ts';

/** What BTF is made from; the rest of a module, its code and line numbers, is most of it. */
const NEEDED = /^\.z?debug_(?:info|abbrev|str|line_str|loc|loclists|types|addr|str_offsets)$/;
const NEEDED_TOO: ReadonlySet<string> = new Set(['.BTF_ids', '.gnu_debugaltlink', '.modinfo']);

/** Parts of ELF files, put aside on disk. */
export class DebugModules {
  #file: TemporaryFile | undefined;

  /** Puts aside what is needed of a module. What comes back reads zeros where nothing is. */
  put(elf: ElfFile, source: ByteSource): ByteSource {
    this.#file ??= new TemporaryFile();
    const start = this.#file.reserve(source.size);
    const copy = (offset: number, size: number) => {
      const end = Math.min(source.size, offset + size);
      for (let at = offset; at < end; at += PIECE) {
        const length = Math.min(PIECE, end - at);
        this.#file!.place(start + at, source.read(at, length));
      }
    };
    copy(0, HEADER);
    for (const { offset, size } of headerTable(elf, source)) copy(offset, size);
    for (const { offset, size } of debugSections(elf)) copy(offset, size);
    return this.#file.part(start, source.size);
  }

  /** Lets go of the disk. */
  dispose(): void {
    this.#file?.dispose();
    this.#file = undefined;
  }
}

/** The sections that BTF is made from, and what goes with them. */
export function debugSections(elf: ElfFile): readonly ElfFile['sections'][number][] {
  return elf.sections.filter((section) => isNeeded(section, elf));
}

const PIECE = 4 * 1024 * 1024;
const HEADER = 64;

/** Where the section headers are: all of them, and their names'. */
function headerTable(elf: ElfFile, source: ByteSource): { offset: number; size: number }[] {
  const head = source.read(0, HEADER);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const is64 = head[4] === 2;
  const little = head[5] === 1;
  const offset = is64 ? Number(view.getBigUint64(40, little)) : view.getUint32(32, little);
  const names = elf.sections[view.getUint16(is64 ? 62 : 50, little)];
  return [{ offset, size: elf.sections.length * (is64 ? 64 : 40) }, ...(names === undefined ? [] : [names])];
}

function isNeeded(section: ElfFile['sections'][number], elf: ElfFile): boolean {
  if (section.type === SectionType.NoBits) return false;
  if (section.type === SectionType.SymTab) return true;
  if (section.type === SectionType.StrTab)
    return elf.sections.some(({ type, link }) => type === SectionType.SymTab && link === section.index);
  if (section.type === SectionType.Rel || section.type === SectionType.Rela) {
    // linked kernels may keep them, applied already
    if (elf.type !== ElfType.Rel) return false;
    const target = elf.sections[section.info];
    return target !== undefined && NEEDED.test(target.name);
  }
  return NEEDED.test(section.name) || NEEDED_TOO.has(section.name);
}
