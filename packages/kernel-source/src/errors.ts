// KernelSourceError: what can be wrong with a file that should hold a kernel. `found` says what was there instead.

/**
 * - `not-found`, `unreadable`: the path does not exist; the system refuses to read it
 * - `unknown-format`: nothing that holds a kernel, by content
 * - `truncated`: ends in the middle of what it announces
 * - `bad-archive`: a tar, ar, cpio or rpm that breaks its format's rules
 * - `bad-image`: a boot image whose header leads nowhere
 * - `bad-compression`: compressed data that does not decompress
 * - `too-large`: more bytes than the limit (`maxBytes`) once decompressed, or as announced
 * - `unsafe-path`: a member of an archive that would lie outside of it
 * - `too-deep`: archives in archives beyond the limit
 * - `no-kernel`: a readable package, archive or folder without a kernel in it
 * - `bad-dwarf`: a kernel without BTF whose debug information cannot be turned into it
 * - `no-btf`: a kernel (or module) without BTF: CONFIG_DEBUG_INFO_BTF was off
 * - `bad-btf`: BTF that breaks the format's rules (`cause` is the BtfError)
 * - `bad-elf`: an ELF file that breaks the format's rules (`cause` is the ElfError)
 * - `bad-config`: a configuration with a line that kconfig does not write, or that says two things of one symbol
 * - `foreign-config`: a configuration of another kernel than the one it lies beside, or several that differ
 * - `config-without-kernel`: a configuration whose kernel is not in the same job
 * - `unknown-identity`: distro, version, arch or release cannot be determined; `expected` names the flags that settle it
 * - `foreign-module`: a module that was built for another release than its kernel, or over the BTF of another build
 * - `duplicate-module`: two modules of one name that differ: neither is taken
 * - `module-without-kernel`: modules whose kernel is not in the same job
 * - `aborted`: the caller's signal
 */
export type KernelSourceErrorCode =
  | 'not-found'
  | 'unreadable'
  | 'unknown-format'
  | 'truncated'
  | 'bad-archive'
  | 'bad-image'
  | 'bad-compression'
  | 'too-large'
  | 'unsafe-path'
  | 'too-deep'
  | 'no-kernel'
  | 'bad-dwarf'
  | 'no-btf'
  | 'bad-btf'
  | 'bad-elf'
  | 'bad-config'
  | 'foreign-config'
  | 'config-without-kernel'
  | 'unknown-identity'
  | 'foreign-module'
  | 'duplicate-module'
  | 'module-without-kernel'
  | 'aborted';

/** Where a {@link KernelSourceError} was found, what was there, and what should have been. */
export interface KernelSourceErrorDetails {
  /** The file, and behind ': ' the member inside it. */
  readonly path?: string;
  /** Offset in bytes, in the innermost decompressed data. */
  readonly offset?: number;
  /** What the bytes turned out to be, in words. */
  readonly found?: string;
  readonly expected?: string;
  readonly cause?: unknown;
}

/** Thrown, or reported as {@link Skipped}, for whatever cannot be read. */
export class KernelSourceError extends Error {
  override readonly name = 'KernelSourceError';
  readonly code: KernelSourceErrorCode;
  readonly path?: string;
  readonly offset?: number;
  readonly found?: string;
  readonly expected?: string;

  constructor(code: KernelSourceErrorCode, message: string, details: KernelSourceErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.path !== undefined) this.path = details.path;
    if (details.offset !== undefined) this.offset = details.offset;
    if (details.found !== undefined) this.found = details.found;
    if (details.expected !== undefined) this.expected = details.expected;
  }
}
