// What a caller may set before an object is loaded (libbpf's bpf_program__set_*, bpf_map__set_* and open options), and
// what it gets.

import type { Btf } from '@btfq/btf-format';
import type { LoaderMap, LoaderProgram } from '../object/model.ts';

/** The log that the verifier writes. */
export interface VerifierLog {
  /** Bits: 1 the instructions, 2 all states, 4 statistics. 0: only what libbpf asks for where the kernel refuses. */
  readonly level: number;
  /** Bytes of the buffer. Without one libbpf takes 16 MiB and doubles it while the kernel says ENOSPC. */
  readonly size?: number;
  /** The level of a second attempt, where the kernel refuses the program: its words cost many times what numbers do. */
  readonly levelWhereRefused?: number;
  /** The buffer itself, instead of one of that size; it may be used again and again. */
  readonly buffer?: Uint8Array;
}

/** What to change of a program. What is left out stays as the object says. */
export interface ProgramSettings {
  readonly autoload?: boolean;
  readonly type?: number;
  readonly expectedAttachType?: number;
  /** BPF_F_*. */
  readonly flags?: number;
  /** bpf_program__set_attach_target: `do_unlinkat`, `module:function`. */
  readonly attachTarget?: string;
  /** A loaded program to attach to: for `freplace`, and tracing of programs. */
  readonly attachProgramFd?: number;
  readonly log?: VerifierLog;
}

/** What to change of a map. */
export interface MapSettings {
  readonly autocreate?: boolean;
  readonly type?: number;
  readonly keySize?: number;
  readonly valueSize?: number;
  readonly maxEntries?: number;
  readonly flags?: number;
  /** Initial content of a data section, as long as it: constants of `.rodata` that a program's user sets. */
  readonly data?: Uint8Array;
  /** null: not pinned. */
  readonly pinPath?: string | null;
}

/** How to load. */
export interface LoadOptions {
  readonly programs?: (program: LoaderProgram) => ProgramSettings | undefined;
  readonly maps?: (map: LoaderMap) => MapSettings | undefined;
  /** Lines that count before the kernel's configuration (`kconfig`). */
  readonly kconfig?: string;
  /** Types for CO-RE relocations instead of the kernel's (`btf_custom_path`). */
  readonly customBtf?: Btf;
  /** For all programs. */
  readonly log?: VerifierLog;
}

/** A program that was to be loaded. */
export interface LoadedProgram {
  readonly program: LoaderProgram;
  /** 0 where the kernel took it; libbpf's error number, positive, where not. */
  readonly errno: number;
  /** -1 where it was not loaded. Gone once the result is closed. */
  readonly fd: number;
  /** Instructions as the kernel got them, of subprograms too; undefined where libbpf gave up before. */
  readonly code: Uint8Array | undefined;
  /** Which functions the code is made of, in order: index in `LoaderObject.programs`, and the first instruction of each. */
  readonly parts: readonly { readonly program: number; readonly start: number }[];
  /** The verifier's words, with libbpf's where it knows more; '' where there is no log. */
  readonly log: string;
}

/** A map that was created. */
export interface LoadedMap {
  readonly map: LoaderMap;
  readonly fd: number;
}

/** What became of an object. */
export interface LoadResult {
  /** 0, or what bpf_object__load returns, positive. */
  readonly errno: number;
  /** Those that were tried, in order; the last is the one that failed. */
  readonly programs: readonly LoadedProgram[];
  readonly maps: readonly LoadedMap[];
  /** What libbpf prints as warnings and notes, a line each. */
  readonly messages: readonly string[];
  /** Closes all descriptors. A failed load has closed them already. */
  close(): void;
}
