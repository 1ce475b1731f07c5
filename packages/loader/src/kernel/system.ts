// The seam between the loader and whatever answers it: an emulated kernel, a recording, or a real one behind a binding.
// The loader knows the bpf() system call and nothing else of a process: memory is handed over, not shared.

import type { Btf } from '@btfq/btf-format';

/** Bytes at an address of the caller's memory. The kernel may write to them. */
export interface UserRegion {
  /** Below 2^47, a multiple of 8. */
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** One bpf() call. */
export interface BpfCall {
  /** enum bpf_cmd. */
  readonly command: number;
  /** `union bpf_attr` as long as the caller knows it, little-endian; the kernel may write to it. */
  readonly attributes: UserRegion;
  /** Everything that the attributes point to, by ascending address; they themselves are not among it. */
  readonly memory: readonly UserRegion[];
}

/** What answers system calls. */
export interface BpfSystem {
  /** The result of the call: a file descriptor or 0, or a negative error number. */
  bpf(call: BpfCall): number;
  /** Maps an arena into the caller's memory, which the kernel has to know of; without it nothing is mapped. */
  mmap?(fd: number, length: number): void;
  /** Closes a file descriptor that `bpf` returned. */
  close(fd: number): void;
}

/** A line of /proc/kallsyms. */
export interface KernelSymbol {
  readonly address: bigint;
  /** nm's letter: `T`, `d`. */
  readonly type: string;
  readonly name: string;
}

/** A kernel, and what libbpf reads of the machine beside the system call. What is not known is left out. */
export interface LoaderKernel {
  readonly system: BpfSystem;
  /** `uname -r`. */
  readonly release: string;
  /** `uname -v`: Debian's says the real version. */
  readonly version?: string;
  /** `uname -m`: `x86_64`, `aarch64`. */
  readonly machine?: string;
  /** The first line of /proc/version_signature, which Ubuntu's kernels have. */
  readonly versionSignature?: string;
  /** /sys/kernel/btf/vmlinux; without it whatever needs types of the kernel fails as on a kernel without BTF. */
  readonly vmlinux?: Btf;
  /** The kernel's configuration, as /boot/config-RELEASE or /proc/config.gz has it. */
  readonly kconfig?: string;
  /**
   * The lines of /proc/kallsyms that have one of these names, or one of them before `.llvm.`, in order. Others among
   * them are passed over.
   */
  readonly symbols?: (names: ReadonlySet<string>) => Iterable<KernelSymbol>;
  /** How many CPUs are possible; default 1. */
  readonly possibleCpus?: number;
  /** Bytes of a page of memory; default 4096. */
  readonly pageSize?: number;
}
