// The kernel that a command works on: any file that btfq reads, or one in the index.
import { type Btf, isBtf, parseBtf } from '@btfq/btf-format';
import type { TargetKernel } from '@btfq/core-reloc';
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
}

/**
 * The kernel in a file, else the one of that name in the index. Reading the modules of a package takes many times as long
 * as reading its kernel: they are only read where `wantsModules` says so, having seen the kernel's own BTF. Throws
 * `InputError`, `IndexError`, and the errors of whatever reads the file.
 */
export async function loadKernel(
  io: Io,
  text: string,
  flags: { db: string | undefined },
  wantsModules: (vmlinux: Btf) => boolean,
): Promise<LoadedKernel> {
  let bytes: Uint8Array;
  try {
    bytes = io.readFile(text);
  } catch (error) {
    if (!(error instanceof InputError) || error.code !== 'ENOENT') throw error;
    return await kernelInIndex(io, text, flags, error);
  }
  if (isBtf(bytes) || isElf(bytes)) return { name: text, target: await loadBtfFile(io, text) };
  const { loadTargetBytes } = await import('@btfq/kernel-source');
  const options = { path: io.path(text), signal: io.signal };
  const vmlinux = parseBtf((await loadTargetBytes(bytes, { ...options, modules: false })).btf);
  const modules = wantsModules(vmlinux) ? (await loadTargetBytes(bytes, options)).modules : [];
  return { name: text, target: withModules(vmlinux, () => modules) };
}

/** A module's BTF as bytes, split over the kernel's or over its own distilled base. */
interface ModuleBytes {
  readonly name: string;
  readonly btf: Uint8Array;
  readonly base?: Uint8Array;
}

function withModules(vmlinux: Btf, read: () => readonly ModuleBytes[]): TargetKernel {
  let modules: TargetKernel['modules'];
  return {
    vmlinux,
    get modules() {
      modules ??= read().map(({ name, btf, base }) => ({
        name,
        btf: parseBtf(btf, { base: base === undefined ? vmlinux : parseBtf(base) }),
      }));
      return modules;
    },
  };
}

async function kernelInIndex(
  io: Io,
  text: string,
  flags: { db: string | undefined },
  missing: InputError,
): Promise<LoadedKernel> {
  const path = indexPath(flags, io);
  const { existsSync } = await import('node:fs');
  if (flags.db === undefined && !existsSync(io.path(path))) throw missing;
  const { exportBtf, exportModule, modules, openIndex, resolveKernel } = await import('@btfq/btf-index');
  const index = openIndex(io.path(path), { readonly: true });
  const kernel = resolveKernel(index, text);
  return {
    name: kernel.name,
    target: withModules(parseBtf(exportBtf(index, kernel.id)), () =>
      (modules(index, [kernel.id]).get(kernel.id) ?? []).map(({ name }) => ({
        name,
        ...exportModule(index, kernel.id, name),
      })),
    ),
  };
}
