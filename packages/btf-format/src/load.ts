// loadBtf: BTF from raw bytes or from an ELF file's .BTF section, whichever the bytes are. libbpf btf_parse and
// btf_parse_elf. The only file of this package that knows ELF.

import { type ElfFile, isElf, parseElf } from '@btfq/elf';
import { BtfError } from './errors.ts';
import { assumePointerSize } from './layout.ts';
import { type Btf, type ParseBtfOptions, parseBtf } from './btf.ts';
import { rebase } from './rebase.ts';

/** SHT_PROGBITS: libbpf takes BTF from no other section type. */
const SHT_PROGBITS = 1;
/** SHT_NOBITS: what `objcopy --only-keep-debug` makes of every section that is loaded. */
const SHT_NOBITS = 8;

/** The bytes of an ELF's BTF sections; undefined where it has none. */
export interface BtfSections {
  readonly btf: Uint8Array | undefined;
  readonly ext: Uint8Array | undefined;
  readonly base: Uint8Array | undefined;
}

/** Finds `.BTF`, `.BTF.ext` and `.BTF.base` as libbpf does: the last section of that name, PROGBITS only. */
export function btfSections(elf: ElfFile): BtfSections {
  const bytes = (name: string) => {
    const section = elf.sections.findLast((s) => s.name === name);
    if (section === undefined) return undefined;
    if (section.type === SHT_NOBITS) {
      throw new BtfError('no-btf', `the ${name} section has no content in this file: it is a debug file`, {
        offset: section.offset,
        expected: `the file that it belongs to, whose ${name} is there`,
      });
    }
    if (section.type !== SHT_PROGBITS) {
      throw new BtfError('no-btf', `${name} is of section type ${section.type}`, {
        offset: section.offset,
        expected: 'SHT_PROGBITS',
      });
    }
    return elf.sectionBytes(section);
  };
  return { btf: bytes('.BTF'), ext: bytes('.BTF.ext'), base: bytes('.BTF.base') };
}

/**
 * Raw BTF, or the `.BTF` of an ELF file. Where the ELF has a distilled `.BTF.base` and `base` is given, the split BTF is
 * moved onto it (see `rebase`); without `base` it stays over its distilled one. The pointer size of an ELF's BTF is that
 * of its class. Throws `BtfError` (`no-btf` where an ELF has no `.BTF`; `base-mismatch`) and `ElfError`.
 */
export function loadBtf(bytes: Uint8Array, options: ParseBtfOptions = {}): Btf {
  if (!isElf(bytes)) return parseBtf(bytes, options);
  const elf = parseElf(bytes);
  const sections = btfSections(elf);
  if (sections.btf === undefined)
    throw new BtfError('no-btf', 'an ELF file without .BTF', { expected: 'a .BTF section' });
  const distilled = sections.base && parseBtf(sections.base);
  const own = parseBtf(sections.btf, { base: distilled ?? options.base });
  const btf = distilled && options.base ? rebase(own, options.base).btf : own;
  assumePointerSize(btf, elf.is64 ? 8 : 4);
  return btf;
}
