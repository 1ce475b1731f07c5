// ElfError: the one error that reading an ELF file throws, distinguished by `code`.

/**
 * What was wrong with the bytes:
 *
 * - `not-elf`: the magic is missing
 * - `truncated-header`: shorter than its ELF header
 * - `unsupported-class`, `unsupported-byte-order`, `unsupported-version`: `e_ident` says something that ELF does not define
 * - `bad-section-table`, `bad-segment-table`: the table is not inside the file, or its entries have the wrong size
 * - `section-out-of-bounds`, `segment-out-of-bounds`: content that is not inside the file
 * - `bad-string`: a name that starts outside of its string table, or has no end there
 * - `bad-link`: `sh_link`, `sh_info` or `e_shstrndx` names no section, or one of the wrong type
 * - `bad-symbol-table`, `bad-relocation-table`, `bad-group`, `bad-note`: content that is not made of whole entries
 * - `bad-symbol-index`: a relocation or group that names a symbol beyond its table
 * - `compressed`: SHF_COMPRESSED content, and no `decompress` was given
 * - `bad-compression`: a compression header that is cut off, or content of another size than it announces
 */
export type ElfErrorCode =
  | 'not-elf'
  | 'truncated-header'
  | 'unsupported-class'
  | 'unsupported-byte-order'
  | 'unsupported-version'
  | 'bad-section-table'
  | 'bad-segment-table'
  | 'section-out-of-bounds'
  | 'segment-out-of-bounds'
  | 'bad-string'
  | 'bad-link'
  | 'bad-symbol-table'
  | 'bad-relocation-table'
  | 'bad-group'
  | 'bad-note'
  | 'bad-symbol-index'
  | 'compressed'
  | 'bad-compression';

/** Where an {@link ElfError} was found and what should have been there. */
export interface ElfErrorDetails {
  /** Offset in the file, in bytes, of what is wrong. */
  readonly offset?: number;
  /** What would have been right, in words. */
  readonly expected?: string;
  readonly cause?: unknown;
}

/** Thrown for every file that is no ELF file or breaks its rules. */
export class ElfError extends Error {
  override readonly name = 'ElfError';
  readonly code: ElfErrorCode;
  readonly offset?: number;
  readonly expected?: string;

  constructor(code: ElfErrorCode, message: string, details: ElfErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.offset !== undefined) this.offset = details.offset;
    if (details.expected !== undefined) this.expected = details.expected;
  }
}
