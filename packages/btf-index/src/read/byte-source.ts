// Where the bytes of an index come from when it is no file of this machine: a Blob, memory, ranges of a URL
// (http-source.ts). Reading is synchronous, as questions are.

/** Bytes that can be read in any order. */
export interface ByteSource {
  /** For people: a URL, a file's name. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Exactly these bytes; what is asked for lies within `size`. */
  read(offset: number, length: number): Uint8Array;
  /** Bytes that a request brings at least where each has a price of its own; undefined where reading is free. */
  readonly step?: number | undefined;
  /** Says that reads from now on go on for so many bytes each; 0 for nothing known. */
  expect?(bytes: number): void;
  /** Bytes at the beginning that are worth one request. */
  readonly head?: number | undefined;
  /** Others, as offset and length, that are worth one request where any byte of them is read. */
  readonly extents?: readonly (readonly [offset: number, length: number])[] | undefined;
}

/** An index in memory. */
export function bytesSource(bytes: Uint8Array, name = 'bytes'): ByteSource {
  return { name, size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/** A file that someone chose, or any other Blob: read piece by piece. Only in a worker, where that is synchronous. */
export function blobSource(blob: Blob, name = (blob as { name?: string }).name ?? 'blob'): ByteSource {
  const reader = new FileReaderSync();
  return {
    name,
    size: blob.size,
    read: (offset, length) => new Uint8Array(reader.readAsArrayBuffer(blob.slice(offset, offset + length))),
    step: 1 << 16,
  };
}
