// What a thread remembers of the kernel before: the next one of a series is hashed by what differs from it.

import { freeArrays, giveBack } from '../bytes.ts';
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
  const { sha256, namesBegin, bytes, header, words, starts, strings, types, pointerSize } = prepared;
  return {
    sha256,
    namesBegin,
    stringBytes: bytes.subarray(header.strOff, header.strOff + header.strLen),
    words,
    starts,
    strings,
    types,
    pointerSize,
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

  /** Remembers a kernel. With `free`, the memory of what is forgotten is given back: nobody else has it. */
  add(series: string, prepared: PreparedKernel, free: boolean): void {
    const kernel = earlierOf(prepared);
    const forgotten = [this.last.get(series)];
    this.last.delete(series);
    this.last.set(series, kernel);
    for (const oldest of this.last.keys()) {
      if (this.last.size <= REMEMBERED) break;
      forgotten.push(this.last.get(oldest));
      this.last.delete(oldest);
    }
    if (!free) return;
    const kept = new Set([...this.last.values()].flatMap(arraysOf).map(({ buffer }) => buffer));
    const unused = (arrays: readonly ArrayBufferView[]) => arrays.filter(({ buffer }) => !kept.has(buffer));
    for (const one of forgotten) {
      if (one === undefined) continue;
      giveBack(unused([...Object.values(one.strings), ...Object.values(one.types)] as ArrayBufferView[]));
      freeArrays(unused([one.stringBytes, one.words, one.starts]));
    }
  }
}

function arraysOf({ stringBytes, words, starts, strings, types }: EarlierKernel): ArrayBufferView[] {
  return [stringBytes, words, starts, ...Object.values(strings), ...Object.values(types)] as ArrayBufferView[];
}
