// Which release a kernel's BPF subsystem corresponds to. The name of a release is not enough: distributions carry newer
// code under an old number, so what the kernel's own types show counts for more.

import { HELPERS } from '../features/helpers.ts';

/** major.minor.patch as one number that compares. */
export type Version = number;

/** The release nobody has yet. */
export const NEWEST: Version = Number.MAX_SAFE_INTEGER;

/** Reads `5.12` or `5.12.3`. */
export function version(text: string): Version {
  let value = known.get(text);
  if (value === undefined) {
    const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number);
    value = (major * 1000 + minor) * 100_000 + patch;
    if (known.size < KEPT) known.set(text, value);
  }
  return value;
}

/** The releases of the tables are asked again and again. */
const known = new Map<string, Version>();
const KEPT = 1000;

/** The last release of a series: `5.10` gives 5.10.99999. */
export function endOfSeries(text: string): Version {
  return version(text) - (version(text) % 100_000) + 99_999;
}

/** The releases that a kernel may correspond to, both ends included. */
export interface VersionRange {
  readonly least: Version;
  readonly most: Version;
}

/** Distributions that carry the BPF subsystem of newer kernels under an old number. */
const BACKPORTING = /\.el\d|\.oe\d|-default$|-azure$|\.an\d|\.tl\d|\.al\d|uek|\.ph\d/;

/**
 * What release and types say together. `floor`: what the kernel's helpers say (`helperFloor`). A kernel whose types are newer
 * than its number may have anything that came later.
 */
export function versionRange(
  release: string | undefined,
  sourceVersion: string | undefined,
  floor: Version,
): VersionRange {
  const numbers =
    /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(sourceVersion ?? '') ?? /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release ?? '');
  if (numbers === null) return { least: floor, most: NEWEST };
  const [whole, major, minor, patch] = numbers;
  const series = `${major}.${minor}`;
  // Debian's and Ubuntu's releases end in .0 whatever the patch
  const exact = patch !== undefined && (patch !== '0' || sourceVersion !== undefined);
  const least = exact ? version(whole) : version(series);
  const most = exact ? version(whole) : endOfSeries(series);
  if (floor > most || BACKPORTING.test(release ?? '')) return { least: Math.max(floor, least), most: NEWEST };
  return { least: Math.max(floor, least), most };
}

/** The release that brought the newest of the helpers that a kernel knows, by their names without `bpf_`; 0 where it knows none. */
export function helperFloor(knows: (name: string) => boolean): Version {
  let floor = 0;
  for (const { name, since } of HELPERS.values()) if (knows(name)) floor = Math.max(floor, version(since));
  return floor;
}
