// @btfq/core-reloc: what every CO-RE relocation of a BPF object becomes on a target.

export { RelocationError, type RelocationErrorCode, type RelocationErrorDetails } from './errors.ts';
export { type BpfObject, type ParseBpfObjectOptions, parseBpfObject } from './bpf-object.ts';
export type { BpfProgram } from './bpf-program.ts';
export type { CodeSection } from './code-sections.ts';
export { CALL, Insn, INSN_SIZE, LDDW, POISON_IMM } from './insn.ts';
export type { CoreRelocation } from './relocation-records.ts';
export { type RelocationBasis, RelocationKind, relocationBasis, relocationKindWord } from './relo-kinds.ts';
export {
  type Accessor,
  type CandidateResult,
  Errno,
  type Outcome,
  type ReasonCode,
  type RefusalCode,
  type RelocationResult,
  type Resolution,
  type Spec,
} from './result.ts';
export { type Candidate, findCandidates, type TargetKernel } from './candidates.ts';
export { type ModuleBytes, targetOf } from './target-kernel.ts';
export { type Question, type Questions, questionsOf, type RootName, rootNames } from './questions.ts';
export {
  createResolver,
  prepareTarget,
  type RelocateOptions,
  type Resolver,
  resolveObject,
  type Rules,
} from './resolve.ts';
export { type Patch, patchInstruction } from './patch.ts';
export { typesAreCompatible } from './compat.ts';
export { WORK_LIMIT, type Work } from './type-walk.ts';
export {
  applyRelocations,
  patchedCode,
  patchedTwice,
  relocate,
  relocateObject,
  relocateSome,
} from './relocate.ts';
export {
  type CodePlace,
  type ContextAccess,
  type ExternUse,
  type ExternValue,
  followProgram,
  functionsOf,
  type HelperCall,
  type OffsetPlace,
  type ProgramReach,
  type Reached,
  type ReachOptions,
  unreachableRelocations,
} from './reachability.ts';
export { holdsOffset } from './reachability/code-function.ts';
export { type CodeReference, codeReferences } from './reachability/code-references.ts';
export { type OracleOptions, oracleLines } from './oracle-line.ts';
export { type SourceLine, sourceLine } from './source-lines.ts';
export {
  type BpfExtern,
  type BpfMap,
  objectExterns,
  objectLicense,
  objectMaps,
  objectVersion,
} from './object-info.ts';
export {
  explainReason,
  formatReason,
  formatRefusal,
  formatResult,
  formatRoot,
  formatSpec,
  formatSpecInC,
  formatValue,
} from './format-result.ts';
