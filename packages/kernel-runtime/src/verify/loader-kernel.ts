// A kernel of this package as the loader wants it: its bpf(), and what libbpf reads of a machine beside it.
import type { KernelSymbol, LoaderKernel } from '@btfq/loader';
import type { Kernel } from '../kernel.ts';

/** What the image does not say, or says otherwise. */
export interface LoaderKernelOptions {
  /** The kernel's configuration (`/boot/config-RELEASE`). */
  readonly kconfig?: string;
}

/** `uname -r` and `uname -v`, from the banner. */
export function versionsOf(banner: string): { readonly release: string; readonly version?: string } {
  const release = /^Linux version (\S+)/.exec(banner)?.[1] ?? '';
  const version = /#\d+[^\n]*/.exec(banner)?.[0];
  return version === undefined ? { release } : { release, version };
}

/** Joins a kernel with the loader. */
export function loaderKernel(kernel: Kernel, options: LoaderKernelOptions = {}): LoaderKernel {
  const { symbols } = kernel;
  return {
    system: kernel,
    ...versionsOf(kernel.banner),
    machine: kernel.memory.arch === 'arm64' ? 'aarch64' : kernel.memory.arch,
    vmlinux: kernel.btf,
    symbols: function* (): Generator<KernelSymbol> {
      for (let index = 0; index < symbols.count; index++) yield symbols.symbol(index);
    },
    ...(options.kconfig === undefined ? {} : { kconfig: options.kconfig }),
  };
}
