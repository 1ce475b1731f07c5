// The one error that every reader and writer of this package throws for malformed input or misuse.

/** What was wrong. Stable words: tests and callers match on these, never on messages. */
export type BtfErrorCode =
  | 'not-btf' // no BTF magic in either byte order
  | 'truncated' // bytes end before what a header or count promises
  | 'prerelease-header' // the header of the first 4.18 patches, before hdr_len existed
  | 'bad-header' // header lengths or offsets that contradict each other
  | 'bad-layout' // a layout section that breaks its own rules
  | 'bad-strings' // a string section that does not begin or end with NUL
  | 'bad-type' // a type record that runs past the section or has impossible contents
  | 'unknown-kind' // a kind without a size: not in the table nor in the file's layout section
  | 'bad-string-offset' // a name outside the string section
  | 'bad-type-id' // a reference to a type that does not exist
  | 'bad-ext' // a malformed .BTF.ext
  | 'no-btf' // an ELF file without a .BTF section
  | 'limit' // a documented limit was exceeded (depth, counts, sizes)
  | 'no-base' // a distilled or split BTF needs a base that was not given
  | 'base-mismatch' // split BTF does not fit the base that it was given
  | 'unsupported' // valid, but this operation cannot be done on it
  | 'invalid-argument'; // misuse of the API: a value that the format cannot hold

/** Where and what: `offset` is in bytes from the start of the bytes at hand, `typeId` the type being read. */
export interface BtfErrorDetails {
  readonly offset?: number;
  readonly typeId?: number;
  readonly expected?: string;
  readonly cause?: unknown;
}

/** Malformed BTF, or a call that BTF cannot express. Never thrown for "not found": finders return undefined. */
export class BtfError extends Error {
  override readonly name = 'BtfError';
  readonly code: BtfErrorCode;
  readonly offset: number | undefined;
  readonly typeId: number | undefined;
  readonly expected: string | undefined;

  constructor(code: BtfErrorCode, message: string, details: BtfErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.offset = details.offset;
    this.typeId = details.typeId;
    this.expected = details.expected;
  }
}
