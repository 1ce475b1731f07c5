// The BTF sections of vmlinux and of modules, and what else an ELF file says about its kernel.

import {
  CompressionType,
  type ElfFile,
  ElfError,
  type ElfSection,
  ElfType,
  Machine,
  parseElf,
  SectionType,
} from '@btfq/elf';
import { inflateSync } from 'node:zlib';
import { findBanner } from '../identity/banner.ts';
import { tooLarge } from '../io/byte-stream.ts';
import { KernelSourceError } from '../errors.ts';
import { decompressZstd } from '../compression/zstd.ts';

/** What an ELF file is, as far as kernels go. */
export type ElfKind = 'vmlinux' | 'module' | 'bpf' | 'other';

/** The BTF sections of an ELF file. */
export interface ElfBtf {
  readonly btf: Uint8Array;
  /** `.BTF.base`: what a module's BTF was distilled over. */
  readonly base?: Uint8Array;
}

/** Opens an ELF file. @throws KernelSourceError `bad-elf` */
export function openElf(bytes: Uint8Array): ElfFile {
  return typed(() => parseElf(bytes));
}

/** Tells a kernel from a module, from a BPF object and from a program. @throws KernelSourceError `bad-elf` */
export function elfKind(elf: ElfFile): ElfKind {
  return typed(() => kindOf(elf));
}

function kindOf(elf: ElfFile): ElfKind {
  if (elf.machine === Machine.Bpf) return 'bpf';
  if (elf.section('.gnu.linkonce.this_module')) return 'module';
  if (elf.section('.modinfo') && elf.type === ElfType.Rel) return 'module';
  if (hasKernelSections(elf)) return 'vmlinux';
  // Without section headers only the boot loader's view is left: kernels have no interpreter and are no libraries.
  const stripped = elf.sections.length === 0 && elf.type === ElfType.Exec;
  return stripped || elf.section('.BTF') ? 'vmlinux' : 'other';
}

/** Whether it has sections that kernels have, and programs do not. */
export function hasKernelSections(elf: ElfFile): boolean {
  const kernel = ['__ksymtab', '.init.text', '__ksymtab_strings', '.kernel:vmlinux.strip', '.init.data'];
  return typed(() => kernel.some((name) => elf.section(name)));
}

/** Whether it has a `.BTF` section without content, as debug files have whose kernel's own file keeps it. */
export function hasEmptyBtf(elf: ElfFile): boolean {
  return typed(() => elf.sections.some(({ name, type }) => name === '.BTF' && type === SectionType.NoBits));
}

/** The `.BTF` of an ELF file, decompressed; undefined if it has none. @throws KernelSourceError */
export function btfOfElf(elf: ElfFile, maxBytes: number): ElfBtf | undefined {
  return typed(() => {
    const btf = progBits(elf, '.BTF');
    if (btf === undefined) return undefined;
    const base = progBits(elf, '.BTF.base');
    const bytes = elfSectionBytes(elf, btf, maxBytes);
    return base === undefined ? { btf: bytes } : { btf: bytes, base: elfSectionBytes(elf, base, maxBytes) };
  });
}

/** A section by its name. @throws KernelSourceError `bad-elf` where the names are damaged */
export function findSection(elf: ElfFile, name: string): ElfSection | undefined {
  return typed(() => elf.section(name));
}

/** A section's content, decompressed if it is SHF_COMPRESSED. @throws KernelSourceError */
export function elfSectionBytes(elf: ElfFile, section: ElfSection, maxBytes: number): Uint8Array {
  return typed(() =>
    elf.sectionBytes(section, ({ type, size, bytes }) => {
      if (size > maxBytes) throw tooLarge(`section ${section.index}`, maxBytes);
      try {
        if (type === CompressionType.Zstd) return decompressZstd(bytes, size);
        if (type === CompressionType.Zlib) return inflateSync(bytes, { maxOutputLength: Math.max(1, size) });
      } catch (cause) {
        throw new KernelSourceError('bad-compression', `section ${section.index} does not decompress`, { cause });
      }
      throw new KernelSourceError('bad-compression', `section ${section.index} has compression type ${type}`, {
        expected: '1 (zlib) or 2 (zstd)',
      });
    }),
  );
}

/** The banner of an ELF vmlinux: in its read-only data, else somewhere. */
export function bannerOfElf(elf: ElfFile): string | undefined {
  const rodata = rodataOf(elf);
  // A debug file has no content but debug information.
  if (rodata === undefined && typed(() => elf.section('.rodata'))?.type === SectionType.NoBits) return undefined;
  return (rodata && findBanner(rodata)) ?? findBanner(elf.bytes);
}

/** A kernel's read-only data, as they are in the file; undefined where there is no such section. @throws KernelSourceError */
export function rodataOf(elf: ElfFile): Uint8Array | undefined {
  const section = typed(() => elf.section('.rodata'));
  if (section?.type === SectionType.NoBits) return undefined;
  return section && !section.compressed ? typed(() => elf.sectionBytes(section)) : undefined;
}

/** The values of `.modinfo`, such as `vermagic` and `name`. */
export function moduleInfo(elf: ElfFile, maxBytes: number): ReadonlyMap<string, string> {
  const section = typed(() => elf.section('.modinfo'));
  if (section === undefined) return new Map();
  const text = Buffer.from(elfSectionBytes(elf, section, maxBytes)).toString('utf8');
  const pairs = text.split('\0').filter((pair) => pair.includes('='));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/** libbpf takes the last section of that name, and no other type (btf_parse_elf). */
function progBits(elf: ElfFile, name: string): ElfSection | undefined {
  const section = elf.sections.findLast((candidate) => candidate.name === name);
  return section?.type === SectionType.ProgBits ? section : undefined;
}

/** What the ELF reader throws, as this package's error. @throws KernelSourceError `bad-elf` */
export function typed<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    throw new KernelSourceError('bad-elf', error.message, {
      ...(error.offset === undefined ? {} : { offset: error.offset }),
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      cause: error,
    });
  }
}
