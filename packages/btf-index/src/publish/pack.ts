// How blobs of a published file are packed.

import { constants as zlib, zstdCompressSync } from 'node:zlib';

/** Of most blobs. */
const LEVEL = 15;
/** Of what readers from afar read whole. */
export const BEST_LEVEL = 19;

export function pack(bytes: Uint8Array, level = LEVEL): Uint8Array {
  return new Uint8Array(zstdCompressSync(bytes, { params: { [zlib.ZSTD_c_compressionLevel]: level } }));
}
