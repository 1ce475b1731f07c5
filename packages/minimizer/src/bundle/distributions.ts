// The table of distributions: how their os-release writes ID and VERSION_ID, which words a machine that runs a given kernel may
// have there, and whose machines run it too. Archives file kernels by words of their own (7, bullseye); readers ask by
// os-release. Nothing here ends with today's releases: what a kernel's release does not say, every minor release stands for.

import type { KernelId } from './identity.ts';

/** How os-release writes a value. `either`: not known, or changed over time. `none`: there is no such line. */
export type Quoting = 'quoted' | 'bare' | 'either' | 'none';

/** One distribution. */
export interface Distribution {
  readonly id: Exclude<Quoting, 'none'>;
  readonly versionId: Quoting;
  /** VERSION_IDs of the machines that run this kernel, besides the version that it is filed under; '' for none. */
  readonly versions?: (kernel: KernelId) => readonly string[];
  /** Other IDs whose machines run this distribution's kernels, with the same VERSION_IDs. */
  readonly also?: (kernel: KernelId) => readonly string[];
  /** Distributions built on this one, whose machines run its kernels under IDs and VERSION_IDs of their own. */
  readonly derived?: (kernel: KernelId) => readonly HostWords[];
}

const UNKNOWN: Distribution = { id: 'either', versionId: 'either' };

const EL: Distribution = { id: 'quoted', versionId: 'quoted', versions: minorReleases };
/** Immutable and small systems mostly write bare words. */
const BARE: Distribution = { id: 'bare', versionId: 'bare' };
const QUOTED: Distribution = { id: 'quoted', versionId: 'quoted' };
const VERSION_QUOTED: Distribution = { id: 'bare', versionId: 'quoted' };
const ROLLING: Distribution = { id: 'bare', versionId: 'none', versions: () => [''] };

/** The table. */
export const DISTRIBUTIONS: Readonly<Record<string, Distribution>> = {
  // the Red Hat family: 9.3, whatever the archive calls it
  rhel: EL,
  rocky: EL,
  almalinux: EL,
  ol: EL,
  eurolinux: EL,
  scientific: EL,
  cloudlinux: EL,
  anolis: EL,
  opencloudos: EL,
  // CentOS has the major release alone, Linux and Stream alike
  centos: QUOTED,
  fedora: BARE,
  'fedora-asahi-remix': BARE,
  amzn: { ...QUOTED, versions: amazonVersions },
  azurelinux: VERSION_QUOTED,
  mariner: VERSION_QUOTED,
  photon: BARE,
  openEuler: QUOTED,
  hce: QUOTED,
  euleros: QUOTED,
  kylin: QUOTED,
  uos: QUOTED,
  alinux: QUOTED,
  tencentos: { ...QUOTED, versions: minorReleases },
  mageia: BARE,
  // Debian and its family
  debian: { ...VERSION_QUOTED, versions: debianVersions, derived: debianDerived },
  devuan: VERSION_QUOTED,
  raspbian: VERSION_QUOTED,
  kali: VERSION_QUOTED,
  ubuntu: { ...VERSION_QUOTED, versions: ubuntuVersions, derived: ubuntuDerived },
  pop: VERSION_QUOTED,
  // built on Ubuntu, with its kernels
  linuxmint: VERSION_QUOTED,
  zorin: VERSION_QUOTED,
  elementary: VERSION_QUOTED,
  neon: VERSION_QUOTED,
  tuxedo: VERSION_QUOTED,
  // SUSE: since 15.3 Leap and SLES run the same kernels
  sles: { ...QUOTED, also: suseFamily },
  sles_sap: { ...QUOTED, also: suseFamily },
  sled: { ...QUOTED, also: suseFamily },
  'opensuse-leap': { ...QUOTED, also: suseFamily },
  // its VERSION_ID is the day of the snapshot, which no kernel says
  'opensuse-tumbleweed': QUOTED,
  // no VERSION_ID
  arch: ROLLING,
  cachyos: ROLLING,
  manjaro: ROLLING,
  void: { ...ROLLING, id: 'quoted' },
  alpine: { ...BARE, versions: alpineVersions },
  gentoo: { id: 'bare', versionId: 'either' },
  nixos: { id: 'either', versionId: 'quoted' },
  bottlerocket: BARE,
  talos: BARE,
  flatcar: BARE,
  coreos: BARE,
  cos: BARE,
  chromeos: BARE,
  steamos: BARE,
  openwrt: QUOTED,
};

/** A distribution's row; for one that is not in the table, one that takes nothing for granted. */
export function distributionOf(id: string): Distribution {
  return (Object.hasOwn(DISTRIBUTIONS, id) ? DISTRIBUTIONS[id] : undefined) ?? UNKNOWN;
}

/** What os-release says on a machine that may run a kernel: ID and VERSION_ID, without quotes; '' where there is none. */
export interface HostWords {
  readonly id: string;
  readonly version: string;
}

/** Every pair that a machine with this kernel may have; the one that it is filed under first. */
export function hostWords(kernel: KernelId): HostWords[] {
  const row = distributionOf(kernel.distro);
  const versions = [...new Set([kernel.version, ...(row.versions?.(kernel) ?? [])])];
  const ids = [kernel.distro, ...(row.also?.(kernel) ?? [])];
  const own = ids.flatMap((id) => versions.map((version) => ({ id, version })));
  return [...own, ...(row.derived?.(kernel) ?? [])];
}

/** Red Hat's minor release by the build number of its kernel, from before kernels had it in their release. */
const RHEL_KERNELS: Readonly<Record<string, string>> = {
  '3.10.0-123': '7.0',
  '3.10.0-229': '7.1',
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
  '5.14.0-611': '9.7',
  '6.12.0-55': '10.0',
  '6.12.0-124': '10.1',
};
/** Red Hat plans ten minor releases after a .0. */
const MINORS = 10;

/** `.el9_3` is 9.3; a known build number is what it shipped with; everything else, UEK above all, runs on any minor release. */
function minorReleases({ version, release }: KernelId): string[] {
  const named = /\.(?:el|oc|an)(\d+)_(\d+)/.exec(release);
  if (named) return [`${named[1]}`, `${named[1]}.${named[2]}`];
  const major = /^\d+/.exec(version)?.[0];
  if (major === undefined) return [];
  const built = release.includes('uek') ? undefined : RHEL_KERNELS[/^[\d.]+-\d+/.exec(release)?.[0] ?? ''];
  if (built?.startsWith(`${major}.`)) return [major, built];
  return [major, ...Array.from({ length: MINORS + 1 }, (_, minor) => `${major}.${minor}`)];
}

/** Codenames that archives use for folders, by the number that os-release has. */
const DEBIAN: Readonly<Record<string, string>> = {
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  duke: '15',
};
/** Releases whose machines have always had a VERSION_ID with their last kernels; later ones were testing once. */
const DEBIAN_RELEASED = 13;

/** Testing and unstable have no VERSION_ID: their machines are asked for with none. */
function debianVersions({ version }: KernelId): string[] {
  const number = debianNumber(version);
  return Number(number) <= DEBIAN_RELEASED ? [number] : [number, ''];
}

function debianNumber(version: string): string {
  return Object.hasOwn(DEBIAN, version) ? DEBIAN[version]! : version;
}

/** The first Debian release that all of those below were built on. */
const DEBIAN_DERIVED = 10;

/**
 * Machines of distributions that have Debian's kernels and count their own releases: Devuan 5 and LMDE 6 (whose ID is
 * linuxmint) are Debian 12. Raspberry Pi OS with 32 bits calls itself raspbian, with Debian's number.
 */
function debianDerived({ version, release }: KernelId): HostWords[] {
  const number = Number(debianNumber(version));
  if (!(number >= DEBIAN_DERIVED && Number.isInteger(number))) return [];
  const own = [
    { id: 'devuan', version: `${number - 7}` },
    { id: 'linuxmint', version: `${number - 6}` },
  ];
  return release.includes('+rpt') ? [...own, { id: 'raspbian', version: `${number}` }] : own;
}

const UBUNTU: Readonly<Record<string, string>> = {
  trusty: '14.04',
  xenial: '16.04',
  bionic: '18.04',
  focal: '20.04',
  jammy: '22.04',
  noble: '24.04',
  resolute: '26.04',
};

function ubuntuVersions({ version }: KernelId): string[] {
  return Object.hasOwn(UBUNTU, version) ? [UBUNTU[version]!] : [];
}

/** Ubuntu's long-term releases, of which one comes every second April, and no other is built on by those below. */
const UBUNTU_LTS = /^(\d\d)\.04$/;

/**
 * Machines of distributions built on Ubuntu's long-term releases: Mint 21 to 21.3 on 22.04 and so on, elementary 7 and
 * Zorin 17; KDE neon and TUXEDO OS have Ubuntu's own number. Counted from 20.04 on, in steps of a release.
 */
function ubuntuDerived(kernel: KernelId): HostWords[] {
  const version = ubuntuVersions(kernel)[0] ?? kernel.version;
  const year = Number(UBUNTU_LTS.exec(version)?.[1]);
  const step = (year - 20) / 2;
  if (!(step >= 0 && Number.isInteger(step))) return [];
  const mint = 20 + step;
  return [
    ...['', '.1', '.2', '.3'].map((minor) => ({ id: 'linuxmint', version: `${mint}${minor}` })),
    { id: 'zorin', version: `${16 + step}` },
    ...['', '.1'].map((minor) => ({ id: 'elementary', version: `${6 + step}${minor}` })),
    { id: 'neon', version },
    { id: 'tuxedo', version },
  ];
}

/** BTFHub files Amazon Linux 1 under 2018 and, once, under 1. */
function amazonVersions({ version }: KernelId): string[] {
  return version === '1' || version === '2018' ? ['2018.03'] : [];
}

/** A kernel of 3.20 runs on 3.20.0, 3.20.1 and so on. */
function alpineVersions({ version }: KernelId): string[] {
  const series = /^(\d+\.\d+)(?:\.\d+)?$/.exec(version)?.[1];
  return series === undefined ? [] : Array.from({ length: MINORS + 1 }, (_, patch) => `${series}.${patch}`);
}

const SUSE = ['sles', 'opensuse-leap', 'sles_sap', 'sled'];

/** openSUSE Leap has SUSE Linux Enterprise's kernels from 15.3 on; before that, only its own (`-lp152.`). */
function suseFamily({ distro, version, release }: KernelId): string[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const shared = (major > 15 || (major === 15 && minor >= 3)) && !release.includes('-lp');
  const enterprise = SUSE.filter((id) => id !== distro && id !== 'opensuse-leap');
  if (shared) return SUSE.filter((id) => id !== distro);
  return distro === 'opensuse-leap' ? [] : enterprise;
}
