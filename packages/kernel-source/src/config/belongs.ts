// Which kernel a configuration is of, by what it says of itself: the header's version and architecture, CONFIG_BUILD_SALT.

import { parseRelease } from '../identity/release.ts';
import type { ParsedConfig } from './kernel-config.ts';

/** A kernel as far as its configuration can be compared with it. */
export interface ConfiguredKernel {
  readonly release: string;
  readonly arch: string;
  readonly banner?: string | undefined;
}

/**
 * `own`: it says so. `open`: nothing speaks against it. Else what it says that this kernel is not.
 */
export type ConfigVerdict = 'own' | 'open' | { readonly found: string; readonly expected: string };

/** The kernel's words for architectures, with those of `uname -m` that they stand for. */
const ARCHES: Readonly<Record<string, RegExp>> = {
  x86: /^(?:x86_64|i686)$/,
  x86_64: /^x86_64$/,
  i386: /^i686$/,
  arm64: /^arm64$/,
  arm: /^armv/,
  powerpc: /^ppc/,
  riscv: /^riscv/,
  s390: /^s390/,
  mips: /^mips/,
  loongarch: /^loongarch/,
  sparc: /^sparc/,
  parisc: /^parisc/,
  m68k: /^m68k$/,
};

/** Whether a configuration is this kernel's, as far as it says. */
export function configVerdict(config: ParsedConfig, kernel: ConfiguredKernel): ConfigVerdict {
  const { arch, version } = config;
  if (arch !== undefined && Object.hasOwn(ARCHES, arch) && !(ARCHES[arch] as RegExp).test(kernel.arch)) {
    return { found: `a configuration for ${arch}`, expected: kernel.arch };
  }
  const release = parseRelease(kernel.release);
  const told = version === undefined ? undefined : parseRelease(version);
  // 6.1.0-50-amd64 is built of 6.1.176: distributions may keep a number of their own in the third place.
  if (told && release && (told.major !== release.major || told.minor !== release.minor)) {
    return { found: `a configuration of ${version}`, expected: kernel.release };
  }
  const salt = /^"(.*)"$/.exec(config.symbols.get('CONFIG_BUILD_SALT') ?? '')?.[1];
  if (salt !== undefined && (salt === kernel.release || kernel.release.startsWith(`${salt}+`))) return 'own';
  if (version !== undefined && isVersionOf(version, kernel)) return 'own';
  // A kernel that somebody builds with a distribution's configuration has the distribution's salt, but its own version.
  if (salt !== undefined && parseRelease(salt))
    return { found: `a configuration of ${salt}`, expected: kernel.release };
  return 'open';
}

/** Whether the sources' version is what the release or the banner says: `Debian 6.1.176-1`. */
function isVersionOf(version: string, { release, banner = '' }: ConfiguredKernel): boolean {
  const rest = release.startsWith(version) ? release.slice(version.length) : undefined;
  if (rest !== undefined && !/^[\d.]/.test(rest)) return true;
  return banner.split(/[\s(),]+/).some((word) => word === version || word.startsWith(`${version}-`));
}
