// What is asked about uploaded objects, and what comes back: plain values that can be posted.

/** An uploaded object file. */
export interface ObjectFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How an object is loaded, in the words of `btfq loads`. */
export interface LoadQuestion {
  readonly loader: string;
  /** `NAME=VALUE` each, as `attach` and `maxEntries`. */
  readonly set: readonly string[];
  readonly attach: readonly string[];
  readonly skip: readonly string[];
  readonly maxEntries: readonly string[];
  readonly all: boolean;
}

export interface RelocationDescription {
  readonly index: number;
  readonly program: string | null;
  readonly section: string;
  /** In bytes. */
  readonly insnOff: number;
  readonly kind: string;
  readonly spec: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}
export interface ObjectDescription {
  readonly name: string;
  readonly sha256: string;
  readonly license: string | null;
  readonly littleEndian: boolean;
  readonly programs: readonly { readonly name: string; readonly section: string; readonly instructions: number }[];
  readonly maps: readonly MapDescription[];
  readonly relocations: readonly RelocationDescription[];
}
export interface MapDescription {
  readonly name: string;
  readonly type: string | null;
  readonly keySize: number | null;
  readonly valueSize: number | null;
  readonly maxEntries: number | null;
}

export type RelocationOutcomeWord = 'APPLIED' | 'POISONED' | 'FAILED';

/** Kernels with the same outcome of every relocation. `results[i]` belongs to relocation i. */
export interface RelocationGroup {
  readonly kernelIds: readonly number[];
  readonly results: readonly {
    readonly outcome: RelocationOutcomeWord;
    readonly value: bigint | null;
    readonly reason: string | null;
  }[];
}

/** Kernels that answer alike whether they load and attach an object's programs. */
export interface LoadRowAnswer {
  readonly kernelIds: readonly number[];
  readonly programs: readonly ProgramLoadAnswer[];
}
/** One program's answer; `undefined` is written as null, for threads and GraphQL alike. */
export interface ProgramLoadAnswer {
  readonly program: string;
  readonly section: string;
  readonly verdict: string;
  readonly reasons: readonly LoadReasonAnswer[];
  readonly attach: { readonly verdict: string; readonly reasons: readonly LoadReasonAnswer[] };
}
export interface LoadReasonAnswer {
  readonly code: string;
  readonly message: string;
  readonly verdict: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly needed: string;
  readonly found: string | null;
  readonly evidence: string;
  readonly wholeObject: boolean;
  readonly loaders: readonly string[];
}
