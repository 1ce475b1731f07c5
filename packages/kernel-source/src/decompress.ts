// Every compression that kernels come in, in one table.

import { pipeline, Readable } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { type Chunks, readAll, tooLarge } from './byte-stream.ts';
import { decompressBzip2 } from './bzip2.ts';
import { KernelSourceError } from './errors.ts';
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
  /** For those that refuse other data behind theirs: where theirs ends. */
  readonly length?: (bytes: Uint8Array) => number | undefined;
}

const CODECS: Readonly<Record<Compression, Codec>> = {
  gzip: { bytes: gunzip, stream: gunzipStream },
  zstd: { bytes: decompressZstd, stream: decompressZstdStream },
  xz: {
    bytes: (bytes, maxBytes) => decompressLzma('xz', bytes, maxBytes),
    stream: (chunks, maxBytes) => decompressLzmaStream('xz', chunks, maxBytes),
    length: xzStreamLength,
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
  return CODECS[format].bytes(bytes, maxBytes);
}

/** Decompresses data that has something else behind it, as payloads of boot images do. */
export async function decompressPrefix(format: Compression, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const codec = CODECS[format];
  const length = codec.length?.(bytes);
  return codec.bytes(length === undefined ? bytes : bytes.subarray(0, length), maxBytes);
}

/** Decompresses chunks as they come. @throws KernelSourceError while it is read */
export async function* decompressStream(
  format: Compression,
  chunks: Chunks,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const codec = CODECS[format];
  if (codec.stream) yield* codec.stream(chunks, maxBytes);
  else yield await codec.bytes(await readAll(chunks, maxBytes, `${format} data`), maxBytes);
}

function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw gzipError(error, maxBytes);
  }
}

async function* gunzipStream(chunks: Chunks, maxBytes: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  try {
    const output = pipeline(Readable.from(chunks), createGunzip({ chunkSize: 65_536 }), () => {});
    for await (const part of output as AsyncIterable<Uint8Array>) {
      length += part.length;
      if (length > maxBytes) throw tooLarge('gzip data', maxBytes);
      yield part;
    }
  } catch (error) {
    throw gzipError(error, maxBytes);
  }
}

function gzipError(error: unknown, maxBytes: number): KernelSourceError {
  if (error instanceof KernelSourceError) return error;
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge('gzip data', maxBytes);
  const reason = error instanceof Error ? error.message : String(error);
  return new KernelSourceError('bad-compression', `damaged gzip data: ${reason}`, { cause: error });
}
