// A kernel by its id, `distro/version/arch/release`: its parts, its version as a number that sorts, and its series.

/** The parts of a kernel's id. */
export interface KernelName {
  readonly id: string;
  readonly distro: string;
  readonly version: string;
  readonly arch: string;
  readonly release: string;
  /** distro, architecture and flavour: kernels of one series follow one another. */
  readonly series: string;
}

const names = new Map<string, KernelName>();

/** The parts of an id. */
export function kernelName(id: string): KernelName {
  let known = names.get(id);
  if (known === undefined) {
    const [distro = '', version = '', arch = '', ...rest] = id.split('/');
    const release = rest.join('/');
    const series = [distro, arch, flavourOf(release)].filter((word) => word !== '').join(' ');
    names.set(id, (known = { id, distro, version, arch, release, series }));
  }
  return known;
}

/** The words of a release that are no version, as the index has them: `cloud-amd64`, `aws`, `generic`. */
function flavourOf(release: string): string {
  return release
    .replace(/^[\d.]+/, '')
    .split(/[-+_.]/)
    .filter((word) => /^[a-z]/i.test(word) && !/^(rc|deb|fc|el|bpo|amzn|lp)\d/i.test(word) && word !== 'Ubuntu')
    .join('-');
}

/** The numbers of a release: `6.12.94+deb13-amd64` is 6.12.94; further ones (an ABI) follow. */
export function versionParts(release: string): readonly number[] {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?(?:[-.](\d+))?/.exec(release);
  return found === null ? [] : found.slice(1).map((part) => Number(part ?? 0));
}

/** Orders releases by their numbers, then by their text. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [versionParts(a), versionParts(b)];
  for (let i = 0; i < 4; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `6.12` of `6.12.94+deb13-amd64`. */
export const minorOf = (release: string): string => versionParts(release).slice(0, 2).join('.') || release;

/** The filter that lets one kernel through. */
export function onlyKernel(id: string) {
  const { distro, version, arch, release } = kernelName(id);
  return { distro: [distro], version: [version], arch: [arch], release: [release] };
}
