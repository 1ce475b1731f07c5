// Hashes and decompression by what is built into Node.

import { createHash } from 'node:crypto';
import { inflateRawSync, zstdDecompressSync } from 'node:zlib';
import type { Codec } from './codec.ts';

export const nodeCodec: Codec = {
  sha256: (data) => new Uint8Array(createHash('sha256').update(data).digest()),
  unzstd: (data, most, dictionary) =>
    zstdDecompressSync(data, { maxOutputLength: most, ...(dictionary && { dictionary }) }),
  inflate: (data, most) => inflateRawSync(data, { maxOutputLength: most }),
};
