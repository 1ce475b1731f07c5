// Opens the BTF of a file in a buffer that is used again. Otherwise each of thousands of kernels would take a new buffer of
// five megabytes, which the system has to clear and the garbage collector to free.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Btf, loadBtf } from '@btfq/btf-format';
import { KernelSourceError } from './errors.ts';

/** Buffers that wait to be used again, and how large they may be together. */
const KEPT = 4;
const KEPT_BYTES = 64 * 1024 * 1024;
/** A buffer's size is a multiple of this, so that kernels of one series fit into each other's. */
const STEP = 1024 * 1024;

/** A BTF whose memory goes to the next one when it is released. */
export interface OpenedBtf {
  readonly btf: Btf;
  /** From now on `btf`, and all bytes that came out of it, may change. Decoded types and names stay as they are. */
  release(): void;
  [Symbol.dispose](): void;
}

const waiting: Uint8Array<ArrayBuffer>[] = [];

/**
 * Opens raw BTF or an ELF file with a `.BTF` section. Reads into memory that was released before, where some is large enough.
 *
 * ```ts
 * for (const path of paths) {
 *   using opened = openBtf(path);
 *   console.log(findByName(opened.btf, 'task_struct', BtfKind.Struct));
 * }
 * ```
 *
 * @throws KernelSourceError `not-found`, `unreadable`; BtfError and ElfError as `loadBtf`
 */
export function openBtf(path: string, base?: Btf): OpenedBtf {
  const buffer = readWhole(path);
  let released = false;
  const release = () => {
    if (released) return;
    released = true;
    keep(buffer.memory);
  };
  try {
    return { btf: loadBtf(buffer.bytes, { base }), release, [Symbol.dispose]: release };
  } catch (error) {
    release();
    throw error;
  }
}

/** A file's bytes in a buffer that is as large or larger. */
function readWhole(path: string): { memory: Uint8Array<ArrayBuffer>; bytes: Uint8Array<ArrayBuffer> } {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    let memory = take(size);
    let length = 0;
    for (;;) {
      if (length === memory.length) memory = grown(memory); // a file of /sys says no size, or it grew
      const count = readSync(file, memory, length, memory.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return { memory, bytes: memory.subarray(0, length) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT';
    throw new KernelSourceError(missing ? 'not-found' : 'unreadable', missing ? 'no such file' : message, {
      path,
      cause: error,
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The smallest buffer that waits and is large enough for one byte more than `size`: the end of a file shows by it. */
function take(size: number): Uint8Array<ArrayBuffer> {
  let best = -1;
  waiting.forEach(({ length }, i) => {
    if (length > size && (best < 0 || length < (waiting[best] as Uint8Array).length)) best = i;
  });
  const [found] = best < 0 ? [] : waiting.splice(best, 1);
  return found ?? new Uint8Array(Math.ceil((size + 1) / STEP) * STEP);
}

function grown(memory: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(memory.length * 2);
  larger.set(memory);
  return larger;
}

function keep(memory: Uint8Array<ArrayBuffer>): void {
  waiting.push(memory);
  while (waiting.length > KEPT || waiting.reduce((sum, { length }) => sum + length, 0) > KEPT_BYTES) waiting.shift();
}
