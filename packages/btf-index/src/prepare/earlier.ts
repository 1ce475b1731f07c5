// What a thread remembers of the kernel before: the next one of a series is hashed by what differs from it.

import { freeArrays } from '../bytes.ts';
import type { PreparedKernel } from './prepare.ts';
import type { StringHashes } from './string-hashes.ts';
import type { StringRuns } from './string-runs.ts';
import type { TypeHashes } from './type-hashes.ts';

/** Of a BTF that was hashed, all that hashing a similar one can use. */
export interface EarlierKernel {
  readonly sha256: Uint8Array;
  readonly namesBegin: boolean;
  readonly stringBytes: Uint8Array;
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
  readonly strings: StringHashes;
  readonly types: TypeHashes;
}

/** How a kernel compares with the one that it was hashed by the differences from. */
export interface Alike {
  /** Of the other's BTF. */
  readonly sha256: Uint8Array;
  readonly strings: StringRuns;
  /**
   * Types in runs of three numbers: the number of the first one, that of its pair, and how many follow each other like this. They
   * say word by word what their pairs say, names and ids being moved; but for negative lengths: these are paired, and not the same.
   */
  readonly pairs: Int32Array;
}

/** A prepared kernel for the next one; its memory must stay in this thread, unchanged. */
export function earlierOf(prepared: PreparedKernel): EarlierKernel {
  const { sha256, namesBegin, bytes, header, words, starts, strings, types } = prepared;
  return {
    sha256,
    namesBegin,
    stringBytes: bytes.subarray(header.strOff, header.strOff + header.strLen),
    words,
    starts,
    strings,
    types,
  };
}

/** Gives the memory of an earlier kernel back, but for what the one after it has too. */
export function freeEarlier(earlier: EarlierKernel, next: EarlierKernel): void {
  const kept = new Set(arraysOf(next).map(({ buffer }) => buffer));
  freeArrays(arraysOf(earlier).filter(({ buffer }) => !kept.has(buffer)));
}

function arraysOf({ stringBytes, words, starts, strings, types }: EarlierKernel): ArrayBufferView[] {
  return [stringBytes, words, starts, ...Object.values(strings), ...Object.values(types)] as ArrayBufferView[];
}
