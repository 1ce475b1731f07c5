// What reading needs besides SQL: hashes and decompression. Node has them built in (node-codec.ts); elsewhere small
// libraries do the same (web-codec.ts). Who opens an index gives one or the other.

/** Synchronous; all throw where the data is damaged or larger than allowed. */
export interface Codec {
  /** SHA-256 of bytes, or of text as UTF-8. */
  sha256(data: Uint8Array | string): Uint8Array;
  /** Unpacks one zstd frame of at most `most` bytes; `dictionary` is raw content, as if it stood before. */
  unzstd(data: Uint8Array, most: number, dictionary?: Uint8Array | undefined): Uint8Array;
  /** Unpacks raw deflate of at most `most` bytes. */
  inflate(data: Uint8Array, most: number): Uint8Array;
}
