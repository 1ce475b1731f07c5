// What a thread remembers of the kernel before: the next one of a series is hashed by what differs from it.

import { freeArrays } from '../bytes.ts';
import type { PreparedKernel } from './prepare.ts';
import type { StringHashes } from './string-hashes.ts';
import type { TypeHashes } from './type-hashes.ts';

/** Of a BTF that was hashed, all that hashing a similar one can use. */
export interface EarlierKernel {
  readonly stringBytes: Uint8Array;
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
  readonly strings: StringHashes;
  readonly types: TypeHashes;
}

/** A prepared kernel for the next one; its memory must stay in this thread, unchanged. */
export function earlierOf(prepared: PreparedKernel): EarlierKernel {
  const { bytes, header, words, starts, strings, types } = prepared;
  return { stringBytes: bytes.subarray(header.strOff, header.strOff + header.strLen), words, starts, strings, types };
}

/** Gives the memory of an earlier kernel back, but for what the one after it has too. */
export function freeEarlier(earlier: EarlierKernel, next: EarlierKernel): void {
  const kept = new Set(arraysOf(next).map(({ buffer }) => buffer));
  freeArrays(arraysOf(earlier).filter(({ buffer }) => !kept.has(buffer)));
}

function arraysOf({ stringBytes, words, starts, strings, types }: EarlierKernel): ArrayBufferView[] {
  return [stringBytes, words, starts, ...Object.values(strings), ...Object.values(types)] as ArrayBufferView[];
}
