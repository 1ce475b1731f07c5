// The BTF of a file, for every command that takes one.
import { type Btf, BtfMemory, baseMismatch, isBtf, loadBtf, parseBtf, rebase } from '@btfq/btf-format';
import { isElf } from '@btfq/elf';
import { InputError } from './errors.ts';
import type { Io } from './io.ts';

/**
 * The BTF of raw BTF, an ELF file, or with the help of kernel-source of anything else that has a kernel's BTF in it; `-`
 * is stdin. `base`: what split BTF was split from. Throws `InputError`, `BtfError`, `ElfError`, `KernelSourceError`; for a
 * base that cannot be the one `InputError` with code `wrong-base`, unless `force` is set.
 */
export async function loadBtfFile(io: Io, path: string, base?: Btf, force = false): Promise<Btf> {
  const bytes = io.readFile(path, memoryFor);
  let btf: Btf;
  try {
    btf = isBtf(bytes) || isElf(bytes) ? loadBtf(bytes, { base }) : await loadPacked(bytes, path, base);
  } catch (error) {
    throw withPath(error, path, base !== undefined);
  }
  if (base !== undefined && !force) refuseWrongBase(btf, path);
  return btf;
}

/** Memory in which the pass over types works in place, for what may be a kernel's BTF: images and packages are larger. */
function memoryFor(size: number): Uint8Array {
  return size > 1 << 18 && size < 1 << 26 ? new BtfMemory(size).bytes : new Uint8Array(size);
}

/** Throws `InputError` with code `wrong-base` where split BTF cannot have been split from its base. */
export function refuseWrongBase(btf: Btf, path: string): void {
  const wrong = baseMismatch(btf);
  if (wrong === undefined) return;
  throw new InputError('wrong-base', `${path} was split from another base: type ${wrong.typeId}: ${wrong.message}`, {
    path,
    hint: 'Give the vmlinux of the same build with -B, or --force to read it all the same.',
  });
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
    ...(SPLIT_CODES.has(code)
      ? {
          hint: hasBase
            ? 'The base may be another than the one it was split from: give the vmlinux of the same build with -B.'
            : 'If this is the split BTF of a module, give its kernel with -B.',
        }
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
