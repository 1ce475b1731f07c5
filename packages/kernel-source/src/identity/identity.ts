// A kernel's identity: distro, version, arch, release, from whatever says it. What stays unknown is an error that names the
// flags that would settle it.

import { archAlias, archOfRelease, isArch } from './arch.ts';
import { releaseOfBanner } from './banner.ts';
import { type Distro, distroOfBanner, distroOfPackage, distroOfRelease } from './distro.ts';
import { KernelSourceError } from '../errors.ts';
import type { PackageMetadata } from './package.ts';
import { parseRelease } from './release.ts';

/** What names a kernel. `version` is the distribution's (`12`, `22.04`); `release` is `uname -r`. */
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
  readonly package?: PackageMetadata;
  readonly banner?: string;
  /** The architecture of the image or ELF file. */
  readonly arch?: string;
  /** The release that a boot image's header holds. */
  readonly release?: string;
  /** os-release of the root file system that the kernel was found in. */
  readonly system?: Distro;
}

/** What the evidence says, which may not be everything. Sources that were made to say it come before those that hint. */
export function partialIdentity(evidence: Evidence): Partial<KernelIdentity> {
  const tree = identityOfPath(evidence.paths);
  const banner = evidence.banner === undefined ? undefined : releaseOfBanner(evidence.banner);
  const release =
    evidence.given?.release ??
    tree.release ??
    banner ??
    evidence.release ??
    evidence.package?.release ??
    releaseOfPaths(evidence.paths);
  const named = release ?? '';
  const distros: readonly (Distro | undefined)[] = [
    evidence.package && distroOfPackage(evidence.package, named),
    evidence.system,
    evidence.banner === undefined ? undefined : distroOfBanner(evidence.banner, named),
    distroOfRelease(named),
  ];
  const distro = evidence.given?.distro ?? tree.distro ?? distros.find((found) => found)?.distro;
  const version =
    evidence.given?.version ??
    tree.version ??
    distros.find((found) => found?.version !== undefined && found.distro === distro)?.version;
  const arch =
    evidence.given?.arch ??
    tree.arch ??
    evidence.arch ??
    evidence.package?.arch ??
    (release === undefined ? undefined : archOfRelease(release));
  return {
    ...(distro === undefined ? {} : { distro }),
    ...(version === undefined ? {} : { version }),
    ...(arch === undefined ? {} : { arch: archAlias(arch) }),
    ...(release === undefined ? {} : { release }),
  };
}

/** The whole identity. @throws KernelSourceError `unknown-identity`, whose `expected` names the flags that settle it */
export function identityOf(evidence: Evidence): KernelIdentity {
  const { distro, version, arch, release } = partialIdentity(evidence);
  if (distro !== undefined && version !== undefined && arch !== undefined && release !== undefined) {
    return { distro, version, arch, release };
  }
  const unknown = Object.entries({ distro, version, arch, release }).filter(([, value]) => value === undefined);
  const known = [distro, version, arch, release].filter((value) => value !== undefined);
  const flags = unknown.map(([name]) => (name === 'version' ? '--distro-version' : `--${name}`));
  throw new KernelSourceError('unknown-identity', `the ${list(unknown.map(([name]) => name))} cannot be told`, {
    path: evidence.paths.join(': '),
    found: known.length > 0 ? `only ${known.join(', ')}` : 'nothing that names a kernel',
    expected: list(flags),
  });
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

const BTF_SUFFIX = /\.btf(?:\.tar)?(?:\.(?:xz|gz|zst|bz2|lz4|lzma))?$/;

/** Directories that only hold kernels of one distribution, in BTFHub's tree and DataDog's. */
const TREE_DISTROS: ReadonlySet<string> = new Set(
  'almalinux amzn centos debian fedora ol openEuler opensuse-leap opensuse-tumbleweed rhel rocky sles suse ubuntu'.split(
    ' ',
  ),
);

/**
 * What a path of BTFHub's tree says: `DISTRO/VERSION/ARCH/RELEASE.btf[.tar.xz]`; and of DataDog's, which leaves out the
 * architecture and mostly the version: `PLATFORM[/VERSION]/RELEASE.btf.tar.xz`.
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
    if (distro !== undefined && version !== undefined && arch !== undefined && isArch(arch)) {
      // A tree without versions: its third folder from the end is somebody's home.
      return TREE_DISTROS.has(version) ? { distro: version, arch, release } : { distro, version, arch, release };
    }
    const [first, second] = parts.slice(-3, -1);
    if (second !== undefined && TREE_DISTROS.has(second)) return { distro: second, release };
    if (first !== undefined && second !== undefined && TREE_DISTROS.has(first)) {
      return { distro: first, version: second, release };
    }
    return { release };
  }
  return {};
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
