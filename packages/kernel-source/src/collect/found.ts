// What a collector has gathered before it is put together: kernels, modules, and what went wrong.
import type { BtfError } from '@btfq/btf-format';
import type { ByteSource } from '@btfq/dwarf';
import type { Image } from '../identify.ts';
import { releaseOfBanner } from '../identity/banner.ts';
import { releaseOfPaths } from '../identity/identity.ts';
import type { PackageMetadata } from '../identity/package.ts';
import type { KernelImage } from '../image/image.ts';
import type { KernelModule, Skipped } from '../kernel.ts';
import type { FoundTables } from './module-tables.ts';

/** One file that holds an image, a module or BTF, with the archives that it came out of. */
export interface Leaf {
  /** The file on disk, then each member inside the one before. */
  readonly paths: readonly string[];
  readonly format: Image;
  readonly bytes: Uint8Array;
  /** The file itself, where `bytes` has only the parts of it that are looked at. */
  readonly source?: ByteSource;
  readonly package?: PackageMetadata;
}

/** Where something came from, without its bytes. */
export type Origin = Omit<Leaf, 'bytes' | 'source'>;

export interface FoundKernel {
  readonly origin: Origin;
  readonly image: KernelImage;
}

export interface FoundModule {
  readonly origin: Origin;
  readonly module: KernelModule;
  /** The release that it was built for: its vermagic, or the folder that it lies in. */
  readonly release: string | undefined;
  /** By its ELF header. */
  readonly arch: string | undefined;
  /** Raw BTF, which only its place beside the kernel makes a module. */
  readonly raw: boolean;
  /** It was made over the BTF of its kernel, from debug information. */
  readonly fromDwarf?: true;
  /** What it adds to its kernel's tables, where that is asked for. */
  readonly tables?: FoundTables;
  /** Why raw BTF does not stand by itself. */
  readonly error?: BtfError;
}

/** A module with debug information, from which its BTF is made once its kernel's is there. */
export interface DebugModule {
  readonly origin: Origin;
  readonly name: string;
  readonly release: string | undefined;
  readonly arch: string | undefined;
  readonly source: ByteSource;
  /** Its own BTF, which is good where its kernel has its own too. */
  readonly own?: FoundModule;
}

export interface Problem {
  readonly origin: Pick<Origin, 'paths'>;
  readonly skipped: Skipped;
  /** A module's problem, or a configuration's, belongs to its kernel. */
  readonly module: boolean;
}

/** The release of a kernel, by its banner or its path. */
export function releaseOfKernel({ image, origin }: FoundKernel): string | undefined {
  return (image.banner && releaseOfBanner(image.banner)) ?? image.release ?? releaseOfPaths(origin.paths);
}

/** One kernel twice: with the same BTF, or once with its own and once with what debug information makes. */
export function isSameKernel(one: FoundKernel, other: FoundKernel): boolean {
  if (one.image.fromDwarf !== other.image.fromDwarf) {
    const release = releaseOfKernel(one);
    return release !== undefined && release === releaseOfKernel(other);
  }
  const { banner, btf } = one.image;
  return banner !== undefined && banner === other.image.banner && Buffer.compare(btf, other.image.btf) === 0;
}
