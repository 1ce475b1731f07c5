// @btfq/kernel-runtime: a kernel's image in, its bpf() system call out, verifier and all, without booting it.
export { Kernel, kernelOfImage, type KernelSnapshot, openKernel, type OpenKernelOptions } from './kernel.ts';
export type { SavedKernel, SavedKernelSource } from './saved/format.ts';
export { openSavedKernel } from './saved/open-saved.ts';
export {
  type CompressedPart,
  encodeKeptKernel,
  type KeptParts,
  readKeptKernel,
  type UnpackPart,
} from './saved/kept-file.ts';
export type { BpfCall, UserRegion } from './user-memory.ts';
export type { Registration } from './boot/registrations.ts';
export type { AnsweredNames } from './answers/answer.ts';
export { ANSWERED } from './answers/table.ts';
export { describeStop } from './machine.ts';
export { KernelRuntimeError, type KernelRuntimeErrorCode, type KernelRuntimeErrorDetails } from './errors.ts';
export { type CallingKernel, callingKernel, type CallingKernelOptions } from './calling-kernel.ts';
export {
  type FileLike,
  serveVerifier,
  type ServeVerifierOptions,
  type VerifiedProgram,
  type VerifierAnswer,
  type VerifierPort,
  type VerifierRequest,
} from './worker/serve-verifier.ts';
export { type DoctorReport, examineKernel, type SelfTest } from './doctor/doctor.ts';
