// Which distribution and which version of it, in the words of os-release (ID, VERSION_ID) and of BTFHub's tree, from what
// packages, banners and releases say.

import type { PackageMetadata } from './package.ts';
import { parseRelease } from './release.ts';

/** A distribution, as far as it is known. */
export interface Distro {
  readonly distro: string;
  readonly version?: string;
}

/** Who signs for a package or builds a kernel, and whose distribution that makes it. The first that fits wins. */
const VENDORS: readonly (readonly [RegExp, string])[] = [
  [/ubuntu|canonical|buildd@lcy/i, 'ubuntu'],
  [/debian/i, 'debian'],
  [/fedora/i, 'fedora'],
  [/alma/i, 'almalinux'],
  [/rocky/i, 'rocky'],
  [/oracle/i, 'ol'],
  [/centos/i, 'centos'],
  [/red hat/i, 'rhel'],
  [/amazon|amzn/i, 'amzn'],
  [/opensuse tumbleweed/i, 'opensuse-tumbleweed'],
  [/opensuse/i, 'opensuse-leap'],
  [/suse/i, 'sles'],
  [/openeuler/i, 'openEuler'],
];

/** The Debian release that a kernel series belongs to. */
const DEBIAN_SERIES: Readonly<Record<string, string>> = {
  '3.2': '7',
  '3.16': '8',
  '4.9': '9',
  '4.19': '10',
  '5.10': '11',
  '6.1': '12',
  '6.12': '13',
};

/** The Ubuntu release that a kernel series was first shipped with. */
const UBUNTU_SERIES: Readonly<Record<string, string>> = {
  '3.13': '14.04',
  '4.4': '16.04',
  '4.15': '18.04',
  '5.4': '20.04',
  '5.8': '20.10',
  '5.11': '21.04',
  '5.13': '21.10',
  '5.15': '22.04',
  '5.19': '22.10',
  '6.2': '23.04',
  '6.5': '23.10',
  '6.8': '24.04',
  '6.11': '24.10',
  '6.14': '25.04',
  '6.17': '25.10',
  '7.0': '26.04',
};

/** The distribution of a package, by its vendor, its version and the release of its kernel. */
export function distroOfPackage(metadata: PackageMetadata, release: string): Distro | undefined {
  return distroOf(metadata.vendor, metadata.version, release) ?? distroOfRelease(release);
}

/** The distribution of a kernel, by its banner. */
export function distroOfBanner(banner: string, release: string): Distro | undefined {
  // Debian's own version stands behind the build number: '#1 SMP Debian 6.1.176-1 (2026-07-01)'.
  const version = /\bDebian (\d\S*)/.exec(banner)?.[1] ?? /#\d+(\S*)/.exec(banner)?.[1] ?? '';
  // The compiler's vendor says little about the kernel's: only the builder and the build line count.
  const builder = /^Linux version \S+ \(([^)]*)\)/.exec(banner)?.[1] ?? '';
  const build = /#\d+.*$/.exec(banner)?.[0] ?? '';
  return distroOfRelease(release) ?? distroOf(`${builder} ${build}`, version, release);
}

/** The distribution that a release names outright: `.fc40`, `.el9`, `.amzn2`, `+deb13`. */
export function distroOfRelease(release: string): Distro | undefined {
  const rules: readonly (readonly [RegExp, string])[] = [
    [/\.fc(\d+)/, 'fedora'],
    [/\.el(\d+)uek/, 'ol'],
    [/\.amzn(\d+)/, 'amzn'],
    [/\+deb(\d+)/, 'debian'],
    [/\.oe(\d{4})(?:sp\d)?\b/, 'openEuler'],
  ];
  for (const [pattern, distro] of rules) {
    const version = pattern.exec(release)?.[1];
    if (version === undefined) continue;
    if (distro === 'amzn' && version === '1') return { distro, version: '2018' };
    if (distro === 'openEuler') return { distro, version: `${version.slice(0, 2)}.${version.slice(2)}` };
    return { distro, version };
  }
  return undefined;
}

function distroOf(vendor: string, version: string, release: string): Distro | undefined {
  const distro = VENDORS.find(([pattern]) => pattern.test(vendor))?.[1];
  if (distro === undefined) return undefined;
  const found = versionOf(distro, version, release);
  return found === undefined ? { distro } : { distro, version: found };
}

function versionOf(distro: string, version: string, release: string): string | undefined {
  const numbers = parseRelease(release);
  const series = numbers && `${numbers.major}.${numbers.minor}`;
  switch (distro) {
    case 'debian':
      return debianVersion(version, release, series);
    case 'ubuntu':
      // Hardware enablement kernels name the release that they are for: 6.8.0-31.31~22.04.1, #31~22.04.1-Ubuntu.
      return /~(\d\d\.\d\d)/.exec(version)?.[1] ?? (series && UBUNTU_SERIES[series]);
    case 'sles':
    case 'opensuse-leap':
      return suseVersion(release);
    case 'opensuse-tumbleweed':
      return 'tumbleweed';
    default:
      // Red Hat's family and Amazon name it in the release, as BTFHub's tree does: the major version only.
      return /\.(?:el|fc|amzn)(\d+)/.exec(`${release} .${version}`)?.[1];
  }
}

function debianVersion(version: string, release: string, series: string | undefined): string | undefined {
  const named = /[+~](?:deb|bpo)(\d+)/;
  const found = named.exec(release)?.[1] ?? named.exec(version)?.[1];
  if (found !== undefined || series === undefined) return found;
  // Kernels newer than any release's, and those in experimental, are for unstable.
  return DEBIAN_SERIES[series] ?? 'sid';
}

/** SUSE writes the service pack into the release: -150500.53 is 15.5, -lp152 is 15.2. */
function suseVersion(release: string): string | undefined {
  const pack = /-(\d\d)0(\d)\d\d\./.exec(release) ?? /-lp(\d\d)(\d)\./.exec(release);
  return pack ? `${pack[1]}.${pack[2]}` : undefined;
}

/** Reads ID and VERSION_ID of an os-release file, unquoted. os-release(5) */
export function parseOsRelease(text: string): Distro | undefined {
  const field = (name: string) =>
    new RegExp(`^${name}=(.*)$`, 'm')
      .exec(text)?.[1]
      ?.trim()
      .replace(/^(["'])(.*)\1$/, '$2');
  const distro = field('ID');
  if (!distro) return undefined;
  const version = field('VERSION_ID') ?? field('VERSION_CODENAME');
  return version ? { distro, version } : { distro };
}
