// What a thread remembers of the kernel before: the next one of a series is hashed by what differs from it.

import type { OneMemory } from './one-memory.ts';
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
  readonly pointerSize: number | undefined;
  /** As in PreparedKernel. */
  readonly memory?: OneMemory | undefined;
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
  const { sha256, namesBegin, bytes, header, words, starts, strings, types, pointerSize, memory } = prepared;
  return {
    sha256,
    namesBegin,
    stringBytes: bytes.subarray(header.strOff, header.strOff + header.strLen),
    words,
    starts,
    strings,
    types,
    pointerSize,
    memory,
  };
}

/** How many kernels a thread remembers: series often take turns. */
const REMEMBERED = 2;

/** What a thread remembers: the last kernel of each of the last series. */
export class EarlierKernels {
  /** By series, the last one behind. */
  private readonly last = new Map<string, EarlierKernel>();

  /** The kernel that one of this series is most likely like. */
  of(series: string): EarlierKernel | undefined {
    return this.last.get(series) ?? [...this.last.values()].at(-1);
  }

  /** Remembers a kernel; gives the memory of those that are forgotten now. */
  add(series: string, prepared: PreparedKernel): readonly OneMemory[] {
    const forgotten = [this.last.get(series)];
    this.last.delete(series);
    this.last.set(series, earlierOf(prepared));
    for (const oldest of this.last.keys()) {
      if (this.last.size <= REMEMBERED) break;
      forgotten.push(this.last.get(oldest));
      this.last.delete(oldest);
    }
    return forgotten.flatMap((one) => one?.memory ?? []);
  }
}
