// @btfq/load-check: for each program of a BPF object whether a kernel loads and attaches it, and why not.

export {
  LoadCheckError,
  type LoadCheckErrorCode,
  type LoadRequirements,
  type ProgramRequirements,
  type ReadOnlyVariable,
  readOnlyVariables,
  type RequirementOptions,
  requirementsOf,
} from './requirements/requirements.ts';
export type { InstructionFeature, InstructionUse } from './requirements/instruction-set.ts';
export type { TablesOfModules, LoadKernel, Relocated, TypeAt } from './kernel/load-kernel.ts';
export { type TableQuestions, tableQuestions } from './requirements/table-questions.ts';
export type {
  AttachAnswer,
  AttachVerdict,
  Evidence,
  LoaderName,
  LoadReason,
  LoadReasonCode,
  ProgramAnswer,
  Verdict,
} from './reason.ts';
export {
  type Feature,
  FEATURE_ENUMS,
  type FeatureKind,
  featureCatalogue,
  featureOfEnumerator,
  hasByRelease,
} from './features/catalogue.ts';
export { type Asked, KernelView } from './kernel/kernel-view.ts';
export { versionClass } from './requirements/version-classes.ts';
export { type CheckLoadOptions, checkLoad, checkLoadOn } from './check-load.ts';
