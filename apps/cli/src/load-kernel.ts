// The kernel that a command works on: any file that btfq reads, or one in the index.
import { type Btf, isBtf, parseBtf } from '@btfq/btf-format';
import { type TargetKernel, targetOf } from '@btfq/core-reloc';
import { isElf } from '@btfq/elf';
import { InputError } from './errors.ts';
import type { Io } from './io.ts';
import { loadBtfFile } from './load-btf.ts';
import { indexPath } from './shared-flags.ts';

/** A kernel and what to call it. */
export interface LoadedKernel {
  readonly name: string;
  /** A bare BTF where that is all there is: then modules are not looked at. */
  readonly target: Btf | TargetKernel;
  /** Ends what its modules are read from. */
  readonly close: () => void;
}

/**
 * The kernel in a file, else the one of that name in the index. Reading the modules of a package takes many times as long
 * as reading its kernel: they are only read where `wantsModules` says so, having seen the kernel's own BTF. Throws
 * `InputError`, `IndexError`, and the errors of whatever reads the file.
 */
export async function loadKernel(
  io: Io,
  text: string,
  flags: { db: string | undefined; offline?: boolean | undefined },
  wantsModules: (vmlinux: Btf) => boolean,
): Promise<LoadedKernel> {
  let bytes: Uint8Array;
  try {
    bytes = io.readFile(text);
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== 'ENOENT') throw error;
    return await kernelInIndex(io, text, flags, error);
  }
  if (isBtf(bytes) || isElf(bytes)) return { name: text, target: await loadBtfFile(io, text), close: nothing };
  const { loadTargetBytes } = await import('@btfq/kernel-source');
  const options = { path: io.path(text), signal: io.signal };
  const vmlinux = parseBtf((await loadTargetBytes(bytes, { ...options, modules: false })).btf);
  const modules = wantsModules(vmlinux) ? (await loadTargetBytes(bytes, options)).modules : [];
  return { name: text, target: targetOf(vmlinux, () => modules), close: nothing };
}

async function kernelInIndex(
  io: Io,
  text: string,
  flags: { db: string | undefined; offline?: boolean | undefined },
  missing: InputError,
): Promise<LoadedKernel> {
  const path = indexPath(flags, io);
  const { existsSync } = await import('node:fs');
  if (flags.db === undefined && !/^https?:/.test(path) && !existsSync(io.path(path))) throw missing;
  const { kernelTarget, resolveKernel } = await import('@btfq/btf-index');
  const { openReading } = await import('./with-index.ts');
  const index = await openReading(flags, io);
  try {
    const { id, name } = resolveKernel(index, text);
    return { name, target: kernelTarget(index, id), close: () => index.close() };
  } catch (error) {
    index.close();
    throw error;
  }
}

const nothing = (): void => {};
