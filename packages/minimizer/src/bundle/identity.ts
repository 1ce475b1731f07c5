// A kernel's identity in a bundle, and the words that readers use for the same thing: machine names, distribution
// versions as /etc/os-release has them.

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

/** Directories of BTFHub and the like that are no VERSION_ID: names of releases, and short forms. */
const VERSION_IDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  debian: { stretch: '9', buster: '10', bullseye: '11', bookworm: '12', trixie: '13', forky: '14' },
  ubuntu: { xenial: '16.04', bionic: '18.04', focal: '20.04', jammy: '22.04', noble: '24.04', resolute: '26.04' },
  amzn: { '1': '2018.03', '2018': '2018.03' },
};

/** RHEL's minor release by the build number of its kernel: BTFHub files under 7 what os-release calls 7.9. */
const RHEL_KERNELS: Readonly<Record<string, string>> = {
  '3.10.0-327': '7.2',
  '3.10.0-514': '7.3',
  '3.10.0-693': '7.4',
  '3.10.0-862': '7.5',
  '3.10.0-957': '7.6',
  '3.10.0-1062': '7.7',
  '3.10.0-1127': '7.8',
  '3.10.0-1160': '7.9',
  '4.18.0-80': '8.0',
  '4.18.0-147': '8.1',
  '4.18.0-193': '8.2',
  '4.18.0-240': '8.3',
  '4.18.0-305': '8.4',
  '4.18.0-348': '8.5',
  '4.18.0-372': '8.6',
  '4.18.0-425': '8.7',
  '4.18.0-477': '8.8',
  '4.18.0-513': '8.9',
  '4.18.0-553': '8.10',
  '5.14.0-70': '9.0',
  '5.14.0-162': '9.1',
  '5.14.0-284': '9.2',
  '5.14.0-362': '9.3',
  '5.14.0-427': '9.4',
  '5.14.0-503': '9.5',
  '5.14.0-570': '9.6',
};

/** The VERSION_ID that a reader on this kernel will ask for; the kernel's own version where nothing else is known. */
export function versionId(kernel: KernelId): string {
  const renamed = VERSION_IDS[kernel.distro]?.[kernel.version];
  if (renamed !== undefined) return renamed;
  if (kernel.distro === 'rhel' && !kernel.version.includes('.')) {
    const minor = RHEL_KERNELS[/^[\d.]+-\d+/.exec(kernel.release)?.[0] ?? ''];
    if (minor?.startsWith(`${kernel.version}.`)) return minor;
  }
  return kernel.version;
}

/** Distributions whose os-release writes ID="...": what readers that do not unquote will ask for. */
export const QUOTED_IDS: ReadonlySet<string> = new Set([
  'almalinux',
  'amzn',
  'centos',
  'ol',
  'openEuler',
  'opensuse-leap',
  'opensuse-tumbleweed',
  'rhel',
  'rocky',
  'sled',
  'sles',
]);

/** Distributions whose os-release writes VERSION_ID=33 without quotes, or has none. */
export const UNQUOTED_VERSIONS: ReadonlySet<string> = new Set(['alpine', 'arch', 'fedora']);
