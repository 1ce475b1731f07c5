// KernelTablesError: the one error that reading a kernel's image throws, distinguished by `code`. A table that cannot be
// read is no error: it is 'not known' (see tables.ts).

/**
 * What was wrong with the bytes:
 *
 * - `not-a-kernel`: neither an ELF file with segments nor a flat image whose layout is known
 * - `bad-image`: an image whose header or segments contradict its size
 * - `no-symbols`: no symbol table in an ELF file and no kallsyms in the image
 * - `bad-kallsyms`: a token table is there, but what lies around it is no symbol table
 * - `bad-tables`: bytes that are no encoded {@link KernelTables}
 */
export type KernelTablesErrorCode = 'not-a-kernel' | 'bad-image' | 'no-symbols' | 'bad-kallsyms' | 'bad-tables';

/** Where a {@link KernelTablesError} was found and what should have been there. */
export interface KernelTablesErrorDetails {
  /** Offset in the image, in bytes, of what is wrong. */
  readonly offset?: number;
  /** What would have been right, in words. */
  readonly expected?: string;
  readonly cause?: unknown;
}

/** Thrown for an image that gives no memory or no symbols. */
export class KernelTablesError extends Error {
  override readonly name = 'KernelTablesError';
  readonly code: KernelTablesErrorCode;
  readonly offset?: number;
  readonly expected?: string;

  constructor(code: KernelTablesErrorCode, message: string, details: KernelTablesErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.offset !== undefined) this.offset = details.offset;
    if (details.expected !== undefined) this.expected = details.expected;
  }
}
