// Every compression that kernels come in, in one table.

import { type Chunks, plainBytes, readAll } from '../io/byte-stream.ts';
import { decompressBzip2 } from './bzip2.ts';
import { gunzip, gunzipFirst, gunzipStream } from './gzip.ts';
import { decompressLz4 } from './lz4.ts';
import { decompressLzop } from './lzo.ts';
import { decompressLzma, decompressLzmaStream, xzStreamLength } from './xz.ts';
import { decompressZstd, decompressZstdStream } from './zstd.ts';

/** The compressions, by the name of their usual tool. */
export type Compression = 'gzip' | 'zstd' | 'xz' | 'lzma' | 'bzip2' | 'lz4' | 'lzo';

/** What a compression can do. */
interface Codec {
  /** Whole data in, whole data out. */
  readonly bytes: (bytes: Uint8Array, maxBytes: number) => Uint8Array | Promise<Uint8Array>;
  /** Chunk by chunk; where it is missing, the compressed data is gathered first. */
  readonly stream?: (chunks: Chunks, maxBytes: number) => AsyncGenerator<Uint8Array>;
  /** The same for data with something else behind it, for those that otherwise refuse that. */
  readonly prefix?: (bytes: Uint8Array, maxBytes: number) => Uint8Array | Promise<Uint8Array>;
}

const CODECS: Readonly<Record<Compression, Codec>> = {
  gzip: { bytes: gunzip, stream: gunzipStream, prefix: gunzipFirst },
  zstd: { bytes: decompressZstd, stream: decompressZstdStream },
  xz: {
    bytes: (bytes, maxBytes) => decompressLzma('xz', bytes, maxBytes),
    stream: (chunks, maxBytes) => decompressLzmaStream('xz', chunks, maxBytes),
    prefix: (bytes, maxBytes) => decompressLzma('xz', bytes.subarray(0, xzStreamLength(bytes)), maxBytes),
  },
  lzma: {
    bytes: (bytes, maxBytes) => decompressLzma('lzma', bytes, maxBytes),
    stream: (chunks, maxBytes) => decompressLzmaStream('lzma', chunks, maxBytes),
  },
  bzip2: { bytes: decompressBzip2 },
  lz4: { bytes: decompressLz4 },
  lzo: { bytes: decompressLzop },
};

/**
 * Decompresses whole data.
 *
 * @throws KernelSourceError `bad-compression`; `too-large` as soon as more than `maxBytes` came out
 */
export async function decompress(format: Compression, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  return plainBytes(await CODECS[format].bytes(bytes, maxBytes));
}

/** Decompresses data that has something else behind it, as payloads of boot images do. */
export async function decompressPrefix(format: Compression, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const { bytes: whole, prefix = whole } = CODECS[format];
  return plainBytes(await prefix(bytes, maxBytes));
}

/**
 * Decompresses chunks as they come. `maxStream`: the limit for what is never held as a whole.
 *
 * @throws KernelSourceError while it is read
 */
export async function* decompressStream(
  format: Compression,
  chunks: Chunks,
  maxBytes: number,
  maxStream = maxBytes,
): AsyncGenerator<Uint8Array> {
  const codec = CODECS[format];
  if (codec.stream) yield* codec.stream(chunks, maxStream);
  else yield await codec.bytes(await readAll(chunks, maxBytes, `${format} data`), maxBytes);
}
