// KernelRuntimeError: the one error of this package. A run that ended without an answer is one too (`stopped`): the kernel has said
// nothing, and nothing may be concluded.
import type { Stop } from '@btfq/emulator';

/**
 * What was wrong:
 *
 * - `unsupported-arch`: not an x86-64 or arm64 image
 * - `missing-symbol`: the image lacks a function or a variable that every kernel with bpf() has
 * - `no-btf`: the image has no BTF, without which the places of fields are unknown
 * - `bad-call`: memory of the caller that overlaps, or lies where no user memory can be
 * - `bad-save`: a saved kernel that is damaged, or of another version of this package
 * - `stopped`: the kernel's code met what has no verdict: WARN, BUG, unknown memory, an unknown instruction, a spent budget
 */
export type KernelRuntimeErrorCode =
  | 'unsupported-arch'
  | 'missing-symbol'
  | 'no-btf'
  | 'bad-call'
  | 'bad-save'
  | 'stopped';

/** What is known beside the message. */
export interface KernelRuntimeErrorDetails {
  /** The name that is missing. */
  readonly symbol?: string;
  /** Why the run stopped. */
  readonly stop?: Stop;
  /** The functions that were running, the innermost first: `name+0x1f`. */
  readonly backtrace?: readonly string[];
}

/** A kernel that cannot be run, or a call that came to no answer. */
export class KernelRuntimeError extends Error {
  override readonly name = 'KernelRuntimeError';
  readonly code: KernelRuntimeErrorCode;
  readonly symbol: string | undefined;
  readonly stop: Stop | undefined;
  readonly backtrace: readonly string[];

  constructor(code: KernelRuntimeErrorCode, message: string, details: KernelRuntimeErrorDetails = {}) {
    super(message);
    this.code = code;
    this.symbol = details.symbol;
    this.stop = details.stop;
    this.backtrace = details.backtrace ?? [];
  }
}
