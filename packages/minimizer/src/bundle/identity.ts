// A kernel's identity in a bundle, and the words that readers use for its machine.

import { MinimizeError } from '../errors.ts';

/** What names a kernel: os-release's ID and VERSION_ID (or BTFHub's directory for it), its machine, `uname -r`. */
export interface KernelId {
  readonly distro: string;
  readonly version: string;
  readonly arch: string;
  readonly release: string;
}

/** `distro/version/arch/release`. */
export function kernelPath(kernel: KernelId): string {
  return `${kernel.distro}/${kernel.version}/${kernel.arch}/${kernel.release}`;
}

/** Throws `bad-entry` where a part cannot be one component of a path: bundles must not reach out of their folder. */
export function checkKernelId(kernel: KernelId): void {
  for (const part of ['distro', 'version', 'arch', 'release'] as const) {
    const word = kernel[part];
    if (word !== '' && word !== '.' && word !== '..' && !/[/\\\0]/.test(word)) continue;
    throw new MinimizeError('bad-entry', `the kernel's ${part} '${word}' cannot be part of a path`, {
      path: kernelPath(kernel),
      expected: 'a name without slashes',
    });
  }
}

/** BTFHub says arm64; `uname -m` says aarch64. Everything else is called the same. */
export function machineName(arch: string): string {
  return arch === 'arm64' ? 'aarch64' : arch;
}

/** The word of BTFHub's directories for a machine. */
export function archName(machine: string): string {
  return machine === 'aarch64' ? 'arm64' : machine;
}
