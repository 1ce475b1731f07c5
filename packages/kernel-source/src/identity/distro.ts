// Which distribution and which version of it, in the words of os-release (ID, VERSION_ID) and of BTFHub's tree, from what
// packages, banners, releases and os-release say.

import { bannerParts } from './banner.ts';
import { DISTRO_RULES, ruleFor, versionOfRule } from './distro-rules.ts';
import type { KernelWords } from './kernel-words.ts';
import type { PackageMetadata } from './package.ts';

/** A distribution, as far as it is known. */
export interface Distro {
  readonly distro: string;
  readonly version?: string;
}

/** The distribution of a package, by its vendor, its version and the release of its kernel. */
export function distroOfPackage(metadata: PackageMetadata, release: string): Distro | undefined {
  const words = { release: release || `.${metadata.version}`, vendor: metadata.vendor, build: metadata.version };
  return distroOf({ ...words, compiler: '' });
}

/** The distribution of a kernel, by its banner. */
export function distroOfBanner(banner: string, release: string): Distro | undefined {
  const { builder, compiler, build, release: own } = bannerParts(banner);
  return distroOf({ release: own || release, vendor: builder, build, compiler });
}

/** The distribution that a release names outright: `.fc40`, `.el8uek`, `.amzn2`, `+deb13`. */
export function distroOfRelease(release: string): Distro | undefined {
  return distroOf({ release, vendor: '', build: '', compiler: '' });
}

function distroOf(words: KernelWords): Distro | undefined {
  const rule = ruleFor(words);
  if (rule?.distro === undefined) return undefined;
  const version = versionOfRule(rule, words);
  return version === undefined ? { distro: rule.distro } : { distro: rule.distro, version };
}

/** Whose os-release says a minor release, 9.3, where BTFHub and their kernels' names have the major one. */
const BY_MAJOR_RELEASE: ReadonlySet<string> = new Set(
  'almalinux anolis centos cloudlinux eurolinux ol opencloudos rhel rocky scientific'.split(' '),
);

/** Distributions without versions: what stands in for VERSION_ID where os-release has none, or has the day's date. */
const ROLLING: Readonly<Record<string, string>> = {
  arch: 'rolling',
  cachyos: 'rolling',
  manjaro: 'rolling',
  void: 'rolling',
  'opensuse-tumbleweed': 'tumbleweed',
};

/** The words for os-release's distribution that kernels of it go by in BTFHub's tree and everywhere in btfq. */
export function kernelDistro({ distro, version }: Distro): Distro {
  const rolling = Object.hasOwn(ROLLING, distro) ? ROLLING[distro] : undefined;
  if (rolling !== undefined) return { distro, version: rolling };
  if (version === undefined) return { distro };
  if (BY_MAJOR_RELEASE.has(distro)) return { distro, version: /^\d+/.exec(version)?.[0] ?? version };
  if (distro === 'amzn' && version.startsWith('2018')) return { distro, version: '2018' };
  return { distro, version };
}

/** IDs of distributions whose kernels are filed by them: what a folder of a tree may be called. */
export const KNOWN_DISTROS: ReadonlySet<string> = new Set([
  ...DISTRO_RULES.flatMap(({ distro }) => distro ?? []),
  ...'sled suse opensuse raspbian devuan linuxmint elementary zorin neon deepin rhcos guix slackware'.split(' '),
]);

/** Reads ID and VERSION_ID of an os-release file, unquoted. The last of several assignments counts. os-release(5) */
export function parseOsRelease(text: string): Distro | undefined {
  const field = (name: string) => {
    const raw = [...text.matchAll(new RegExp(`^[ \\t]*${name}=(.*)$`, 'gm'))].at(-1)?.[1]?.trim();
    if (raw === undefined) return undefined;
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(raw)?.[1]?.replace(/\\(["$`\\])/g, '$1') ?? /^'([^']*)'/.exec(raw)?.[1];
    const word = quoted ?? raw.split(/[ \t]#/)[0]?.trim();
    // What would name no folder is no ID.
    return word === undefined || word === '' || /[/\\\0]/.test(word) ? undefined : word;
  };
  const distro = field('ID');
  if (distro === undefined) return undefined;
  const version = field('VERSION_ID') ?? debianCodename(distro, field('VERSION_CODENAME'));
  return version === undefined ? { distro } : { distro, version };
}

/** Debian's testing has no VERSION_ID until it is released, only the name of the release that it will be. */
const DEBIAN_CODENAMES: Readonly<Record<string, string>> = { trixie: '13', forky: '14', duke: '15' };

function debianCodename(distro: string, codename: string | undefined): string | undefined {
  if (distro !== 'debian' || codename === undefined) return undefined;
  return Object.hasOwn(DEBIAN_CODENAMES, codename) ? DEBIAN_CODENAMES[codename] : codename;
}
