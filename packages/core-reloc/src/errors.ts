// RelocationError: the one error of this package, for objects that break the format's rules and for misuse. What becomes
// of a single relocation is data (result.ts), also where libbpf would fail.

/**
 * What was wrong with the object:
 *
 * - `no-btf`: an ELF file without `.BTF`
 * - `bad-btf`, `bad-btf-ext`: `.BTF` or `.BTF.ext` cannot be read; `cause` is the `BtfError`
 * - `bad-section-name`: a group of records whose section name is empty or outside of the strings
 * - `missing-section`: records for a section that the file does not have, or that has no bytes
 * - `bad-instruction-offset`: a record for an instruction that is not inside its section, or not at a multiple of 8
 * - `bad-type-id`: a record for a type that does not exist
 * - `bad-access-string`: an access string outside of the strings, with too many or too large numbers, or of another form
 * - `bad-program`: a function symbol that crosses its section's end or does not cover whole instructions
 */
export type RelocationErrorCode =
  | 'no-btf'
  | 'bad-btf'
  | 'bad-btf-ext'
  | 'bad-section-name'
  | 'missing-section'
  | 'bad-instruction-offset'
  | 'bad-type-id'
  | 'bad-access-string'
  | 'bad-program';

/** Where and what. `record` counts within the section's records from 0; `offset` is in bytes. */
export interface RelocationErrorDetails {
  readonly section?: string;
  readonly record?: number;
  readonly offset?: number;
  readonly typeId?: number;
  readonly expected?: string;
  readonly cause?: unknown;
}

/** A malformed BPF object, or a call that makes no sense. */
export class RelocationError extends Error {
  override readonly name = 'RelocationError';
  readonly code: RelocationErrorCode;
  /** The ELF section that the fault belongs to: the program's for records, else `.BTF` or `.BTF.ext`. */
  readonly section: string | undefined;
  readonly record: number | undefined;
  readonly offset: number | undefined;
  readonly typeId: number | undefined;
  readonly expected: string | undefined;

  constructor(code: RelocationErrorCode, message: string, details: RelocationErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.section = details.section;
    this.record = details.record;
    this.offset = details.offset;
    this.typeId = details.typeId;
    this.expected = details.expected;
  }
}
