// Why a run ended, as data.

/** `address` is where the guest was: of the instruction that did not run, or where it would have gone on. */
export type Stop =
  /** The function that was called returned. */
  | { readonly reason: 'returned'; readonly address: bigint }
  /** A hook's handler said 'leave'. */
  | { readonly reason: 'hook'; readonly address: bigint }
  | { readonly reason: 'budget'; readonly address: bigint }
  /** An instruction that the emulator does not have, with up to 15 bytes from its beginning on. */
  | { readonly reason: 'unknown-instruction'; readonly address: bigint; readonly bytes: Uint8Array }
  /** No region has the `target`, or it is read-only, or the limit of memory is reached (`limit`). */
  | {
      readonly reason: 'unmapped';
      readonly address: bigint;
      readonly access: 'read' | 'write' | 'execute';
      readonly target: bigint;
      readonly limit: boolean;
    }
  /** ud2 or brk: how kernels write WARN and BUG. `code` is brk's number. */
  | { readonly reason: 'trap'; readonly address: bigint; readonly code: number }
  /** int3. */
  | { readonly reason: 'breakpoint'; readonly address: bigint }
  | { readonly reason: 'halt'; readonly address: bigint }
  | { readonly reason: 'divide-error'; readonly address: bigint };
