// The BTF of a file, for every command that takes one.
import { type Btf, isBtf, loadBtf } from '@btfq/btf-format';
import { isElf } from '@btfq/elf';
import { InputError } from './errors.ts';
import type { Io } from './io.ts';

/**
 * The BTF of raw BTF or an ELF file; `-` is stdin. `base`: what split BTF was split from. Throws `InputError`,
 * `BtfError`, `ElfError`.
 */
export async function loadBtfFile(io: Io, path: string, base?: Btf): Promise<Btf> {
  const bytes = io.readFile(path);
  if (!isBtf(bytes) && !isElf(bytes)) {
    throw new InputError('not-btf', `${path} is neither BTF nor an ELF file`, { path });
  }
  try {
    return loadBtf(bytes, { base });
  } catch (error) {
    if (base !== undefined || !(error instanceof Error) || !SPLIT_CODES.has((error as { code?: string }).code ?? '')) {
      throw error;
    }
    throw new InputError('no-base', `${path}: ${error.message}`, {
      path,
      hint: 'If this is the split BTF of a module, give its kernel with -B.',
      cause: error,
    });
  }
}

/** What reading split BTF without its base runs into. */
const SPLIT_CODES = new Set(['bad-strings', 'bad-string-offset', 'bad-type-id', 'bad-type']);
