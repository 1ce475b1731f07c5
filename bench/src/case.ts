// A case: one thing that is measured, with what it needs from outside.

import type { Row } from './result.ts';

/** What every case gets. */
export interface BenchContext {
  /** Raw BTF files of kernels, the newest x86_64 one first. */
  readonly kernels: readonly string[];
  /** BPF objects. */
  readonly objects: readonly string[];
  /** Finds a reference program; undefined where it is missing. */
  reference(name: 'bpftool' | 'dedup' | 'open-find' | 'pahole'): string | undefined;
  /** Kernels with debug information, unpacked. */
  readonly vmlinux: readonly string[];
  /** Images of kernels whose verifiers are run. */
  readonly images: readonly string[];
  /** Debug packages (.deb, compressed with xz). */
  readonly debugPackages: readonly string[];
  /** An index whose views are asked; undefined: one of simulated kernels. */
  readonly index: string | undefined;
  /** How often each thing is measured. */
  readonly rounds: number;
  /** Only that everything works: small inputs, one round. */
  readonly smoke: boolean;
  /** Kernels in the simulated archive. */
  readonly simulated: number;
  readonly seed: number;
  /** A folder with the executables of a release. */
  readonly executables: string;
  /** A folder for temporary files, removed at the end. */
  readonly scratch: string;
  note(line: string): void;
}

export interface Case {
  readonly name: string;
  readonly about: string;
  run(context: BenchContext): Promise<readonly Row[]>;
}

/** Why a column is empty. */
export function missing(tool: string): string {
  return `${tool} is missing: give its folder with --reference`;
}
