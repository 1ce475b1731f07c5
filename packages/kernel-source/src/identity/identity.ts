// A kernel's identity: distro, version, arch, release, from whatever says it. What stays unknown is an error that names the
// flags that would settle it.

import { archAlias, archOfRelease, isArch } from './arch.ts';
import { releaseOfBanner } from './banner.ts';
import {
  type Distro,
  distroOfBanner,
  distroOfPackage,
  distroOfRelease,
  kernelDistro,
  KNOWN_DISTROS,
} from './distro.ts';
import { KernelSourceError } from '../errors.ts';
import type { PackageMetadata } from './package.ts';
import { parseRelease } from './release.ts';

/** The four words that name a kernel. `version` is the distribution's (`12`, `22.04`); `arch` is `uname -m`'s word, but
 * `arm64` for aarch64; `release` is `uname -r`. */
export interface KernelIdentity {
  readonly distro: string;
  readonly version: string;
  readonly arch: string;
  readonly release: string;
}

/** Everything that may say which kernel this is. */
export interface Evidence {
  /** The file, then each member inside the one before. */
  readonly paths: readonly string[];
  /** What the caller says: it wins. */
  readonly given?: Partial<KernelIdentity>;
  /** For the running kernel's own BTF: uname and os-release. */
  readonly machine?: Partial<KernelIdentity>;
  readonly package?: PackageMetadata;
  readonly banner?: string;
  /** The architecture of the image or ELF file. */
  readonly arch?: string;
  /** The release that a boot image's header holds. */
  readonly release?: string;
  /** os-release of the root file system that the kernel was found in. */
  readonly system?: Distro;
}

/** What determined a part of an identity. */
export type IdentitySource = 'flag' | 'machine' | 'path' | 'banner' | 'package' | 'release' | 'os-release' | 'image';

/** As much of an identity as the evidence says, and what said each part: `distro: banner, version: banner, ...`. */
export interface DeterminedIdentity {
  readonly identity: Partial<KernelIdentity>;
  readonly identified: string;
}

type Told = readonly [value: string | undefined, source: IdentitySource];

/**
 * What the evidence says, which may not be everything. What a person says comes first, then the place in a tree that was made
 * to say it, then the kernel itself, its package, and last the root file system that it is in: so the same kernel has the
 * same name wherever it was found.
 */
export function determineIdentity(evidence: Evidence): DeterminedIdentity {
  const { given, machine, banner } = evidence;
  const tree = identityOfPath(evidence.paths);
  const release = first(
    [given?.release, 'flag'],
    [machine?.release, 'machine'],
    [tree.release, 'path'],
    [banner === undefined ? undefined : releaseOfBanner(banner), 'banner'],
    [evidence.release, 'image'],
    [evidence.package?.release, 'package'],
    [releaseOfPaths(evidence.paths), 'path'],
  );
  const named = release?.[0] ?? '';
  const { distro, version } = distroAndVersion(evidence, tree, named);
  const arch = first(
    [given?.arch, 'flag'],
    [machine?.arch, 'machine'],
    [tree.arch, 'path'],
    [evidence.arch, 'image'],
    [evidence.package?.arch, 'package'],
    [named === '' ? undefined : archOfRelease(named), 'release'],
  );
  const parts = { distro, version, arch: arch && ([archAlias(arch[0]), arch[1]] as const), release };
  const known = Object.entries(parts).flatMap(([name, told]) => (told === undefined ? [] : [[name, ...told] as const]));
  return {
    identity: Object.fromEntries(known.map(([name, value]) => [name, value])),
    identified: known.map(([name, , source]) => `${name}: ${source}`).join(', '),
  };
}

/** Only the identity of {@link determineIdentity}. */
export function partialIdentity(evidence: Evidence): Partial<KernelIdentity> {
  return determineIdentity(evidence).identity;
}

type Known = readonly [value: string, source: IdentitySource];

function first(...told: readonly Told[]): Known | undefined {
  return told.find((one): one is Known => one[0] !== undefined);
}

/** The first source that says both, a version also from another source of the same distribution; else what there is. */
function distroAndVersion(
  evidence: Evidence,
  tree: Partial<KernelIdentity>,
  release: string,
): { distro: Known | undefined; version: Known | undefined } {
  const { given, machine, banner, system } = evidence;
  const sources: readonly (readonly [Partial<Distro> | undefined, IdentitySource])[] = [
    [given, 'flag'],
    [machine, 'machine'],
    [tree, 'path'],
    [banner === undefined ? undefined : distroOfBanner(banner, release), 'banner'],
    [evidence.package && distroOfPackage(evidence.package, release), 'package'],
    [distroOfRelease(release), 'release'],
    [system && kernelDistro(system), 'os-release'],
  ];
  const made = new Set<IdentitySource>(['flag', 'machine', 'path']);
  const versionFor = (distro: string) => {
    const found = sources.find(([told]) => told?.version !== undefined && (told.distro ?? distro) === distro);
    return found && ([found[0]?.version as string, found[1]] as const);
  };
  const distros = sources.filter((one): one is [Distro, IdentitySource] => one[0]?.distro !== undefined);
  // A person's word, or a tree's, is not overruled by a source that knows more.
  const fixed = distros.find(([, source]) => made.has(source));
  const chosen = fixed ?? distros.find(([{ distro }]) => versionFor(distro) !== undefined) ?? distros[0];
  if (chosen === undefined) return { distro: undefined, version: first([given?.version, 'flag']) };
  const [{ distro }, source] = chosen;
  return { distro: [distro, source], version: versionFor(distro) };
}

/** The whole identity. @throws KernelSourceError `unknown-identity`, whose `expected` names the flags that settle it */
export function identityOf(evidence: Evidence): KernelIdentity {
  return wholeIdentity(partialIdentity(evidence), evidence.paths);
}

/** Checks that nothing is unknown. @throws KernelSourceError `unknown-identity`, whose `expected` names the flags */
export function wholeIdentity(told: Partial<KernelIdentity>, paths: readonly string[]): KernelIdentity {
  const { distro, version, arch, release } = told;
  if (distro !== undefined && version !== undefined && arch !== undefined && release !== undefined) {
    return { distro, version, arch, release };
  }
  const unknown = Object.entries({ distro, version, arch, release }).filter(([, value]) => value === undefined);
  const known = [distro, version, arch, release].filter((value) => value !== undefined);
  const flags = unknown.map(([name]) => (name === 'version' ? '--distro-version' : `--${name}`));
  throw new KernelSourceError('unknown-identity', `the ${list(unknown.map(([name]) => name))} are not known`, {
    path: paths.join(': '),
    found: known.length > 0 ? `only ${known.join(', ')}` : 'nothing that names a kernel',
    expected: list(flags),
  });
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const BTF_SUFFIX = /\.btf(?:\.tar)?(?:\.(?:xz|gz|zst|bz2|lz4|lzma))?$/;

/** What the folder of a distribution's version is called: `12`, `v1.7.0`, `bullseye`, `V10`, `rolling`. */
const VERSION_FOLDER =
  /^[vV]?\d[\w.+-]*$|^(?:rolling|tumbleweed|sid|testing|stretch|buster|bullseye|bookworm|trixie|forky|xenial|bionic|focal|jammy|noble|resolute)$/;

/**
 * What a path of BTFHub's tree says: `DISTRO/VERSION/ARCH/RELEASE.btf[.tar.xz]`; and of DataDog's, which leaves out the
 * architecture and mostly the version: `PLATFORM[/VERSION]/RELEASE.btf.tar.xz`. Any other folders are somebody's own: they
 * say nothing.
 */
function identityOfPath(paths: readonly string[]): Partial<KernelIdentity> {
  // The outermost first: a tree's file names its kernel, whatever the one member of its tar is called.
  for (let depth = 1; depth <= paths.length; depth++) {
    const parts = folders(paths.slice(0, depth));
    const file = parts.at(-1) ?? '';
    if (!BTF_SUFFIX.test(file)) continue;
    const release = file.replace(BTF_SUFFIX, '');
    if (!parseRelease(release)) continue;
    const [distro, version, arch] = parts.slice(-4, -1);
    if (arch !== undefined && isArch(arch)) {
      if (isTree(distro, version)) return { distro, version: version as string, arch, release };
      // A tree without versions.
      return KNOWN_DISTROS.has(version ?? '') ? { distro: version as string, arch, release } : { arch, release };
    }
    const [first, second] = parts.slice(-3, -1);
    if (isTree(first, second)) return { distro: first, version: second as string, release };
    if (/\.tar\.\w+$/.test(file) && second !== undefined && KNOWN_DISTROS.has(second))
      return { distro: second, release };
    return { release };
  }
  return {};
}

function isTree(distro: string | undefined, version: string | undefined): distro is string {
  return distro !== undefined && version !== undefined && KNOWN_DISTROS.has(distro) && VERSION_FOLDER.test(version);
}

/** The release in the name of an image or BTF, or in the folder that it lies in. */
export function releaseOfPaths(paths: readonly string[]): string | undefined {
  for (let depth = paths.length; depth > 0; depth--) {
    const parts = folders(paths.slice(0, depth));
    const file = parts.at(-1) ?? '';
    const folder = parts.lastIndexOf('modules');
    const words = [
      file.replace(BTF_SUFFIX, ''),
      /^(?:vmlinu[xz]|[bz]?Image|kernel)-(.+?)(?:\.debug|\.gz|\.xz|\.zst|\.efi)?$/.exec(file)?.[1],
      /^config-(.+?)(?:\.gz|\.xz|\.zst|\.bz2)?$/.exec(file)?.[1],
      // An initrd belongs to its kernel: initrd.img-6.1.0-9-amd64, initramfs-6.8.5-301.fc40.x86_64.img, initrd-6.6.30-default.
      /^init(?:rd|ramfs)(?:\.img)?-(.+?)(?:\.img|kdump\.img)?$/.exec(file)?.[1],
      /^(.+)\.efi$/.exec(file)?.[1],
      folder < 0 ? undefined : parts[folder + 1],
    ];
    const release = words.find((word) => word !== undefined && parseRelease(word));
    if (release !== undefined) return release;
  }
  return undefined;
}

/** A chain of paths as one: the archives' own names are left out, but the last. */
function folders(paths: readonly string[]): string[] {
  return paths.flatMap((path, index) => {
    const parts = path.split(/[/\\]/).filter((part) => part !== '');
    return index < paths.length - 1 ? parts.slice(0, -1) : parts;
  });
}
