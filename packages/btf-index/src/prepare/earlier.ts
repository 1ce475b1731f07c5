// What a thread remembers of the kernel before: the next one of a series is hashed by what differs from it.

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
