// @btfq/btf-index: many BTFs to one SQLite file that answers questions and gives every BTF back.

export * from './questions.ts';
export { type OpenOptions, openIndex } from './store/open.ts';
export { isUrl, openAnywhere, openUrl, type UrlOptions } from './remote/open-url.ts';
export { parsePointer, type Published } from './read/http-source.ts';
export { cacheFolder } from './remote/disk-store.ts';
export { databaseOf } from './store/sqlite-driver.ts';
export { type EarlierKernel, EarlierKernels, earlierOf } from './prepare/earlier.ts';
export { inOneMemory, MemorySlots, type OneMemory } from './prepare/one-memory.ts';
export type { CompleteDelta, StartDelta } from './delta/complete-delta.ts';
export type { DeltaSide } from './delta/delta-side.ts';
export {
  type ModuleInput,
  type PreparedKernel,
  type PreparedModule,
  prepareKernel,
  transferables,
} from './prepare/prepare.ts';
export { releasedMemory } from './write/writer-cache.ts';
export { commitKernel, type Ingested, ingestKernel, type IngestOptions } from './write/ingest.ts';
export { packVerifier, type PackedPart, type PackedVerifier } from './verifier/pack.ts';
export {
  keptVerifierFile,
  keptVerifierOf,
  keptVerifiers,
  type KeptVerifier,
  withVerifiers,
} from './verifier/kept-file.ts';
export { openVerifierStore, verifierPath, type VerifierStore } from './verifier/verifier-store.ts';
export { compactIndex, removeKernel, removeKernels } from './write/maintenance.ts';
export { type MergeOptions, type MergeResult, mergeIndex } from './write/merge/merge.ts';
export { publishIndex, type PublishOptions } from './publish/publish.ts';
export { PAGE_HEADERS, PAGE_POLICY } from './publish/web-space.ts';
export { type Fetched, fetchPublished, type FetchOptions } from './remote/fetch-published.ts';
export { bundleFromIndex } from './bundle/bundle-from-index.ts';
export { chosenCandidates, type EntryExplanation, explainEntries, type PathCandidate } from './offsets/explain.ts';
export { entriesNowhere, type NowhereEntry, requireEntries } from './offsets/nowhere.ts';
export { type VerifyOptions, type VerifyResult, verifyIndex } from './write/verify.ts';
