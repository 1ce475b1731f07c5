// What reading gives: kernels with their modules, and what could not be read.

import type { Btf } from '@btfq/btf-format';
import type { ModuleTables } from '@btfq/kernel-tables';
import type { KernelConfig } from './config/kernel-config.ts';
import { KernelSourceError, type KernelSourceErrorCode } from './errors.ts';
import type { KernelIdentity } from './identity/identity.ts';

/** One kernel's BTF with all that is known of it. */
export interface Kernel {
  readonly kind: 'kernel';
  readonly identity: KernelIdentity;
  /** What determined each part of it: `distro: banner, version: banner, arch: image, release: banner`. */
  readonly identified: string;
  /** Byte for byte what `objcopy --only-section=.BTF` or `/sys/kernel/btf/vmlinux` gives. */
  readonly btf: Uint8Array;
  /** The same, parsed already: it was checked. */
  readonly parsed: Btf;
  readonly modules: readonly KernelModule[];
  /** Its configuration, from its image, its package, or a file beside it; undefined where none was found. */
  readonly config?: KernelConfig;
  /** The BTF was made from debug information. */
  readonly fromDwarf?: true;
  /** The kernel's own BTF, where one was made from debug information all the same. */
  readonly own?: Uint8Array;
  /** Debug information of modules was passed over, for nobody asked for it (`ReadOptions.modulesFromDwarf`). */
  readonly modulesPassedOver?: true;
  /** The unpacked kernel, ELF or flat, where `ReadOptions.image` asks for it and the source has one. */
  readonly image?: Uint8Array;
  /** `6.12.94`: the numbers of the release. */
  readonly kernelVersion: string;
  /** The 'Linux version ...' line, where the file has one. */
  readonly banner?: string;
  /** Its build id, hexadecimal, where the image has one, or the machine says its own. */
  readonly buildId?: string;
  /** Where it came from, outermost first: `linux-image.deb: boot/vmlinuz-6.1.0: bzImage, xz at 16777, ELF .BTF`. */
  readonly provenance: string;
  /** Modules without BTF, or with a damaged one; configurations that are not this kernel's, or damaged. */
  readonly problems: readonly Skipped[];
}

/** A module's BTF. */
export interface KernelModule {
  readonly name: string;
  /** Split over the kernel's BTF, or over `base`. Byte for byte the module's `.BTF`. */
  readonly btf: Uint8Array;
  /** `.BTF.base`, the distilled base, where the module has one. */
  readonly base?: Uint8Array;
  /** What it adds to its kernel's tables, where `ReadOptions.moduleTables` asks for it and its file has content. */
  readonly tables?: ModuleTables;
}

/** A file, or a part of one, that gave no kernel, and why. */
export interface Skipped {
  readonly kind: 'skipped';
  readonly path: string;
  readonly code: KernelSourceErrorCode;
  readonly message: string;
  /** What the bytes turned out to be. */
  readonly found?: string;
  readonly expected?: string;
}

/** What reading a job gives, one after the other: `kind` distinguishes them. */
export type KernelItem = Kernel | Skipped;

/** What the reading functions may be given. */
export interface ReadOptions {
  /** What the caller knows: it wins over what files say. */
  readonly identity?: Partial<KernelIdentity>;
  /** What a kernel is called where nothing says it; by default, a kernel without a name is skipped. */
  readonly fallback?: KernelIdentity;
  /**
   * The most that one file, member or payload may decompress to, in bytes. Unless said, 1 GiB for what is held in memory, 8 GiB
   * for an ELF file in an archive, which goes to disk, and 16 GiB for an archive, which passes through.
   */
  readonly maxBytes?: number;
  /** Whether modules are read too. True by default. */
  readonly modules?: boolean;
  /** Whether modules' own tables are read: functions, trace events, kfuncs. False by default. */
  readonly moduleTables?: boolean;
  /** Whether BTF is made of modules in a debug package, from their debug information. False by default. */
  readonly modulesFromDwarf?: boolean;
  /** Told of the bytes of files that were read, as they come. */
  readonly onBytes?: (count: number) => void;
  /** Whether the unpacked kernel is kept with its BTF: some 60 MB each. False by default. */
  readonly image?: boolean;
  /** Told of each file of a folder that is passed over, and why. */
  readonly onPassedOver?: (path: string, reason: string) => void;
  /** Whether BTF is made from a vmlinux's debug information even where it has BTF of its own. False by default. */
  readonly fromDwarf?: boolean;
  /** Stops the reading at the next member, with an error `aborted`. */
  readonly signal?: AbortSignal;
}

const GIB = 1024 * 1024 * 1024;

/** The default of `maxBytes`. */
export const DEFAULT_MAX_BYTES = GIB;

/** How much may come out of what is read. */
export interface Limits {
  /** What is held in memory. */
  readonly maxBytes: number;
  /** An ELF file, which goes to disk where it is large. */
  readonly maxElf: number;
  /** An archive, which passes through. */
  readonly maxStream: number;
}

/** The limits that `ReadOptions.maxBytes` means. */
export function limitsOf(maxBytes: number | undefined): Limits {
  return maxBytes === undefined
    ? { maxBytes: DEFAULT_MAX_BYTES, maxElf: 8 * GIB, maxStream: 16 * GIB }
    : { maxBytes, maxElf: maxBytes, maxStream: maxBytes };
}

/** An error as data, named by its path. Errors that are no {@link KernelSourceError} are defects: they pass through. */
export function skipped(path: string, error: unknown): Skipped {
  if (!(error instanceof KernelSourceError)) throw error;
  return {
    kind: 'skipped',
    path: error.path ?? path,
    code: error.code,
    message: error.message,
    ...(error.found === undefined ? {} : { found: error.found }),
    ...(error.expected === undefined ? {} : { expected: error.expected }),
  };
}

/** @throws KernelSourceError `aborted` */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new KernelSourceError('aborted', 'stopped by the caller');
}
