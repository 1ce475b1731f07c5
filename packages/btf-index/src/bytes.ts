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
