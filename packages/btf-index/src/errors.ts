// IndexError: everything that can be wrong with an index file, with a question to it, or with writing to it.

/** What is wrong: each code's meaning stands before it. */
export type IndexErrorCode =
  /** No such file. */
  | 'no-index'
  /** The file exists and is no index of btfq. */
  | 'not-an-index'
  /** Written by a newer version. */
  | 'newer-version'
  /** Written by an older version and opened read-only: it must be opened for writing once. */
  | 'older-version'
  /** Another process is writing. */
  | 'busy'
  /** The file or its folder cannot be written. */
  | 'read-only'
  | 'disk-full'
  /** A URL that does not answer. */
  | 'unreachable'
  /** A server that does not send parts of a file as they are. */
  | 'no-ranges'
  /** A published file was replaced while it was read. */
  | 'changed'
  /** What is asked for is not in the cache, and the network was not to be used. */
  | 'offline'
  /** Stored content contradicts its hash or itself. */
  | 'damaged'
  | 'unknown-kernel'
  /** `candidates` lists the kernels that a text may mean. */
  | 'ambiguous-kernel'
  | 'unknown-module'
  /** Two modules of one name in what is to be stored with a kernel. */
  | 'duplicate-module'
  /** The name is taken by other content, and `replace` was not asked for. */
  | 'kernel-exists'
  /** A distro, version, arch or release that cannot be part of a name. */
  | 'bad-identity'
  | 'bad-filter'
  /** A field path that cannot be read. */
  | 'bad-path';

/** What an error says besides its message. */
export interface IndexErrorDetails {
  readonly path?: string | undefined;
  readonly kernel?: string | undefined;
  readonly candidates?: readonly string[] | undefined;
  readonly expected?: string | undefined;
  /** The next step, for people. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** Thrown by everything in this package; test by `code`. */
export class IndexError extends Error {
  override readonly name = 'IndexError';
  readonly code: IndexErrorCode;
  readonly path: string | undefined;
  readonly kernel: string | undefined;
  readonly candidates: readonly string[] | undefined;
  readonly expected: string | undefined;
  readonly hint: string | undefined;

  constructor(code: IndexErrorCode, message: string, details: IndexErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.path = details.path;
    this.kernel = details.kernel;
    this.candidates = details.candidates;
    this.expected = details.expected;
    this.hint = details.hint;
  }
}
