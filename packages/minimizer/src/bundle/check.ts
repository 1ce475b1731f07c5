// Acting as a bundle's consumer: would it find what it needs on a given machine, and was the bundle made for these objects?

import { type BundleFormat, BUNDLE_FORMATS } from './formats.ts';
import { kernelPath } from './identity.ts';
import { type Host, lookupMember, type LookupResult } from './lookup.ts';
import { type Manifest, MANIFEST_NAME, parseManifest, sha256 } from './manifest.ts';
import { WRAPPED } from './plan.ts';

/** What a bundle holds, however it is packed: paths with their bytes. */
export type BundleContents = ReadonlyMap<string, Uint8Array>;

/** An object as its user has it now. */
export interface CurrentObject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How an object compares with the bundle. */
export interface ObjectState extends Pick<CurrentObject, 'name'> {
  readonly state: 'same' | 'changed' | 'not-in-bundle';
}

/** The consumer's answer. */
export interface BundleCheck extends LookupResult {
  readonly format: BundleFormat;
  /** Whether the member's bytes are those of the manifest; undefined without a manifest or on a miss. */
  readonly intact: boolean | undefined;
  /** One entry for each object that was given. */
  readonly objects: readonly ObjectState[];
  /** True where some object is not as it was when the bundle was made. */
  readonly stale: boolean;
  /** What the kernel cannot satisfy, from the manifest: how many relocations. */
  readonly unsatisfied: number;
}

/** The manifest of a bundle; undefined where it has none. Throws `bad-manifest`. */
export function manifestOf(contents: BundleContents): Manifest | undefined {
  const bytes = contents.get(MANIFEST_NAME) ?? contents.get(`./${MANIFEST_NAME}`);
  return bytes === undefined ? undefined : parseManifest(bytes);
}

/**
 * Looks a host up as the consumer does: `as`, else the manifest's format, else `dir`. Objects are compared by the hashes
 * in the manifest; with one bundle for many objects, those that are not given are not looked at.
 */
export async function checkBundle(
  contents: BundleContents,
  host: Host,
  options: { readonly as?: BundleFormat; readonly objects?: readonly CurrentObject[] } = {},
): Promise<BundleCheck> {
  const manifest = manifestOf(contents);
  const written = BUNDLE_FORMATS.find((format) => format === manifest?.format);
  const format = options.as ?? written ?? 'dir';
  const found = lookupMember(format, contents.keys(), host);
  const row = manifest?.kernels.find((k) => k.member === found.member || k.aliases.includes(found.member ?? ''));
  const bytes = found.member === undefined ? undefined : contents.get(found.member);
  // datadog's members are wrapped once more: their hash is that of what is inside
  const comparable = row?.sha256 != null && bytes !== undefined && !found.member?.endsWith(WRAPPED);
  const hashes = new Set(manifest?.objects.map((object) => object.sha256));
  const names = new Set(manifest?.objects.map((object) => baseName(object.name)));
  const objects: ObjectState[] = [];
  for (const { name, bytes: current } of options.objects ?? []) {
    const same = hashes.has(await sha256(current));
    objects.push({ name, state: same ? 'same' : names.has(baseName(name)) ? 'changed' : 'not-in-bundle' });
  }
  const kernel = row && kernelPath(row);
  return {
    ...found,
    format,
    intact: comparable ? (await sha256(bytes)) === row.sha256 : undefined,
    objects,
    stale: objects.some(({ state }) => state !== 'same'),
    unsatisfied:
      manifest?.unsatisfied.filter((one) => kernel !== undefined && one.kernels.includes(kernel)).length ?? 0,
  };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
