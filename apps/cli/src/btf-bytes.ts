// The bytes of a file's BTF, before anything has parsed them: for the check, which must see what is wrong in them.
import { type Btf, btfSections, isBtf, parseBtf } from '@btfq/btf-format';
import { isElf, parseElf } from '@btfq/elf';
import { InputError } from './errors.ts';
import type { Io } from './io.ts';

/** What a file holds. `base`: a distilled one that came with it. */
export interface BtfBytes {
  readonly btf: Uint8Array;
  readonly ext: Uint8Array | undefined;
  readonly base: Btf | undefined;
}

/** Raw BTF, the sections of an ELF file, or what kernel-source finds in anything else. Throws as `loadBtfFile` does. */
export async function readBtfBytes(io: Io, path: string): Promise<BtfBytes> {
  const bytes = io.readFile(path);
  if (isBtf(bytes)) return { btf: bytes, ext: undefined, base: undefined };
  if (isElf(bytes)) {
    const { btf, ext, base } = btfSections(parseElf(bytes));
    if (btf === undefined) throw new InputError('no-btf', `${path}: an ELF file without .BTF`, { path });
    return { btf, ext, base: base && parseBtf(base) };
  }
  const { loadTargetBytes } = await import('@btfq/kernel-source');
  const target = await loadTargetBytes(bytes, { path, modules: false });
  return { btf: target.btf, ext: undefined, base: target.base && parseBtf(target.base) };
}
