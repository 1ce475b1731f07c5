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

const MEGABYTE = 1024 * 1024;

/** A prepared kernel as it is; it must stay in this thread, unchanged. */
export function earlierOf(prepared: PreparedKernel): EarlierKernel {
  const { bytes, header, words, starts, strings, types } = prepared;
  return { stringBytes: bytes.subarray(header.strOff, header.strOff + header.strLen), words, starts, strings, types };
}

/** Keeps a copy of one kernel, in memory that the copy of the next one takes: what was prepared goes to another thread. */
export class EarlierCopy {
  private memory = new ArrayBuffer(0);
  private copy: EarlierKernel | undefined;

  get kernel(): EarlierKernel | undefined {
    return this.copy;
  }

  keep(prepared: PreparedKernel): void {
    const { stringBytes, words, starts, strings, types } = earlierOf(prepared);
    const arrays = [
      types.sizes,
      words,
      starts,
      strings.starts,
      strings.lo,
      strings.hi,
      types.lo,
      types.hi,
      types.discriminators,
      stringBytes,
    ];
    const size = arrays.reduce((sum, { byteLength }) => sum + byteLength + 8, 0);
    if (this.memory.byteLength < size) this.memory = new ArrayBuffer(Math.ceil(size / MEGABYTE + 1) * MEGABYTE);
    let at = 0;
    const copy = <T extends Uint8Array | Uint32Array | Int32Array | Float64Array>(
      array: T,
      make: new (buffer: ArrayBuffer, offset: number, length: number) => T,
    ): T => {
      const made = new make(this.memory, at, array.length);
      made.set(array);
      at = (at + array.byteLength + 7) & ~7;
      return made;
    };
    const sizes = copy(types.sizes, Float64Array);
    this.copy = {
      words: copy(words, Uint32Array),
      starts: copy(starts, Uint32Array),
      strings: {
        starts: copy(strings.starts, Uint32Array),
        lo: copy(strings.lo, Int32Array),
        hi: copy(strings.hi, Int32Array),
      },
      types: {
        lo: copy(types.lo, Int32Array),
        hi: copy(types.hi, Int32Array),
        sizes,
        discriminators: copy(types.discriminators, Int32Array),
      },
      stringBytes: copy(stringBytes, Uint8Array),
    };
  }
}
