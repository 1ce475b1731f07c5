// A prepared kernel in one piece of memory, which goes from thread to thread and comes back for the next kernel: the ten
// megabytes of each would else be allocated in one thread and freed in another, and the system's allocator keeps what it
// cannot join.

import type { PreparedKernel } from './prepare.ts';

/** Sizes are multiples of this, so that kernels of one series fit into each other's memory. */
const STEP = 1024 * 1024;

/** Copies the arrays of a kernel (not those of its modules) into one buffer: one of `memory` that is large enough, which is taken out, or a new one. */
export function inOneMemory(prepared: PreparedKernel, memory: ArrayBuffer[]): PreparedKernel {
  const { bytes, words, starts, strings, types } = prepared;
  const inPlace = words.buffer === bytes.buffer;
  const parts = [
    bytes,
    ...(inPlace ? [] : [words]),
    starts,
    strings.starts,
    strings.lo,
    strings.hi,
    types.lo,
    types.hi,
    types.discriminators,
    types.sizes,
  ];
  const size = parts.reduce((sum, { byteLength }) => sum + aligned(byteLength), 0);
  const found = memory.findIndex(({ byteLength }) => byteLength >= size);
  const [buffer = new ArrayBuffer(Math.ceil(size / STEP) * STEP)] = found < 0 ? [] : memory.splice(found, 1);
  let at = 0;
  const placed = <T extends Uint8Array | Uint32Array | Int32Array | Float64Array>(
    array: T,
    make: new (buffer: ArrayBuffer, offset: number, length: number) => T,
  ): T => {
    const copy = new make(buffer, at, array.length);
    copy.set(array);
    at += aligned(array.byteLength);
    return copy;
  };
  const copied = placed(bytes, Uint8Array);
  return {
    ...prepared,
    memory: buffer,
    bytes: copied,
    words: inPlace
      ? new Uint32Array(buffer, words.byteOffset - bytes.byteOffset, words.length)
      : placed(words, Uint32Array),
    starts: placed(starts, Uint32Array),
    strings: {
      starts: placed(strings.starts, Uint32Array),
      lo: placed(strings.lo, Int32Array),
      hi: placed(strings.hi, Int32Array),
    },
    types: {
      lo: placed(types.lo, Int32Array),
      hi: placed(types.hi, Int32Array),
      discriminators: placed(types.discriminators, Int32Array),
      sizes: placed(types.sizes, Float64Array),
    },
  };
}

function aligned(size: number): number {
  return (size + 7) & ~7;
}
