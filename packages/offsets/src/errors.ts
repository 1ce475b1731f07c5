// What goes wrong with a SPEC, a committed table or a type, each with its place.

/** Why an `OffsetsError` was thrown. */
export type OffsetsErrorCode =
  /** The SPEC is no YAML or JSON, or has a shape that docs/offsets.schema.json does not allow. */
  | 'bad-spec'
  /** A path in it does not follow the grammar. */
  | 'bad-spec-path'
  /** No kernel that was asked has what a required entry names. */
  | 'entry-nowhere'
  /** A committed table cannot be read back. */
  | 'bad-offsets-table'
  /** A type that definitions are asked for is not there, or cannot be written in the language. */
  | 'bad-type-request';

/** Where in the SPEC, and what was expected there. */
export interface OffsetsErrorDetails {
  /** From 1. */
  readonly line?: number | undefined;
  /** From 1. */
  readonly column?: number | undefined;
  readonly entry?: string | undefined;
  readonly expected?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The only error that this package throws. */
export class OffsetsError extends Error {
  readonly code: OffsetsErrorCode;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly entry: string | undefined;
  readonly expected: string | undefined;
  readonly hint: string | undefined;

  constructor(code: OffsetsErrorCode, message: string, details: OffsetsErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'OffsetsError';
    this.code = code;
    this.line = details.line;
    this.column = details.column;
    this.entry = details.entry;
    this.expected = details.expected;
    this.hint = details.hint;
  }
}
