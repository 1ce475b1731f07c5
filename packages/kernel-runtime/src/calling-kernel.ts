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
  /** Lines of /proc/kallsyms, those with these names among them, in order. */
  readonly symbols: (names: ReadonlySet<string>) => Iterable<KernelSymbol>;
  readonly kconfig?: string;
}

/** The kernel as the loader wants it. */
export function callingKernel(kernel: Kernel, options: CallingKernelOptions = {}): CallingKernel {
  const { banner } = kernel;
  const version = /#\d+[^\n]*/.exec(banner)?.[0];
  return {
    system: kernel,
    release: /^Linux version (\S+)/.exec(banner)?.[1] ?? '',
    ...(version === undefined ? {} : { version }),
    machine: kernel.arch === 'arm64' ? 'aarch64' : kernel.arch,
    vmlinux: kernel.btf,
    symbols: function* (names): Generator<KernelSymbol> {
      const { symbols } = kernel;
      // Only clang makes names with `.llvm.` behind them, which cannot be looked up.
      if (/clang/.test(banner)) for (let index = 0; index < symbols.count; index++) yield symbols.symbol(index);
      else {
        const found = [...names].flatMap((name) => symbols.indexesOf(name));
        for (const index of found.sort((a, b) => a - b)) yield symbols.symbol(index);
      }
    },
    ...(options.kconfig === undefined ? {} : { kconfig: options.kconfig }),
  };
}
