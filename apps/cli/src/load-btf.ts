// The BTF of a file, for every command that takes one.
import { type Btf, isBtf, loadBtf, parseBtf, rebase } from '@btfq/btf-format';
import { isElf } from '@btfq/elf';
import { InputError } from './errors.ts';
import type { Io } from './io.ts';

/**
 * The BTF of raw BTF, an ELF file, or with the help of kernel-source of anything else that has a kernel's BTF in it; `-`
 * is stdin. `base`: what split BTF was split from. Throws `InputError`, `BtfError`, `ElfError`, `KernelSourceError`.
 */
export async function loadBtfFile(io: Io, path: string, base?: Btf): Promise<Btf> {
  const bytes = io.readFile(path);
  try {
    if (isBtf(bytes) || isElf(bytes)) return loadBtf(bytes, { base });
    return await loadPacked(bytes, path, base);
  } catch (error) {
    throw withPath(error, path, base !== undefined);
  }
}

/** What reading split BTF without its base runs into. */
const SPLIT_CODES = new Set(['bad-strings', 'bad-string-offset', 'bad-type-id', 'bad-type']);

/** Says of which file, and where in it: the libraries know bytes only. */
function withPath(error: unknown, path: string, hasBase: boolean): unknown {
  const { name, message, code, offset, expected } = error as Error &
    Record<'code' | 'expected', string | undefined> & { offset?: number };
  if (!['BtfError', 'ElfError', 'KernelSourceError'].includes(name) || code === undefined) return error;
  const where = [offset === undefined ? '' : `at byte ${offset}`, expected === undefined ? '' : `expected ${expected}`];
  const details = where.filter(Boolean).join(', ');
  return new InputError(code, `${path}: ${message}${details === '' ? '' : ` (${details})`}`, {
    path,
    ...(!hasBase && SPLIT_CODES.has(code)
      ? { hint: 'If this is the split BTF of a module, give its kernel with -B.' }
      : {}),
    cause: error,
  });
}

/** Boot images, packages, archives, compressed modules: what needs more than the format itself. */
async function loadPacked(bytes: Uint8Array, path: string, base: Btf | undefined): Promise<Btf> {
  const { loadTargetBytes } = await import('@btfq/kernel-source');
  const target = await loadTargetBytes(bytes, { path, modules: false });
  if (target.base === undefined) return parseBtf(target.btf, { base });
  const split = parseBtf(target.btf, { base: parseBtf(target.base) });
  return base === undefined ? split : rebase(split, base).btf;
}
