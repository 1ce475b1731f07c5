// @btfq/btf-index: many BTFs to one SQLite file that answers questions and gives every BTF back.

export { IndexError, type IndexErrorCode, type IndexErrorDetails } from './errors.ts';
export { type BtfIndex, type OpenOptions, openIndex } from './open.ts';
export {
  type ModuleInput,
  type PreparedKernel,
  type PreparedModule,
  prepareKernel,
  transferables,
} from './prepare.ts';
export { commitKernel, type Ingested, ingestKernel, type IngestOptions } from './commit.ts';
export { exportBtf, exportModule } from './export.ts';
export { kernelName } from './identity.ts';
export {
  type Condition,
  type KernelFilter,
  type KernelFilterInput,
  matches,
  parseWhere,
  whereOf,
} from './where.ts';
export {
  identicalKernels,
  kernelById,
  kernelIds,
  kernels,
  kernelsByIds,
  rankOf,
  resolveKernel,
} from './kernels.ts';
export { modules } from './module-store.ts';
export { declarations, declarationsOf, declaredNames, variantsByKernel } from './declarations.ts';
export { type FieldAsk, field, fieldInKernels, fields, nearFields } from './field.ts';
export { fieldHistory, flavourOf, seriesOf } from './history.ts';
export { enumerator, enumerators } from './enumerators.ts';
export { fieldsOfType } from './fields-of-type.ts';
export { nearNames, type SearchOptions, search } from './search.ts';
export { diffKernels } from './diff.ts';
export { type AnyVariant, declare, formatDeclaration } from './format-declaration.ts';
export {
  compactIndex,
  type MergeOptions,
  type MergeResult,
  mergeIndex,
  removeKernel,
  removeKernels,
} from './care.ts';
export { stats } from './stats.ts';
export { answerKeys } from './answer-groups.ts';
export { bundleFromIndex, type IndexBundleOptions } from './bundle.ts';
export { type VerifyOptions, type VerifyResult, verifyIndex } from './verify.ts';
export type {
  Declaration,
  DeclarationKind,
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
} from './answers.ts';
