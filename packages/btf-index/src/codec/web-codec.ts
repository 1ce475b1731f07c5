// Hashes and decompression without Node: small libraries that run everywhere.

import { sha256 } from '@noble/hashes/sha2.js';
import { Inflate } from 'fflate';
import { decompress } from 'fzstd';
import { bytesOfText } from '../bytes.ts';
import type { Codec } from './codec.ts';

/** Bytes that are inflated at a time: a byte becomes at most 1,032, so that a limit is seen before memory is gone. */
const INFLATE_STEP = 1 << 14;

export const webCodec: Codec = {
  sha256: (data) => sha256(typeof data === 'string' ? bytesOfText(data) : data),
  unzstd,
  inflate(data, most) {
    const parts: Uint8Array[] = [];
    let size = 0;
    let ended = false;
    const stream = new Inflate((part, final) => {
      size += part.length;
      if (size > most) throw new RangeError(`it unpacks to more than ${most} bytes`);
      parts.push(part);
      ended = final;
    });
    for (let at = 0; at === 0 || at < data.length; at += INFLATE_STEP) {
      const end = Math.min(at + INFLATE_STEP, data.length);
      stream.push(data.subarray(at, end), end === data.length);
    }
    if (!ended) throw new RangeError('it ends early');
    return joined(parts, size);
  },
};

/** Magic number of a zstd frame, as bytes. */
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd] as const;
/** A raw block holds at most so many bytes. */
const BLOCK_BYTES = 1 << 17;

/**
 * fzstd knows no dictionaries. One of raw content is the same as content that stands before: the frame is written anew
 * with the dictionary as raw blocks in front, which leave the decoder's state as it is at the start of a frame.
 */
function unzstd(data: Uint8Array, most: number, dictionary?: Uint8Array): Uint8Array {
  const { contentSize, headerSize } = frameHeader(data);
  if (contentSize > most) throw new RangeError(`it unpacks to ${contentSize} bytes; ${most} at most`);
  const before = dictionary?.length ?? 0;
  if (before === 0) return checked(decompress(data), contentSize);
  const blocks = Math.ceil(before / BLOCK_BYTES);
  const whole = new Uint8Array(9 + before + 3 * blocks + data.length - headerSize);
  const view = new DataView(whole.buffer);
  whole.set(MAGIC);
  // a single segment with its size in four bytes, and the flag of a checksum as it was
  whole[4] = 0xa0 | (data[4]! & 4);
  view.setUint32(5, before + contentSize, true);
  let at = 9;
  for (let from = 0; from < before; from += BLOCK_BYTES) {
    const part = (dictionary as Uint8Array).subarray(from, from + BLOCK_BYTES);
    const header = part.length << 3; // not the last block, raw
    whole.set([header & 0xff, (header >> 8) & 0xff, header >> 16], at);
    whole.set(part, at + 3);
    at += 3 + part.length;
  }
  whole.set(data.subarray(headerSize), at);
  return checked(decompress(whole), before + contentSize).slice(before);
}

function checked(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length !== size) throw new RangeError(`it unpacks to ${bytes.length} bytes, not ${size}`);
  return bytes;
}

/** RFC 8878, 3.1.1.1. Frames of an index say how much they hold. */
function frameHeader(data: Uint8Array): { contentSize: number; headerSize: number } {
  if (data.length < 6 || MAGIC.some((byte, i) => data[i] !== byte)) throw new RangeError('it is not a zstd frame');
  const descriptor = data[4]!;
  const single = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag;
  const sizeAt = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const headerSize = sizeAt + sizeBytes;
  if (sizeBytes === 0 || data.length < headerSize) throw new RangeError('its zstd frame does not say its size');
  let contentSize = sizeBytes === 2 ? 256 : 0;
  for (let i = 0; i < sizeBytes; i++) contentSize += data[sizeAt + i]! * 2 ** (8 * i);
  return { contentSize, headerSize };
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
