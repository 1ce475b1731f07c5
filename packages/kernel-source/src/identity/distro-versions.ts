// Which release of Debian, Ubuntu and SUSE a kernel was made for, from its release, its package's version and its compiler's.

import type { KernelWords } from './kernel-words.ts';
import { parseRelease } from './release.ts';

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

/** The Debian release by the major version of its compiler. */
const DEBIAN_COMPILERS: Readonly<Record<string, string>> = { 6: '9', 8: '10', 10: '11', 12: '12', 14: '13' };

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

/**
 * Debian writes the release it builds for into backports and updates: `+deb12`, `0.deb11.25`, `~bpo12+1`, `~deb11u1`.
 * Kernels of others (Proxmox, Raspberry Pi) are built with the compiler of the release. What is left belongs to the
 * series that a release froze, or to unstable.
 */
export function debianVersion({ release, build, compiler }: KernelWords): string | undefined {
  const named = /[+~.](?:deb|bpo)(\d+)/;
  const found = named.exec(release)?.[1] ?? named.exec(/\bDebian (\S+)/.exec(build)?.[1] ?? build)?.[1];
  if (found !== undefined) return found;
  if (/-pve$|\+rpt/.test(release)) {
    const major = /\(Debian (\d+)\./.exec(compiler)?.[1];
    return major === undefined ? undefined : DEBIAN_COMPILERS[major];
  }
  // Backports from before the release was in the name: 5.10.0-0.bpo.9-amd64.
  if (/-0\.bpo\./.test(release)) return undefined;
  const numbers = parseRelease(release);
  return numbers && (DEBIAN_SERIES[`${numbers.major}.${numbers.minor}`] ?? 'sid');
}

/**
 * Hardware enablement kernels name the release that they are for: `6.8.0-31.31~22.04.1`, `#31~22.04.1-Ubuntu`; others
 * have it in their compiler's package, `13.3.0-6ubuntu2~24.04`. OEM kernels are of a later series than their release.
 */
export function ubuntuVersion({ release, build, compiler }: KernelWords): string | undefined {
  const named = /~(\d\d\.\d\d)/;
  const version = /^#\d+\S*/.exec(build)?.[0] ?? build;
  const found = named.exec(version)?.[1] ?? named.exec(/\(Ubuntu [^)]*/.exec(compiler)?.[0] ?? '')?.[1];
  if (found !== undefined) return found;
  const numbers = parseRelease(release);
  if (numbers === undefined || /-oem$/.test(release)) return undefined;
  return UBUNTU_SERIES[`${numbers.major}.${numbers.minor}`];
}

/** SUSE's releases before the service pack was in their name, by what follows the version: `4.12.14-122.46`. */
const SUSE_PACKS: readonly (readonly [RegExp, string])[] = [
  [/^4\.4\.(?:21-(?:69|81|84|90)|38-93|\d+-92)[.-]/, '12.2'],
  [/^4\.4\.(?:73-5-|\d+-(?:6|94)\.)/, '12.3'],
  [/^4\.12\.14-9[45]\./, '12.4'],
  [/^4\.12\.14-12[02][.-]/, '12.5'],
  [/^4\.12\.14-(?:23|25|150)(?:\.|-)/, '15.0'],
  [/^4\.12\.14-19[57](?:\.|-)/, '15.1'],
  [/^5\.3\.18-2[24][.-]/, '15.2'],
  [/^5\.3\.18-5[79][.-]/, '15.3'],
];

/** SUSE writes the service pack into the release: -150500.53 is 15.5, -lp152 is 15.2, -160000.5 is 16.0. */
export function suseVersion({ release }: KernelWords): string | undefined {
  const pack = /-(1[56])0(\d)\d\d\./.exec(release) ?? /-lp(\d\d)(\d)\./.exec(release);
  return pack ? `${pack[1]}.${pack[2]}` : SUSE_PACKS.find(([pattern]) => pattern.test(release))?.[1];
}
