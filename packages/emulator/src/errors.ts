// EmulatorError: the one error of this package, for misuse by the host. What the guest does wrong is data (stop.ts).

/**
 * What the host did wrong:
 *
 * - `bad-region`: a region that does not begin and end at a page, is empty, or reaches into another one
 * - `unmapped`: the host read or wrote guest memory that no region has, or wrote to a read-only one
 * - `memory-limit`: the guest's pages would take more than the given limit
 * - `stale-snapshot`: a snapshot of another emulator, or one that an earlier restore() has discarded
 */
export type EmulatorErrorCode = 'bad-region' | 'unmapped' | 'memory-limit' | 'stale-snapshot';

/** A call that makes no sense. `address` is the guest's. */
export class EmulatorError extends Error {
  override readonly name = 'EmulatorError';
  readonly code: EmulatorErrorCode;
  readonly address: bigint | undefined;

  constructor(code: EmulatorErrorCode, message: string, address?: bigint) {
    super(message);
    this.code = code;
    this.address = address;
  }
}
