// @btfq/loader: a BPF object as libbpf sees it, and the system calls that load it.

export { LoaderErrno, LoaderError, type LoaderErrorCode, type LoaderErrorDetails } from './errors.ts';
export { ProgramType, programTypeWord } from './uapi/program-type.ts';
export { AttachType, attachTypeWord } from './uapi/attach-type.ts';
export { MapType, mapTypeWord } from './uapi/map-type.ts';
export { findSectionDefinition, SECTION_DEFINITIONS, type SectionDefinition } from './object/section-definition.ts';
export type {
  DataReference,
  ExternCall,
  ExternReference,
  JumpTableReference,
  KconfigExtern,
  KconfigType,
  LoaderExtern,
  LoaderMap,
  LoaderObject,
  LoaderProgram,
  LoaderRelocation,
  MapDefinition,
  MapOrigin,
  MapReference,
  StructOps,
  SubprogramAddress,
  SubprogramCall,
} from './object/model.ts';
export { type OpenObjectOptions, openObject } from './object/open.ts';
export type { BpfCall, BpfSystem, KernelSymbol, LoaderKernel, UserRegion } from './kernel/system.ts';
export { BpfCommand } from './kernel/user-memory.ts';
export type { Feature } from './kernel/features.ts';
export type {
  LoadedMap,
  LoadedProgram,
  LoadOptions,
  LoadResult,
  MapSettings,
  ProgramSettings,
  VerifierLog,
} from './load/options.ts';
export { loadObject } from './load/load.ts';
export { errnoName } from './load/errno.ts';
export { type VerifierStats, verifierStats } from './verify/verifier-stats.ts';
export { type LastWords, lastWords, sourceOfInstruction } from './verify/last-words.ts';
export { type Verification, type VerifyOptions, verifyObject } from './verify/verify.ts';
