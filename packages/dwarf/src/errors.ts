// DwarfError: the one error that reading debug information throws, distinguished by `code`.

/** What was wrong, or what the input lacks. Stable words: tests and callers match on these, never on messages. */
export type DwarfErrorCode =
  | 'bad-elf' // headers, sections or symbols that contradict the file
  | 'no-dwarf' // an ELF file without .debug_info, or with an empty one
  | 'truncated' // a section ends before what it promises
  | 'bad-unit' // a unit header that contradicts itself or its section
  | 'bad-abbreviation' // an abbreviation table that breaks its own rules
  | 'bad-form' // a form that DWARF 2 to 5 do not define, or one that does not fit its attribute
  | 'bad-string' // a string outside of its section, or without an end
  | 'bad-reference' // a reference to something that is not there, or is of the wrong kind
  | 'type-cycle' // types without a name that contain each other
  | 'bad-relocation' // a relocation that points outside of its section, or of a type that is not known
  | 'unsupported-version' // a DWARF version other than 2 to 5
  | 'split-debug' // the types are in another file (.dwo)
  | 'needs-alternate' // dwz moved the common part into another file, which was not given
  | 'compressed' // a compressed section, and no decompressor was given
  | 'bad-compression' // compressed content that is cut off or of another size than it says
  | 'limit' // a documented limit was exceeded
  | 'base-mismatch'; // the base is of another byte order

/** Where and what: `offset` is in bytes from the start of the section (or of the file, for `bad-elf`). */
export interface DwarfErrorDetails {
  readonly section?: string | undefined;
  readonly offset?: number | undefined;
  readonly expected?: string | undefined;
  readonly cause?: unknown;
}

/** Thrown for every file whose debug information cannot be turned into BTF. */
export class DwarfError extends Error {
  override readonly name = 'DwarfError';
  readonly code: DwarfErrorCode;
  readonly section: string | undefined;
  readonly offset: number | undefined;
  readonly expected: string | undefined;

  constructor(code: DwarfErrorCode, message: string, details: DwarfErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.section = details.section;
    this.offset = details.offset;
    this.expected = details.expected;
  }
}
