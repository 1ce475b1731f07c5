// A kernel with its modules, for commands that merge what objects need of both into one BTF.
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Btf, BtfError, isBtf, parseBtf } from '@btfq/btf-format';
import { type ModuleBytes, type TargetKernel, targetOf } from '@btfq/core-reloc';
import type { KernelItem } from '@btfq/kernel-source';
import { InputError } from './errors.ts';
import type { Io } from './io.ts';
import { refuseWrongBase } from './load-btf.ts';
import { loadKernel } from './load-kernel.ts';

/** A kernel with its modules; `close` ends what they are read from. */
export interface KernelWithModules {
  readonly target: TargetKernel;
  readonly close: () => void;
}

/**
 * The kernel of a package, an image, a folder (`/sys/kernel/btf`, a root file system) or the index, with its modules.
 * Throws `InputError` `no-modules` where none come with it, and what reading throws.
 */
export async function loadWithModules(
  io: Io,
  input: string,
  flags: { db: string | undefined },
): Promise<KernelWithModules> {
  const stats = statSync(io.path(input), { throwIfNoEntry: false });
  // /sys/kernel/btf/vmlinux has its modules beside it.
  const isVmlinux = stats?.isFile() && basename(input) === 'vmlinux' && isBtf(io.readFile(input));
  if (stats?.isDirectory() || isVmlinux) {
    return { target: await kernelOfFolder(io, isVmlinux ? dirname(input) : input), close: () => {} };
  }
  const { target, close } = await loadKernel(io, input, flags, () => true);
  if (!('vmlinux' in target) || (target.modules ?? []).length === 0) {
    close();
    throw noModules(input);
  }
  return { target, close };
}

async function kernelOfFolder(io: Io, folder: string): Promise<TargetKernel> {
  const { discover, readJob } = await import('@btfq/kernel-source');
  const items: KernelItem[] = [];
  // What the kernel is called does not matter here: only that there is one.
  const fallback = { distro: '', version: '', arch: '', release: '' };
  for await (const found of discover([io.path(folder)], { signal: io.signal })) {
    if (found.kind === 'skipped') items.push(found);
    else for await (const item of readJob(found.job, { fallback, signal: io.signal })) items.push(item);
  }
  const kernels = items.filter((item) => item.kind === 'kernel');
  for (const { problems } of kernels) {
    for (const { path, message, code } of problems) if (code !== 'no-btf') io.note(`btfq: ${path}: ${message}`);
  }
  const [kernel, another] = kernels;
  if (kernel === undefined) {
    const reason = items.find((item) => item.kind === 'skipped');
    throw new InputError(reason?.code ?? 'no-kernel', `${reason?.path ?? folder}: ${reason?.message ?? 'no kernel'}`);
  }
  if (another !== undefined)
    throw new InputError('no-kernel', `${folder}: there are several kernels in it, and only one can be used`);
  if (kernel.modules.length === 0) throw noModules(folder);
  return targetOf(kernel.parsed, () => kernel.modules);
}

function noModules(input: string): InputError {
  return new InputError('no-modules', `${input}: no modules come with this kernel`, {
    path: input,
    hint: 'Give a package, a folder or a kernel of the index that has them, or name the modules with --module.',
  });
}

/**
 * Module files over a kernel's BTF: raw split BTF, .ko files, packed or not. Throws `InputError` `wrong-base` for a module of
 * another kernel unless `force` is set, `duplicate-module` for two of one name.
 */
export async function loadModules(
  io: Io,
  paths: readonly string[],
  vmlinux: Btf,
  force: boolean,
): Promise<TargetKernel> {
  const modules: ModuleBytes[] = [];
  for (const path of paths) {
    const name = moduleName(path);
    if (modules.some((other) => other.name === name)) {
      throw new InputError('duplicate-module', `${path}: there are two modules named ${name}`, { path });
    }
    modules.push({ name, ...(await moduleBytes(io, path)) });
  }
  modules.forEach(({ btf, base }, i) => {
    const path = paths[i]!;
    try {
      const split = parseBtf(btf, { base: base === undefined ? vmlinux : parseBtf(base) });
      if (!force && base === undefined) refuseWrongBase(split, path);
    } catch (error) {
      if (!(error instanceof BtfError)) throw error;
      throw new InputError(error.code, `${path}: ${error.message}`, {
        path,
        hint: 'The module may be of another kernel than INPUT: give one of the same build.',
        cause: error,
      });
    }
  });
  return targetOf(vmlinux, () => modules);
}

async function moduleBytes(io: Io, path: string): Promise<Omit<ModuleBytes, 'name'>> {
  const bytes = io.readFile(path);
  if (isBtf(bytes)) return { btf: bytes };
  const { loadTargetBytes } = await import('@btfq/kernel-source');
  const { btf, base } = await loadTargetBytes(bytes, { path });
  return base === undefined ? { btf } : { btf, base };
}

/** As the kernel names it: without the ending, and `_` for `-`. */
function moduleName(path: string): string {
  const file = path.split('/').at(-1)!;
  return file.replace(/\.(?:ko|btf)(?:\.\w+)?$/, '').replaceAll('-', '_');
}
