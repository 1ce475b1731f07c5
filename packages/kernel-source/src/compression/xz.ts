// xz and lzma through @napi-rs/lzma, with the two things that it leaves to its caller: a limit on the output, and the end
// of a stream that has other data behind it. https://tukaani.org/xz/xz-file-format.txt

import { crc32 } from 'node:zlib';
import { type Chunks, joinBytes, tooLarge } from '../io/byte-stream.ts';
import { KernelSourceError } from '../errors.ts';
import { WebSource } from '../web-source.ts';

/** LZMA makes at most about 7,000 bytes of one: 273 bytes for a third of a bit. */
const MAX_RATIO = 7200;
const STREAM_HEADER = 12;
const STREAM_FOOTER = 12;

export type LzmaFormat = 'xz' | 'lzma';

/** Loaded on first use: a command that meets no xz does not pay for the native library. */
function library(format: LzmaFormat) {
  return format === 'xz' ? import('@napi-rs/lzma/xz') : import('@napi-rs/lzma/lzma');
}

/** Decompresses xz (all its filters) or lzma. @throws KernelSourceError `bad-compression`, `too-large` */
export async function decompressLzma(format: LzmaFormat, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  // Small data cannot pass the limit: the one call without a decoder thread is the quickest.
  if (bytes.length * MAX_RATIO <= maxBytes) {
    const { decompressSync } = await library(format);
    try {
      return decompressSync(bytes);
    } catch (error) {
      throw damaged(format, error);
    }
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of decompressLzmaStream(format, [bytes], maxBytes)) {
    parts.push(chunk);
    length += chunk.length;
  }
  return joinBytes(parts, length);
}

/** The same for data that comes in chunks. */
export async function* decompressLzmaStream(
  format: LzmaFormat,
  chunks: Chunks,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const { decompressStream } = await library(format);
  const source = new WebSource(chunks);
  // The library's streams hold a bounded amount; its decoder classes take all input first, and give all output at the end.
  const output = decompressStream(source.stream()) as AsyncIterable<Uint8Array>;
  let length = 0;
  try {
    for await (const part of output) {
      length += part.length;
      if (length > maxBytes) throw tooLarge(`${format} data`, maxBytes);
      yield part;
    }
  } catch (error) {
    if (source.error !== undefined) throw source.error;
    throw error instanceof KernelSourceError ? error : damaged(format, error);
  }
}

/**
 * The length of the xz stream at the start of `bytes`, found by its footer, for streams that have other data behind them;
 * undefined if there is no footer.
 */
export function xzStreamLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < STREAM_HEADER + STREAM_FOOTER) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf('YZ', STREAM_HEADER); at >= 0; at = buffer.indexOf('YZ', at + 1)) {
    // The footer: CRC32 of the next six bytes, backward size, the flags of the header again, 'YZ'. All is 4-aligned.
    if (at % 4 !== 2 || at < STREAM_HEADER + 10) continue;
    const footer = at - 10;
    if (buffer[at - 2] !== buffer[6] || buffer[at - 1] !== buffer[7]) continue;
    if (crc32(buffer.subarray(footer + 4, at)) !== buffer.readUInt32LE(footer)) continue;
    const indexSize = (buffer.readUInt32LE(footer + 4) + 1) * 4;
    if (footer - indexSize >= STREAM_HEADER && buffer[footer - indexSize] === 0) return at + 2;
  }
  return undefined;
}

function damaged(format: LzmaFormat, cause: unknown): KernelSourceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const cut = /fill whole buffer|unexpected end/i.test(reason);
  return new KernelSourceError(
    'bad-compression',
    cut ? `${format} data is cut off` : `damaged ${format} data: ${reason}`,
    {
      cause,
    },
  );
}
