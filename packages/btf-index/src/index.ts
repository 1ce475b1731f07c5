// @btfq/btf-index: many BTFs to one SQLite file that answers questions and gives every BTF back.

export { IndexError, type IndexErrorCode, type IndexErrorDetails } from './errors.ts';
export type { BtfIndex } from './store/btf-index.ts';
export { type OpenOptions, openIndex } from './store/open.ts';
export { isUrl, openAnywhere, openUrl, type UrlOptions } from './remote/open-url.ts';
export { parsePointer, type Published } from './read/http-source.ts';
export { cacheFolder } from './remote/disk-store.ts';
export { databaseOf } from './store/sqlite-driver.ts';
export {
  type ModuleInput,
  type PreparedKernel,
  type PreparedModule,
  prepareKernel,
  transferables,
} from './prepare/prepare.ts';
export { commitKernel, type Ingested, ingestKernel, type IngestOptions } from './write/ingest.ts';
export { exportBtf, exportModule } from './store/export.ts';
export { packVerifier, type PackedPart, type PackedVerifier } from './verifier/pack.ts';
export { openVerifierStore, verifierPath, type VerifierStore } from './verifier/verifier-store.ts';
export { kernelName } from './store/identity.ts';
export {
  type Condition,
  type KernelFilter,
  type KernelFilterInput,
  matches,
  parseWhere,
  filterFromInput,
  moduleName,
} from './query/kernel-filter.ts';
export {
  identicalKernels,
  kernelById,
  kernelIds,
  kernels,
  kernelsByIds,
  rankOf,
  resolveKernel,
} from './query/kernels.ts';
export { checkKernels, type KernelFinding } from './query/check-kernels.ts';
export { kernelTarget } from './store/kernel-target.ts';
export { modules } from './store/module-store.ts';
export {
  type FactVariant,
  functionClones,
  functionFacts,
  type FunctionInKernels,
  helperFacts,
  type HelperInKernels,
  type HelperProgram,
  kfuncFacts,
  type KfuncInKernels,
  systemCallFacts,
  type SystemCallInKernels,
  traceEventFacts,
  type TraceEventInKernels,
  traceEventNames,
} from './query/kernel-facts.ts';
export {
  type FactAnswer,
  factKeys,
  factsByKey,
  factsByKeys,
  hasTableFacts,
  kernelTablesOf,
  type StoredTables,
} from './store/table-facts.ts';
export { declarations, declarationsOf, declaredNames, layouts, variantsByKernel } from './query/declarations.ts';
export { type CompositeKind, parseTypeName } from './query/composites.ts';
export {
  compositeWords,
  type FieldQuery,
  field,
  fieldInKernels,
  fields,
  nearFields,
  pointerInPath,
} from './query/field.ts';
export { fieldHistory, flavourOf, seriesOf } from './query/history.ts';
export { enumerator, enumerators } from './query/enumerators.ts';
export { fieldsOfType } from './query/fields-of-type.ts';
export { funcsOfType } from './query/funcs-of-type.ts';
export { nearNames, type SearchOptions, search } from './query/search.ts';
export { diffKernels } from './query/diff.ts';
export { FACT_KINDS, type FactKind, type KnownFact, knownFacts, moduleNames } from './query/known-facts.ts';
export { configSymbol, configSymbolNames, diffConfig, kernelConfig } from './query/config.ts';
export { type AnyVariant, formatCDeclarator, formatDeclaration } from './query/format-declaration.ts';
export {
  compactIndex,
  type MergeOptions,
  type MergeResult,
  mergeIndex,
  removeKernel,
  removeKernels,
} from './write/maintenance.ts';
export { stats } from './query/stats.ts';
export { publishIndex, type PublishOptions } from './publish/publish.ts';
export { type Fetched, fetchPublished, type FetchOptions } from './remote/fetch-published.ts';
export { answerKeys } from './bundle/equivalence-key.ts';
export type { IndexBundleOptions } from './bundle/bundle.ts';
export { bundleFromIndex } from './bundle/bundle-from-index.ts';
export { type LoadAnswerGroup, loadAnswers } from './loads/load-answers.ts';
export { readOffsetsSpec } from './offsets/spec-text.ts';
export { type IndexedOffsetTable, offsetTable } from './offsets/offset-table.ts';
export { chosenCandidates, type EntryExplanation, explainEntries, type PathCandidate } from './offsets/explain.ts';
export { entriesNowhere, type NowhereEntry, requireEntries } from './offsets/nowhere.ts';
export { type VerifyOptions, type VerifyResult, verifyIndex } from './write/verify.ts';
export type {
  ConfigAnswer,
  ConfigDifference,
  ConfigValue,
  Declaration,
  DeclarationKind,
  DeclarationPlace,
  DiffChange,
  DiffEntry,
  EnumeratorVariant,
  EnumVariant,
  FieldAnswer,
  FieldChange,
  FieldEvent,
  FieldInKernel,
  FieldOfType,
  FieldPlace,
  FuncOfType,
  FieldVariant,
  FuncVariant,
  IndexStats,
  Kernel,
  KernelDiff,
  KernelIdentity,
  KernelModuleInfo,
  LayoutField,
  Linkage,
  MatchRank,
  StructLayout,
  TypedefVariant,
  TypeHit,
  VariableVariant,
  VariantOf,
} from './answer-types.ts';
export { type FeatureAnswer, type FeatureInKernel, features, featuresNamed } from './query/features.ts';
export { type NeedChange, type Neighbours, neighbours } from './loads/neighbours.ts';
