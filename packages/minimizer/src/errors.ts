// MinimizeError: the one error of this package. What a kernel cannot satisfy is data (unsatisfied.ts), not an error.

/**
 * What was wrong:
 *
 * - `no-objects`: nothing to minimize for
 * - `bad-target`: the target BTF cannot be minimized: modules that are not split over the kernel that was given
 * - `bad-entry`: a bundle entry whose identity cannot be a path: empty, with `/`, `..` or NUL
 * - `name-too-long`: a member name that the reader of this format cannot hold
 * - `conflicting-entries`: two kernels that this format cannot distinguish, with different BTF
 * - `bad-manifest`: a manifest that is no JSON, of another version, or lacks what it must have
 * - `bad-archive`: a tar or gzip container that breaks its own format
 */
export type MinimizeErrorCode =
  | 'no-objects'
  | 'bad-target'
  | 'bad-entry'
  | 'name-too-long'
  | 'conflicting-entries'
  | 'bad-manifest'
  | 'bad-archive';

/** Where and what: `path` is the member or kernel, `offset` in bytes into the container. */
export interface MinimizeErrorDetails {
  readonly path?: string;
  readonly offset?: number;
  readonly expected?: string;
  readonly cause?: unknown;
}

/** A call that makes no sense, or a bundle that cannot be written or read. */
export class MinimizeError extends Error {
  override readonly name = 'MinimizeError';
  readonly code: MinimizeErrorCode;
  readonly path: string | undefined;
  readonly offset: number | undefined;
  readonly expected: string | undefined;

  constructor(code: MinimizeErrorCode, message: string, details: MinimizeErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.path = details.path;
    this.offset = details.offset;
    this.expected = details.expected;
  }
}
