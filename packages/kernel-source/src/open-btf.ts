// Opens the BTF of a file in memory that is used again, and that is the pass's own (`BtfMemory`). Otherwise each of thousands of
// kernels would take a new buffer of five megabytes, which the system has to clear and the garbage collector to free.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Btf, BtfMemory, loadBtf } from '@btfq/btf-format';
import { KernelSourceError } from './errors.ts';

/** Buffers that wait to be used again, and how large they may be together. */
const KEPT = 4;
const KEPT_BYTES = 64 * 1024 * 1024;
/** A buffer's size is a multiple of this, so that kernels of one series fit into each other's. */
const STEP = 1024 * 1024;
/** Each memory of wasm takes gigabytes of address space, so a caller that holds many BTFs at once gets the others in ordinary buffers. */
const MOST_HELD = 16;

/** A BTF whose memory goes to the next one when it is released. */
export interface OpenedBtf {
  readonly btf: Btf;
  /** From now on `btf`, and all bytes that came out of it, may change. Decoded types and names stay as they are. */
  release(): void;
  [Symbol.dispose](): void;
}

type Memory = Pick<BtfMemory, 'bytes' | 'reset'>;

const waiting: Memory[] = [];
let held = 0;

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
  const { memory, bytes } = readWhole(path);
  let released = false;
  held++;
  const release = () => {
    if (released) return;
    released = true;
    held--;
    keep(memory);
  };
  try {
    return { btf: loadBtf(bytes, { base }), release, [Symbol.dispose]: release };
  } catch (error) {
    release();
    throw error;
  }
}

/** A file's bytes in a buffer that is as large or larger. */
function readWhole(path: string): { memory: Memory; bytes: Uint8Array<ArrayBuffer> } {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    let memory = take(size);
    let length = 0;
    for (;;) {
      if (length === memory.bytes.length) memory = grown(memory); // a file of /sys says no size, or it grew
      const count = readSync(file, memory.bytes, length, memory.bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return { memory, bytes: memory.bytes.subarray(0, length) };
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

/** The smallest memory that waits and is large enough for one byte more than `size`: the end of a file shows by it. */
function take(size: number): Memory {
  let best = -1;
  waiting.forEach(({ bytes }, i) => {
    if (bytes.length > size && (best < 0 || bytes.length < waiting[best]!.bytes.length)) best = i;
  });
  const [found] = best < 0 ? [] : waiting.splice(best, 1);
  found?.reset();
  return found ?? allocate(Math.ceil((size + 1) / STEP) * STEP);
}

function allocate(size: number): Memory {
  return held < MOST_HELD ? new BtfMemory(size) : { bytes: new Uint8Array(size), reset() {} };
}

function grown(memory: Memory): Memory {
  const larger = allocate(memory.bytes.length * 2);
  larger.bytes.set(memory.bytes);
  return larger;
}

function keep(memory: Memory): void {
  waiting.push(memory);
  while (waiting.length > KEPT || waiting.reduce((sum, { bytes }) => sum + bytes.length, 0) > KEPT_BYTES)
    waiting.shift();
}
