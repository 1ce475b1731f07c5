// A kernel with what a process reads of its machine beside bpf(): @btfq/loader's LoaderKernel has this shape.
import type { Btf } from '@btfq/btf-format';
import type { KernelSymbol } from '@btfq/kernel-tables';
import type { Kernel } from './kernel.ts';

/** What the image does not say. */
export interface CallingKernelOptions {
  /** The kernel's configuration (`/boot/config-RELEASE`). */
  readonly kconfig?: string;
}

/** A kernel and its machine, as a process sees them. */
export interface CallingKernel {
  readonly system: Kernel;
  /** `uname -r`; '' where the image has no banner. */
  readonly release: string;
  /** `uname -v`. */
  readonly version?: string;
  /** `uname -m`. */
  readonly machine: string;
  readonly vmlinux: Btf;
  readonly symbols: () => Iterable<KernelSymbol>;
  readonly kconfig?: string;
}

/** The kernel as the loader wants it. */
export function callingKernel(kernel: Kernel, options: CallingKernelOptions = {}): CallingKernel {
  const { symbols, banner } = kernel;
  const version = /#\d+[^\n]*/.exec(banner)?.[0];
  return {
    system: kernel,
    release: /^Linux version (\S+)/.exec(banner)?.[1] ?? '',
    ...(version === undefined ? {} : { version }),
    machine: kernel.memory.arch === 'arm64' ? 'aarch64' : kernel.memory.arch,
    vmlinux: kernel.btf,
    symbols: function* (): Generator<KernelSymbol> {
      for (let index = 0; index < symbols.count; index++) yield symbols.symbol(index);
    },
    ...(options.kconfig === undefined ? {} : { kconfig: options.kconfig }),
  };
}
