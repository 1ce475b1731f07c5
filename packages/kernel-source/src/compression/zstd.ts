// zstd through node:zlib, frame by frame: Node stops at the end of the first frame without a word, and .deb and image
// builders write several. https://github.com/facebook/zstd/blob/dev/doc/zstd_compression_format.md

import { pipeline, Readable } from 'node:stream';
import { constants, createZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { ByteStream, type Chunks, joinBytes, tooLarge } from '../io/byte-stream.ts';
import { KernelSourceError } from '../errors.ts';

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
/** Windows of 2 GiB and less: `zstd --long=31`, which the kernel's build never needs but people's archives do. */
const options = { params: { [constants.ZSTD_d_windowLogMax]: 31 } };

/** Decompresses every frame at the start of `bytes`; other data behind them is not looked at. @throws KernelSourceError */
export function decompressZstd(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  let at = 0;
  for (;;) {
    const frame = frameLength(bytes.subarray(at));
    if (frame === undefined) break;
    if (!frame.skippable) {
      const part = decompressFrame(bytes.subarray(at, at + frame.length), maxBytes - length);
      parts.push(part);
      length += part.length;
    }
    at += frame.length;
  }
  if (at === 0) throw damaged('no zstd frame', 0);
  return joinBytes(parts, length);
}

function decompressFrame(frame: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return zstdDecompressSync(frame, { ...options, maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('zstd data', maxBytes);
    throw damaged(error instanceof Error ? error.message : String(error), 0, error);
  }
}

/** The length of the frame that `bytes` start with; undefined where no frame starts. Cut-off frames end with `bytes`. */
function frameLength(bytes: Uint8Array): { length: number; skippable: boolean } | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0, true);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
    return { length: Math.min(bytes.length, 8 + view.getUint32(4, true)), skippable: true };
  }
  if (magic !== FRAME_MAGIC) return undefined;
  let at = 4 + headerLength(bytes[4]!);
  for (;;) {
    if (at + 3 > bytes.length) return { length: bytes.length, skippable: false };
    const header = blockHeader(bytes, at);
    at += 3 + header.length;
    if (header.last) break;
  }
  const checksum = (bytes[4]! & 4) !== 0 ? 4 : 0;
  return { length: Math.min(bytes.length, at + checksum), skippable: false };
}

/** The bytes between the magic and the first block, as the frame header descriptor announces them. */
function headerLength(descriptor: number): number {
  const singleSegment = (descriptor & 0x20) !== 0;
  const contentSize = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const dictionaryId = [0, 1, 2, 4][descriptor & 3]!;
  return 1 + (singleSegment ? 0 : 1) + dictionaryId + contentSize;
}

/** A block's content length: one byte for a run, whatever its size says. */
function blockHeader(bytes: Uint8Array, at: number): { length: number; last: boolean } {
  const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
  const type = (word >> 1) & 3;
  if (type === 3) throw damaged('reserved block type', at);
  return { length: type === 1 ? 1 : word >> 3, last: (word & 1) !== 0 };
}

/** The same for data that comes in chunks. */
export async function* decompressZstdStream(chunks: Chunks, maxBytes: number): AsyncGenerator<Uint8Array> {
  const stream = new ByteStream(chunks);
  let length = 0;
  try {
    for (;;) {
      const head = await stream.peek(8);
      if (head.length < 8) return;
      const magic = new DataView(head.buffer, head.byteOffset, 8).getUint32(0, true);
      if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
        const size = new DataView(head.buffer, head.byteOffset, 8).getUint32(4, true);
        await stream.skip(8 + size, 'skippable zstd frame');
        continue;
      }
      if (magic !== FRAME_MAGIC) return;
      const output = pipeline(Readable.from(frame(stream)), createZstdDecompress(options), () => {});
      for await (const part of output as AsyncIterable<Uint8Array>) {
        length += part.length;
        if (length > maxBytes) throw tooLarge('zstd data', maxBytes);
        yield part;
      }
    }
  } catch (error) {
    if (error instanceof KernelSourceError) throw error;
    throw damaged(error instanceof Error ? error.message : String(error), stream.position, error);
  } finally {
    await stream.close();
  }
}

/** One frame's bytes, taken block by block so that the next frame's stay in the stream. */
async function* frame(stream: ByteStream): AsyncGenerator<Uint8Array> {
  const start = await stream.peek(5);
  const descriptor = start[4] ?? 0;
  yield await stream.take(4 + headerLength(descriptor), 'zstd frame header');
  for (let last = false; !last; ) {
    const raw = await stream.peek(3);
    if (raw.length < 3) throw damaged('cut off between blocks', stream.position);
    const header = blockHeader(raw, 0);
    yield await stream.take(3 + header.length, 'zstd block');
    last = header.last;
  }
  if ((descriptor & 4) !== 0) yield await stream.take(4, 'zstd checksum');
}

function damaged(reason: string, offset: number, cause?: unknown): KernelSourceError {
  return new KernelSourceError('bad-compression', `damaged zstd data: ${reason}`, { offset, cause });
}
