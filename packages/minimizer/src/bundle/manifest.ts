// manifest.json beside the members: what the bundle was made from and for, so that a stale one can be detected, and what no
// kernel of it can satisfy. It says nothing of when or where it was made: the same question gives the same bytes.

import { MinimizeError } from '../errors.ts';
import type { BundleFormat } from './formats.ts';
import { type KernelId, kernelPath } from './identity.ts';
import type { BundlePlan } from './plan.ts';

/** The manifest's path in a bundle; `./` precedes it in bcc's. */
export const MANIFEST_NAME = 'manifest.json';
/** Grows when a reader of the older form would misread the newer. */
export const MANIFEST_VERSION = 1;

/** An object that the bundle was made for. */
export interface ManifestObject {
  readonly name: string;
  /** Of the object file's bytes, in hex. */
  readonly sha256: string;
  /** CO-RE relocation records. */
  readonly relocations: number;
}

/** A relocation that some kernels cannot satisfy. */
export interface ManifestUnsatisfied {
  readonly object: string;
  readonly section: string;
  readonly program: string | null;
  /** In bytes from the start of the section. */
  readonly insnOff: number;
  /** `file:line` where the object's line info says. */
  readonly source: string | null;
  /** `byte_off`, `type_id`...: libbpf's word for the kind. */
  readonly kind: string;
  readonly type: string;
  readonly access: string;
  readonly outcome: 'poisoned' | 'failed';
  readonly reason: string;
  /** The kernels as `distro/version/arch/release`, sorted. */
  readonly kernels: readonly string[];
}

/** One kernel of the bundle. */
export interface ManifestKernel extends KernelId {
  /** The path of its member; null where it has none. */
  readonly member: string | null;
  /** Further paths with the same bytes. */
  readonly aliases: readonly string[];
  /** Of the member's bytes (of the minimal BTF, where the container wraps it once more), in hex. */
  readonly sha256: string | null;
  readonly bytes: number;
  /** Of the kernel's whole BTF, where it is known. */
  readonly btfSha256: string | null;
  /** Why there is no member. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** The manifest as it is written. */
export interface Manifest {
  readonly btfqBundle: typeof MANIFEST_VERSION;
  readonly format: BundleFormat;
  readonly canonical: boolean;
  readonly objects: readonly ManifestObject[];
  readonly distinct: number;
  readonly kernels: readonly ManifestKernel[];
  readonly unsatisfied: readonly ManifestUnsatisfied[];
  /** Files that gave no kernel. */
  readonly skipped: readonly SkippedSource[];
}

/** A file that gave no kernel, and why. */
export interface SkippedSource {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A kernel for which there is no minimal BTF. */
export interface FailedKernel {
  readonly kernel: KernelId;
  readonly code: string;
  readonly message: string;
}

/** What a manifest is made of, besides the plan. */
export interface ManifestFacts {
  readonly canonical: boolean;
  readonly objects: readonly ManifestObject[];
  readonly unsatisfied: readonly ManifestUnsatisfied[];
  readonly failures?: readonly FailedKernel[];
  readonly skipped?: readonly SkippedSource[];
  /** SHA-256 of a kernel's whole BTF, by `kernelPath`. */
  readonly btfSha256?: ReadonlyMap<string, string>;
}

/** The manifest of a plan. Asynchronous because WebCrypto's digest is. */
export async function makeManifest(plan: BundlePlan, facts: ManifestFacts): Promise<Manifest> {
  const hashes: string[] = [];
  const kernels = new Map<string, ManifestKernel & { aliases: string[] }>();
  for (const { kernel, bytes, path, alias, content } of plan.members) {
    hashes[content] ??= await sha256(bytes);
    const key = kernelPath(kernel);
    const known = kernels.get(key);
    if (known !== undefined && alias) known.aliases.push(path);
    else kernels.set(key, { ...row(kernel, facts), member: path, sha256: hashes[content], bytes: bytes.length });
  }
  for (const { kernel, code, message } of [...plan.problems, ...(facts.failures ?? [])]) {
    const key = kernelPath(kernel);
    if (!kernels.has(key)) kernels.set(key, { ...row(kernel, facts), failure: { code, message } });
  }
  return {
    btfqBundle: MANIFEST_VERSION,
    format: plan.format,
    canonical: facts.canonical,
    objects: facts.objects,
    distinct: hashes.length,
    kernels: [...kernels.entries()]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, k]) => ({ ...k, aliases: k.aliases.sort() })),
    unsatisfied: facts.unsatisfied,
    skipped: [...(facts.skipped ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function row(
  { distro, version, arch, release }: KernelId,
  facts: ManifestFacts,
): ManifestKernel & { aliases: string[] } {
  const kernel = { distro, version, arch, release };
  const btfSha256 = facts.btfSha256?.get(kernelPath(kernel)) ?? null;
  return { ...kernel, member: null, aliases: [], sha256: null, bytes: 0, btfSha256, failure: null };
}

/** The bytes of manifest.json. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`);
}

/** Reads manifest.json. Throws `bad-manifest`. */
export function parseManifest(bytes: Uint8Array): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new MinimizeError('bad-manifest', 'manifest.json is not JSON', { cause });
  }
  const manifest = value as Partial<Manifest> | null;
  if (typeof manifest !== 'object' || manifest === null || manifest.btfqBundle !== MANIFEST_VERSION) {
    throw new MinimizeError('bad-manifest', 'manifest.json is of another kind or version', {
      expected: `"btfqBundle": ${MANIFEST_VERSION}`,
    });
  }
  for (const list of ['objects', 'kernels', 'unsatisfied', 'skipped'] as const) {
    if (Array.isArray(manifest[list])) continue;
    throw new MinimizeError('bad-manifest', `manifest.json lacks its ${list}`, { expected: `an array "${list}"` });
  }
  return manifest as Manifest;
}

/** SHA-256 in hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
