// @btfq/minimizer: the BTF that BPF objects need on a kernel, and bundles of many.

export { MinimizeError, type MinimizeErrorCode, type MinimizeErrorDetails } from './errors.ts';
export { minimize, type MinimalForm, type MinimizeOptions, type MinimizeResult } from './minimize.ts';
export { answerKey } from './answer-key.ts';
export type { RelocationPlace, Unsatisfied } from './unsatisfied.ts';
export type { Mismatch } from './verify.ts';
export { archName, type KernelId, kernelPath, machineName } from './bundle/identity.ts';
export { BUNDLE_FORMATS, type BundleFormat, type Container, FORMATS, type FormatRow } from './bundle/formats.ts';
export {
  type BundleEntry,
  type BundleMember,
  type BundlePlan,
  type BundleProblem,
  planBundle,
} from './bundle/plan.ts';
export {
  encodeManifest,
  type FailedKernel,
  makeManifest,
  type Manifest,
  MANIFEST_NAME,
  MANIFEST_VERSION,
  type ManifestFacts,
  type ManifestKernel,
  type ManifestObject,
  type ManifestUnsatisfied,
  parseManifest,
  sha256,
  type SkippedSource,
} from './bundle/manifest.ts';
export {
  type BundleFile,
  type Compressors,
  packBundle,
  type PackedBundle,
  type PackOptions,
} from './bundle/pack.ts';
export {
  type Bundle,
  type BundleKernel,
  type BundleObject,
  type BundleOptions,
  type BundleSource,
  makeBundle,
} from './bundle/make.ts';
export {
  type BundleCheck,
  type BundleContents,
  checkBundle,
  type CurrentObject,
  manifestOf,
  type ObjectState,
} from './bundle/check.ts';
export { type Host, lookupMember, type LookupResult, parseOsRelease } from './bundle/lookup.ts';
export { MAX_USTAR_NAME, readUstar, type ReadTarMember, type TarMember, writeUstar } from './bundle/ustar.ts';
export { binarySymbol, EMBED_MACHINES, embedC, embedObject } from './bundle/embed.ts';
