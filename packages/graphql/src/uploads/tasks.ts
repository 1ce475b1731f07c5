// What the server asks of a worker thread, and what comes back: plain values that can be posted.

import type { GraphqlErrorCode } from '../errors.ts';
import type { MadeBundle } from './bundles.ts';

/** A kernel filter as it arrives: words of the schema's KernelFilter. */
export interface FilterInput {
  readonly distro?: readonly string[] | null | undefined;
  readonly version?: readonly string[] | null | undefined;
  readonly arch?: readonly string[] | null | undefined;
  readonly release?: readonly string[] | null | undefined;
  readonly module?: string | null | undefined;
  readonly text?: string | null | undefined;
}

/** An uploaded object file. */
export interface ObjectFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reads an object: its programs, maps, relocations. */
export interface DescribeTask {
  readonly kind: 'describe';
  readonly object: ObjectFile;
}
/** Relocates an object against the kernels of an index. */
export interface MatrixTask {
  readonly kind: 'matrix';
  readonly index: string;
  readonly object: ObjectFile;
  readonly where: FilterInput;
}
/** Asks whether the kernels of an index load and attach an object's programs. */
export interface LoadsTask {
  readonly kind: 'loads';
  readonly index: string;
  readonly object: ObjectFile;
  readonly where: FilterInput;
  readonly how: LoadQuestion;
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
/** Makes a bundle of minimal BTFs. */
export interface BundleTask {
  readonly kind: 'bundle';
  readonly index: string;
  readonly objects: readonly ObjectFile[];
  readonly where: FilterInput;
  readonly format: string;
  readonly canonical: boolean;
}
export type WorkTask = DescribeTask | MatrixTask | LoadsTask | BundleTask;

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

/** What a task of this type gives. */
export type TaskResult<T extends WorkTask> = T extends DescribeTask
  ? ObjectDescription
  : T extends MatrixTask
    ? readonly RelocationGroup[]
    : T extends LoadsTask
      ? readonly LoadRowAnswer[]
      : T extends BundleTask
        ? MadeBundle
        : never;

/** What a thread posts back. Without a code the fault is the server's own, and is masked. */
export type WorkReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: GraphqlErrorCode | undefined; readonly message: string };
