// Architectures: one word for each, whatever a package, an ELF header or a person calls it.

import { Machine } from '@btfq/elf';

/**
 * `uname -m`'s word, except that 64-bit Arm is `arm64` as in BTFHub's tree (design: "A kernel's identity"). Other words for
 * the same machine, as packages and people use them, are on the left.
 */
const ALIASES: Readonly<Record<string, string>> = {
  aarch64: 'arm64',
  amd64: 'x86_64',
  'x86-64': 'x86_64',
  x64: 'x86_64',
  i386: 'i686',
  i486: 'i686',
  i586: 'i686',
  ppc64el: 'ppc64le',
  powerpc64le: 'ppc64le',
  powerpc64: 'ppc64',
  powerpc: 'ppc',
  armhf: 'armv7l',
  armv7hl: 'armv7l',
  armmp: 'armv7l',
  armel: 'armv5tel',
  loong64: 'loongarch64',
  mips64el: 'mips64',
  mipsel: 'mips',
};

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.values(ALIASES),
  'riscv64',
  's390x',
  'sparc64',
  'parisc64',
  'm68k',
]);

/** btfq's word for an architecture; unknown words are passed on as they are. */
export function archAlias(arch: string): string {
  return Object.hasOwn(ALIASES, arch) ? ALIASES[arch]! : arch;
}

/** Whether a word, or its alias, is an architecture that kernels are built for. */
export function isArch(word: string): boolean {
  return KNOWN.has(archAlias(word));
}

/** The architecture of a kernel by its ELF header; undefined for machines that Linux does not run on, such as BPF. */
export function archOfElf(elf: { machine: number; is64: boolean; littleEndian: boolean }): string | undefined {
  switch (elf.machine) {
    case Machine.X86_64:
      return 'x86_64';
    case Machine.I386:
      return 'i686';
    case Machine.Aarch64:
      return 'arm64';
    case Machine.Arm:
      return 'armv7l';
    case Machine.Riscv:
      return elf.is64 ? 'riscv64' : 'riscv32';
    case Machine.Ppc64:
      return elf.littleEndian ? 'ppc64le' : 'ppc64';
    case Machine.Ppc:
      return 'ppc';
    case Machine.S390:
      return elf.is64 ? 's390x' : 's390';
    case Machine.Loongarch:
      return elf.is64 ? 'loongarch64' : 'loongarch32';
    case Machine.Mips:
      return elf.is64 ? 'mips64' : 'mips';
    case Machine.Sparc64:
      return 'sparc64';
    case Machine.Parisc:
      return elf.is64 ? 'parisc64' : 'parisc';
    case Machine.M68k:
      return 'm68k';
    default:
      return undefined;
  }
}

/** The architecture that a release names at its end: `-amd64`, `.x86_64`, `+deb13-riscv64`, `-powerpc64le-64k`. */
export function archOfRelease(release: string): string | undefined {
  const words = release.split(/[-.+]/).reverse();
  const word = words.find(isArch) ?? release.match(/x86_64/)?.[0];
  return word === undefined ? undefined : archAlias(word);
}
