// How blobs of a published file are packed.

import { constants as zlib, zstdCompressSync } from 'node:zlib';

/** Of most blobs, and of the many small ones for which a higher level costs more than it gives. */
const LEVEL = 15;
export const SMALL_LEVEL = 6;
/** Of one blob that every reader of a kind reads whole. */
export const BEST_LEVEL = 19;

export function pack(bytes: Uint8Array, level = LEVEL): Uint8Array {
  return new Uint8Array(zstdCompressSync(bytes, { params: { [zlib.ZSTD_c_compressionLevel]: level } }));
}
