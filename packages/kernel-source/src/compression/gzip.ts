// gzip through node:zlib. RFC 1952

import { pipeline, Readable } from 'node:stream';
import { crc32, createGunzip, gunzipSync, inflateRawSync } from 'node:zlib';
import { type Chunks, tooLarge } from '../io/byte-stream.ts';
import { KernelSourceError } from '../errors.ts';

const HEADER_SIZE = 10;
const TRAILER_SIZE = 8;
const Flag = { HeaderCrc: 2, Extra: 4, Name: 8, Comment: 16 } as const;

/** Decompresses every gzip member; nothing else may follow them. @throws KernelSourceError */
export function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw gzipError(error, maxBytes);
  }
}

/** Decompresses the first member, whatever follows it: Node's gunzip refuses that. @throws KernelSourceError */
export function gunzipFirst(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    const at = headerLength(bytes);
    const result = inflateRawSync(bytes.subarray(at), { maxOutputLength: maxBytes, info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    const trailer = bytes.subarray(at + result.engine.bytesWritten).subarray(0, TRAILER_SIZE);
    const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
    if (trailer.length < TRAILER_SIZE) throw new Error('unexpected end of file');
    if (view.getUint32(0, true) !== crc32(result.buffer)) throw new Error('incorrect data check');
    return result.buffer;
  } catch (error) {
    throw gzipError(error, maxBytes);
  }
}

/** The same as {@link gunzip} for data that comes in chunks. */
export async function* gunzipStream(chunks: Chunks, maxBytes: number): AsyncGenerator<Uint8Array> {
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

/** The bytes before the deflate data. */
function headerLength(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0;
  let at = HEADER_SIZE;
  if (flags & Flag.Extra) at += 2 + (bytes[at] ?? 0) + ((bytes[at + 1] ?? 0) << 8);
  for (const field of [Flag.Name, Flag.Comment]) {
    if (flags & field) at = bytes.indexOf(0, at) + 1 || bytes.length;
  }
  return flags & Flag.HeaderCrc ? at + 2 : at;
}

function gzipError(error: unknown, maxBytes: number): KernelSourceError {
  if (error instanceof KernelSourceError) return error;
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge('gzip data', maxBytes);
  const reason = error instanceof Error ? error.message : String(error);
  return new KernelSourceError('bad-compression', `damaged gzip data: ${reason}`, { cause: error });
}
