// LoaderError: the one error of this package, for objects that libbpf refuses to open and for misuse. What a kernel
// answers while an object is loaded is data (load/result.ts).

/**
 * What was wrong with the object:
 *
 * - `not-bpf`: not a relocatable 64-bit ELF file for BPF
 * - `bad-elf`: the ELF file is damaged; `cause` is the `ElfError`
 * - `no-symbols`: no symbol table, or several
 * - `bad-section`: a `license` or `version` section that is not what it should be
 * - `legacy-maps`: maps in the old `maps` section, which libbpf no longer takes
 * - `bad-program`: a function that is cut off or static, or whose section does not hold whole instructions
 * - `no-btf`, `bad-btf`: BTF is needed and missing, or cannot be read; `cause` is the `BtfError`
 * - `bad-map`: a map definition that cannot be understood
 * - `bad-extern`: an extern that has no type, or none that libbpf can fill in
 * - `bad-struct-ops`: a struct_ops variable that cannot be understood
 * - `bad-relocation`: an ELF relocation that libbpf cannot process
 */
export type LoaderErrorCode =
  | 'not-bpf'
  | 'bad-elf'
  | 'no-symbols'
  | 'bad-section'
  | 'legacy-maps'
  | 'bad-program'
  | 'no-btf'
  | 'bad-btf'
  | 'bad-map'
  | 'bad-extern'
  | 'bad-struct-ops'
  | 'bad-relocation';

/** Error numbers that libbpf gives where it refuses an object: Linux's, and its own from 4000 on. Positive here. */
export const LoaderErrno = {
  NotPermitted: 1,
  NoEntry: 2,
  NoProcess: 3,
  Io: 5,
  TooBig: 7,
  Exists: 17,
  Invalid: 22,
  NoSpace: 28,
  Range: 34,
  NameTooLong: 36,
  NotSupported: 95,
  Format: 4001,
  Endian: 4003,
  Relocation: 4005,
} as const;

/** Where and what. `offset` is in bytes within `section`. */
export interface LoaderErrorDetails {
  /** What libbpf returns, positive. Default EINVAL. */
  readonly errno?: number;
  readonly section?: string;
  readonly offset?: number;
  readonly typeId?: number;
  /** The program, map, extern or symbol that the fault belongs to. */
  readonly symbol?: string;
  readonly expected?: string;
  readonly cause?: unknown;
}

/** An object that libbpf would not open, or a call that makes no sense. */
export class LoaderError extends Error {
  override readonly name = 'LoaderError';
  readonly code: LoaderErrorCode;
  /** What libbpf's bpf_object__open would return, as a positive number. */
  readonly errno: number;
  readonly section: string | undefined;
  readonly offset: number | undefined;
  readonly typeId: number | undefined;
  readonly symbol: string | undefined;
  readonly expected: string | undefined;

  constructor(code: LoaderErrorCode, message: string, details: LoaderErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.errno = details.errno ?? LoaderErrno.Invalid;
    this.section = details.section;
    this.offset = details.offset;
    this.typeId = details.typeId;
    this.symbol = details.symbol;
    this.expected = details.expected;
  }
}
