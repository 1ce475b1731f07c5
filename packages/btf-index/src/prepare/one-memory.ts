// A prepared kernel in one piece of memory that threads share: the one that prepared it remembers it to hash the next kernel by what
// differs, the one that writes makes deltas from it, and none has a copy. The ten megabytes of each kernel would else be
// allocated in one thread and freed in another, and the system's allocator keeps what it cannot join.

import { freeArrays, giveBack } from '../bytes.ts';
import type { PreparedKernel } from './prepare.ts';
import { typeMemory } from './type-memory.ts';

/** Sizes are multiples of this, so that kernels fit into the memory of others that are a little smaller. What is not written to takes no room. */
const STEP = 4 * 1024 * 1024;
/** How much memory waits to be used again: as much as the two threads ever hold, for what is left to the collector stays for long. */
const KEPT = 12;

/** Memory of one kernel. */
export interface OneMemory {
  readonly buffer: SharedArrayBuffer;
  /** Tells it from other memory of the same `MemorySlots`: in each thread the buffer is another object. */
  readonly slot: number;
}

/**
 * The memory that one thread prepares kernels in. Each piece is held twice: here, until the kernel is forgotten, and by the thread that
 * gets the kernel, until that gives it back. Then it is used again.
 */
export class MemorySlots {
  private slots = 0;
  /** Pieces that are held here. */
  private readonly remembered = new Set<number>();
  /** Pieces that came back and are still held here; no others, so that what never comes back is left to the collector. */
  private readonly back = new Map<number, OneMemory>();
  private free: OneMemory[] = [];

  take(size: number): OneMemory {
    const found = this.free.findIndex(({ buffer }) => buffer.byteLength >= size);
    const memory =
      found >= 0
        ? this.free.splice(found, 1)[0]!
        : { buffer: new SharedArrayBuffer(Math.ceil(size / STEP) * STEP), slot: this.slots++ };
    this.remembered.add(memory.slot);
    return memory;
  }

  /** The other thread does not look at it any more. */
  giveBack(memory: OneMemory): void {
    if (this.remembered.has(memory.slot)) this.back.set(memory.slot, memory);
    else this.reuse(memory);
  }

  /** This thread does not look at it any more. */
  forget({ slot }: OneMemory): void {
    this.remembered.delete(slot);
    const memory = this.back.get(slot);
    this.back.delete(slot);
    if (memory !== undefined) this.reuse(memory);
  }

  private reuse(memory: OneMemory): void {
    this.free.push(memory);
    this.free = this.free.slice(-KEPT);
  }
}

/** Copies the arrays of a kernel (not those of its modules) into one piece of memory. */
export function inOneMemory(prepared: PreparedKernel, slots: MemorySlots): PreparedKernel {
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
  const memory = slots.take(parts.reduce((sum, { byteLength }) => sum + aligned(byteLength), 0));
  const { buffer } = memory;
  let at = 0;
  const placed = <T extends Uint8Array | Uint32Array | Int32Array | Float64Array>(
    array: T,
    make: new (buffer: SharedArrayBuffer, offset: number, length: number) => T,
  ): T => {
    const copy = new make(buffer, at, array.length);
    copy.set(array);
    at += aligned(array.byteLength);
    return copy;
  };
  const copied = placed(bytes, Uint8Array);
  const kernel: PreparedKernel = {
    ...prepared,
    memory,
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
  typeMemory()?.moved(prepared, kernel); // the next one is compared with it where it lies
  return kernel;
}

/** Gives back the memory of arrays that were copied: nobody may look at them any more. */
export function forgetArrays({ bytes, words, starts, strings, types }: PreparedKernel): void {
  giveBack([...Object.values(strings), ...Object.values(types)] as ArrayBufferView[]);
  freeArrays([bytes, words, starts]);
}

function aligned(size: number): number {
  return (size + 7) & ~7;
}
