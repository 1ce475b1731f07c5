// What both entries of the package have: every question, and the answers' types. Nothing here needs Node or native code.

export { IndexError, type IndexErrorCode, type IndexErrorDetails } from './errors.ts';
export type { BtfIndex } from './store/btf-index.ts';
export { exportBtf, exportModule } from './store/export.ts';
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
  clonesByKernel,
  functionClones,
  functionFacts,
  type FunctionInKernels,
  helperFacts,
  type HelperInKernels,
  type HelperProgram,
  errorInjectionFacts,
  type ErrorInjectionInKernels,
  type FunctionInModule,
  type InKernels,
  iteratorFacts,
  type KfuncRegistration,
  kfuncFacts,
  type KfuncInKernels,
  lsmHookFacts,
  type LsmHookInKernels,
  structOpsFacts,
  type StructOpsInKernels,
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
  knownTableParts,
  type StoredTables,
} from './store/table-facts.ts';
export { buildIds } from './store/fact-sources.ts';
export { type ModuleFactsOfKernel, type ModuleFact, moduleFactsOf } from './store/module-facts.ts';
export { moduleTableNames, moduleTablesOf } from './store/module-tables.ts';
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
export { type FactHit, type FactNameKind, searchFacts } from './query/search-facts.ts';
export { diffKernels } from './query/diff.ts';
export { FACT_KINDS, type FactKind, type KnownFact, knownFacts, moduleNames } from './query/known-facts.ts';
export { configSymbol, configSymbolNames, diffConfig, kernelConfig } from './query/config.ts';
export { type AnyVariant, formatCDeclarator, formatDeclaration } from './query/format-declaration.ts';
export { stats } from './query/stats.ts';
export { answerKeys } from './bundle/equivalence-key.ts';
export type { IndexBundleOptions } from './bundle/bundle.ts';
export { type LoadAnswerGroup, loadAnswers } from './loads/load-answers.ts';
export { readOffsetsSpec } from './offsets/spec-text.ts';
export { type IndexedOffsetTable, offsetTable } from './offsets/offset-table.ts';
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
export type { KernelIdentity } from '@btfq/kernel-source/identity';
