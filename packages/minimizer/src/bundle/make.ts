// From kernels and objects to a bundle: each distinct target is minimized once, a kernel that fails stops no other.

import type { Btf } from '@btfq/btf-format';
import type { BpfObject, TargetKernel } from '@btfq/core-reloc';
import { MinimizeError } from '../errors.ts';
import { minimize, type MinimizeResult } from '../minimize.ts';
import type { Mismatch } from '../verify.ts';
import type { BundleFormat } from './formats.ts';
import { type KernelId, kernelPath } from './identity.ts';
import {
  type FailedKernel,
  makeManifest,
  type Manifest,
  type ManifestUnsatisfied,
  sha256,
  type SkippedSource,
} from './manifest.ts';
import { type Compressors, packBundle, type PackedBundle, type PackOptions } from './pack.ts';
import { type BundleEntry, planBundle } from './plan.ts';

/** An object to make a bundle for. */
export interface BundleObject {
  readonly object: BpfObject;
  /** The file's bytes: their hash goes into the manifest. */
  readonly bytes: Uint8Array;
}

/** A kernel to make it for. */
export interface BundleKernel {
  readonly kernel: KernelId;
  /** Reads its types; called once for each distinct `sameAs`, and not again. May throw: then this kernel fails. */
  readonly target: () => Btf | TargetKernel;
  /** Kernels with equal keys are known to give the same answers: one minimal BTF serves them all. */
  readonly sameAs?: string;
  /** SHA-256 of its BTF. */
  readonly btfSha256?: string;
}

/** What a bundle is made of: kernels, and what should have been some. */
export type BundleSource = BundleKernel | FailedKernel | SkippedSource;

/** What kind of bundle. */
export interface BundleOptions extends PackOptions {
  readonly format?: BundleFormat;
  readonly canonical?: boolean;
  readonly verify?: boolean;
  /** For `datadog`: members as plain `.btf`, which agents since 2025 read, instead of `.btf.tar.xz`. */
  readonly plainMembers?: boolean;
  /** Called after each kernel. */
  readonly onKernel?: (kernel: KernelId) => void;
}

/** A finished bundle. */
export interface Bundle {
  readonly packed: PackedBundle;
  readonly manifest: Manifest;
  /** Targets that had to be looked at: kernels less those that share a `sameAs`. */
  readonly computed: number;
}

/**
 * Makes a bundle. The outline:
 * 1. every kernel's minimal BTF (minimize.ts), once for kernels that are known to be alike
 * 2. where each goes (plan.ts by formats.ts), with aliases for its readers' quirks
 * 3. the manifest (manifest.ts), with failures and what no kernel satisfies
 * 4. the container (pack.ts)
 *
 * The same kernels and objects, in any order, give the same bytes. Throws `MinimizeError`: no-objects, bad-entry.
 */
export async function makeBundle(
  kernels: Iterable<BundleSource> | AsyncIterable<BundleSource>,
  objects: readonly BundleObject[],
  compress: Compressors,
  options: BundleOptions = {},
): Promise<Bundle> {
  if (objects.length === 0) throw new MinimizeError('no-objects', 'there is no object to make a bundle for');
  const known = new Map<string, Outcome>();
  const entries: BundleEntry[] = [];
  const failures: FailedKernel[] = [];
  const skipped: SkippedSource[] = [];
  const unsatisfied = new UnsatisfiedTable();
  const btfSha256 = new Map<string, string>();
  let computed = 0;
  for await (const item of kernels) {
    if (!('target' in item)) {
      if ('path' in item) skipped.push(item);
      else failures.push(item);
      continue;
    }
    const { kernel, sameAs } = item;
    let outcome = sameAs === undefined ? undefined : known.get(sameAs);
    if (outcome === undefined) {
      computed++;
      outcome = compute(item, objects, options);
      if (sameAs !== undefined) known.set(sameAs, outcome);
    }
    if ('message' in outcome) failures.push({ kernel, ...outcome });
    else {
      entries.push({ kernel, btf: outcome.bytes });
      unsatisfied.add(kernelPath(kernel), outcome);
    }
    if (item.btfSha256 !== undefined) btfSha256.set(kernelPath(kernel), item.btfSha256);
    options.onKernel?.(kernel);
  }
  const plan = planBundle(options.format ?? 'dir', entries, options);
  const manifest = await makeManifest(plan, {
    canonical: options.canonical === true,
    objects: await Promise.all(objects.map(describeObject)),
    unsatisfied: unsatisfied.rows(),
    failures,
    skipped,
    btfSha256,
  });
  return { packed: packBundle(plan, manifest, compress, options), manifest, computed };
}

type Outcome = Pick<MinimizeResult, 'bytes' | 'unsatisfied'> | { readonly code: string; readonly message: string };

function compute(item: BundleKernel, objects: readonly BundleObject[], options: BundleOptions): Outcome {
  try {
    const all = objects.map(({ object }) => object);
    const { canonical = false, verify = true } = options;
    const { bytes, unsatisfied, mismatches } = minimize(item.target(), all, { canonical, verify });
    const [first] = mismatches;
    return first === undefined ? { bytes, unsatisfied } : { code: 'not-proven', message: mismatchText(first) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { code: String((error as { code?: unknown }).code ?? error.name), message: error.message };
  }
}

function mismatchText({ object, section, insnOff, expected, found }: Mismatch): string {
  return `${object}, ${section} at ${insnOff}: ${expected} on the kernel, ${found} over the minimal BTF`;
}

async function describeObject({ object, bytes }: BundleObject) {
  return { name: object.name, sha256: await sha256(bytes), relocations: object.relocations.length };
}

/** Unsatisfied relocations, each once with its kernels. */
class UnsatisfiedTable {
  private readonly byKey = new Map<string, Omit<ManifestUnsatisfied, 'kernels'> & { kernels: string[] }>();

  add(kernel: string, { unsatisfied }: Pick<MinimizeResult, 'unsatisfied'>): void {
    for (const one of unsatisfied) {
      const { object, section, program, insnOff, source, kind, type, access, outcome } = one;
      const place = { object, section, program: program ?? null, insnOff };
      const row = {
        ...place,
        source: source === undefined ? null : `${source.file}:${source.line}`,
        ...{ kind, type, access, outcome, reason: one.reason ?? '' },
      };
      const key = JSON.stringify(row);
      const known = this.byKey.get(key);
      if (known === undefined) this.byKey.set(key, { ...row, kernels: [kernel] });
      else known.kernels.push(kernel);
    }
  }

  rows(): ManifestUnsatisfied[] {
    return [...this.byKey.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => ({ ...row, kernels: row.kernels.sort() }));
  }
}
