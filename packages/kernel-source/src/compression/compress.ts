// Whole buffers into gzip and xz, the same bytes for the same input: no times, no names, no mark of the machine.

import { gzipSync } from 'node:zlib';
import { decompress } from './decompress.ts';
import { identifyCompression } from '../identify.ts';
import { DEFAULT_MAX_BYTES } from '../kernel.ts';

/** Compressors for archives that must come out the same every time. */
export interface Compressors {
  readonly gzip: (bytes: Uint8Array) => Uint8Array;
  readonly xz: (bytes: Uint8Array) => Uint8Array;
}

/** Where in a gzip header zlib writes the operating system that it was compiled for. */
const GZIP_OS = 9;
const GZIP_UNIX = 3;

/** Loads what it takes: xz comes from a native library. With one version of Node and that library, output never changes. */
export async function reproducibleCompressors(): Promise<Compressors> {
  const { compressSync } = await import('@napi-rs/lzma/xz');
  return {
    gzip: (bytes) => {
      const out = gzipSync(bytes, { level: 9 });
      out[GZIP_OS] = GZIP_UNIX;
      return out;
    },
    xz: (bytes) => compressSync(bytes),
  };
}

/**
 * What compressed bytes hold, by their own first bytes; others come back as they are. @throws KernelSourceError
 * `bad-compression`, `too-large`
 */
export async function decompressed(bytes: Uint8Array, maxBytes = DEFAULT_MAX_BYTES): Promise<Uint8Array> {
  const format = identifyCompression(bytes);
  return format === undefined ? bytes : decompress(format, bytes, maxBytes);
}
