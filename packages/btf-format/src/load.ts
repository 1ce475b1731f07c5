// loadBtf: BTF from raw bytes or from an ELF file's .BTF section, whichever the bytes are. libbpf btf_parse and
// btf_parse_elf. The only file of this package that knows ELF.

import { type ElfFile, isElf, parseElf } from '@btfq/elf';
import { BtfError } from './errors.ts';
import { type Btf, type ParseBtfOptions, parseBtf } from './reader.ts';

/** SHT_PROGBITS: libbpf takes BTF from no other section type. */
const SHT_PROGBITS = 1;

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
 * Raw BTF, or the `.BTF` of an ELF file. Throws `BtfError` (`no-btf` where an ELF has no `.BTF`, `no-base` where it
 * is split over a distilled `.BTF.base`: see `rebaseSplit`) and `ElfError`.
 */
export function loadBtf(bytes: Uint8Array, options: ParseBtfOptions = {}): Btf {
  if (!isElf(bytes)) return parseBtf(bytes, options);
  const sections = btfSections(parseElf(bytes));
  if (sections.btf === undefined)
    throw new BtfError('no-btf', 'an ELF file without .BTF', { expected: 'a .BTF section' });
  if (sections.base === undefined) return parseBtf(sections.btf, options);
  const distilled = parseBtf(sections.base);
  return parseBtf(sections.btf, { base: distilled });
}
