// Where the bytes of a file come from: a reader of ranges, so that a vmlinux of 600 MB is never in memory as a whole.

/** A file that is read in pieces. */
export interface ByteSource {
  /** Bytes in the file. */
  readonly size: number;
  /**
   * The bytes `[offset, offset + length)`, which the caller keeps inside of the file. They are never written to, and no
   * later call may change them, unless it is given the same `into`: a buffer of at least `length` bytes to read into.
   */
  read(offset: number, length: number, into?: Uint8Array): Uint8Array;
}

/** A source over bytes that are in memory already. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
