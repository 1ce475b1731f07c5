// gzip through node:zlib. RFC 1952

import { pipeline, Readable } from 'node:stream';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { ByteStream, type Chunks, joinBytes, tooLarge } from '../io/byte-stream.ts';
import { KernelSourceError } from '../errors.ts';

const HEADER_SIZE = 10;
const TRAILER_SIZE = 8;
const Flag = { HeaderCrc: 2, Extra: 4, Name: 8, Comment: 16 } as const;

/** Decompresses every gzip member. What else follows them is not looked at, as gzip does. @throws KernelSourceError */
export function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  let at = 0;
  do {
    const member = gunzipMember(bytes.subarray(at), maxBytes - length);
    parts.push(member.content);
    length += member.content.length;
    at += member.size;
  } while (isMember(bytes.subarray(at)));
  return joinBytes(parts, length);
}

/** Decompresses the first member, whatever follows it. @throws KernelSourceError */
export function gunzipFirst(bytes: Uint8Array, maxBytes: number): Uint8Array {
  return gunzipMember(bytes, maxBytes).content;
}

/** One member at the start of `bytes`, and its size: Node's gunzip refuses what has other data behind it. */
function gunzipMember(bytes: Uint8Array, maxBytes: number): { content: Uint8Array; size: number } {
  try {
    const at = headerLength(bytes);
    const result = inflateRawSync(bytes.subarray(at), {
      maxOutputLength: Math.max(1, maxBytes),
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    const size = at + result.engine.bytesWritten + TRAILER_SIZE;
    checkTrailer(bytes.subarray(size - TRAILER_SIZE, size), crc32(result.buffer));
    return { content: result.buffer, size };
  } catch (error) {
    throw gzipError(error, maxBytes);
  }
}

/** The same as {@link gunzip} for data that comes in chunks. */
export async function* gunzipStream(chunks: Chunks, maxBytes: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  let stream = new ByteStream(chunks);
  try {
    do {
      const header = await stream.peek(MAX_HEADER);
      await stream.skip(headerLength(header), 'gzip header');
      const fed = new Fed(stream);
      const inflater = createInflateRaw({ chunkSize: 65_536 });
      const output = pipeline(Readable.from(fed.chunks()), inflater, () => {});
      let sum = 0;
      for await (const part of output as AsyncIterable<Uint8Array>) {
        length += part.length;
        if (length > maxBytes) throw tooLarge('gzip data', maxBytes);
        sum = crc32(part, sum);
        yield part;
      }
      stream = new ByteStream(fed.after(inflater.bytesWritten));
      checkTrailer(await stream.peek(TRAILER_SIZE), sum);
      await stream.skip(TRAILER_SIZE, 'gzip trailer');
    } while (isMember(await stream.peek(3)));
  } catch (error) {
    throw gzipError(error, maxBytes);
  } finally {
    await stream.close();
  }
}

/** What an inflater was given: it reads ahead, and what it did not need belongs to what follows. */
class Fed {
  private readonly stream: ByteStream;
  private recent: Uint8Array[] = [];
  private total = 0;

  constructor(stream: ByteStream) {
    this.stream = stream;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = await this.stream.takeAny();
      if (chunk === undefined) return;
      this.recent.push(chunk);
      this.total += chunk.length;
      if (this.recent.length > READ_AHEAD) this.recent.shift();
      yield chunk;
    }
  }

  /** Everything behind the first `used` bytes. */
  async *after(used: number): AsyncGenerator<Uint8Array> {
    let at = this.total - this.recent.reduce((sum, { length }) => sum + length, 0);
    for (const chunk of this.recent) {
      if (at + chunk.length > used) yield chunk.subarray(Math.max(0, used - at));
      at += chunk.length;
    }
    yield* this.stream.rest();
  }
}

/** Chunks between a stream and its inflater: Node's streams hold 16 objects on each side. */
const READ_AHEAD = 64;
/** More than any header with a name has. */
const MAX_HEADER = 4096;

function isMember(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

function checkTrailer(trailer: Uint8Array, sum: number): void {
  if (trailer.length < TRAILER_SIZE) throw new Error('unexpected end of file');
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  if (view.getUint32(0, true) !== sum) throw new Error('incorrect data check');
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
