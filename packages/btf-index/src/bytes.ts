// What Node's Buffer does, without Buffer.

const decoder = new TextDecoder();

/** Bytes as UTF-8. */
export function textOfBytes(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const encoder = new TextEncoder();

/** Text as UTF-8. */
export function bytesOfText(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Gives the memory of arrays that nobody looks at any more back at once: each kernel needs some of ten megabytes, which the
 * collector finds only after a while. Their other views have length 0 from now on. Before Node 21 it is left to the collector.
 */
export function freeArrays(arrays: Iterable<ArrayBufferView>): void {
  for (const { buffer } of arrays) {
    const one = buffer as ArrayBuffer & { transfer?: (length: number) => ArrayBuffer };
    if (one.byteLength > 0) one.transfer?.(0);
  }
}

/** Buffers that wait to be used again, the newest last. Each thread has its own. */
const waiting: ArrayBuffer[] = [];
const MOST_WAITING = 24;
const BUFFER_STEP = 64 * 1024;

/**
 * Memory for an array, whatever it holds: from what was given back, if something fits. Each kernel needs some ten megabytes, and the
 * collector runs the sooner the more is allocated.
 */
function takeBuffer(size: number): ArrayBuffer {
  if (size < BUFFER_STEP) return new ArrayBuffer(size);
  let best = -1;
  for (let i = 0; i < waiting.length; i++) {
    const { byteLength } = waiting[i]!;
    if (byteLength >= size && byteLength <= size * 2 + BUFFER_STEP) {
      if (best < 0 || byteLength < waiting[best]!.byteLength) best = i;
    }
  }
  if (best >= 0) return waiting.splice(best, 1)[0]!;
  return new ArrayBuffer(Math.ceil(size / BUFFER_STEP) * BUFFER_STEP);
}

/** An array whose elements are to be written all. */
export function takeInt32(length: number): Int32Array {
  return new Int32Array(takeBuffer(length * 4), 0, length);
}

/** As `takeInt32`. */
export function takeUint32(length: number): Uint32Array {
  return new Uint32Array(takeBuffer(length * 4), 0, length);
}

/** As `takeInt32`. */
export function takeFloat64(length: number): Float64Array {
  return new Float64Array(takeBuffer(length * 8), 0, length);
}

/** Gives arrays that were taken back: nobody may look at them any more. */
export function giveBack(arrays: Iterable<ArrayBufferView>): void {
  for (const { buffer } of arrays) {
    if (!(buffer instanceof ArrayBuffer)) continue; // shared with other threads
    const one = buffer;
    if (one.byteLength > 0 && one.byteLength % BUFFER_STEP === 0 && !waiting.includes(one)) waiting.push(one);
  }
  while (waiting.length > MOST_WAITING) waiting.shift();
}
