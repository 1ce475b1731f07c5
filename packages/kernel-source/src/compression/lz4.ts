// LZ4: the frame format, and the legacy frame that the kernel's build uses (`lz4 -l`).
// https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md. Own code: the alive packages for LZ4
// read neither the legacy frame nor a frame at the start of longer data, and the format is a page.

import { joinBytes, tooLarge } from '../io/byte-stream.ts';
import { KernelSourceError } from '../errors.ts';

const FRAME_MAGIC = 0x184d2204;
const LEGACY_MAGIC = 0x184c2102;
/** Legacy frames cut their data into blocks of this size. */
const LEGACY_BLOCK = 8 * 1024 * 1024;
/** What such a block can grow to if it does not compress (`LZ4_compressBound`). */
const LEGACY_BOUND = LEGACY_BLOCK + Math.floor(LEGACY_BLOCK / 255) + 16;
const MIN_MATCH = 4;
/** One byte of a long count stands for 255 at most. */
const MAX_RATIO = 256;

/** Decompresses LZ4 frames. Stops quietly at what is no frame any more: images append their size. @throws KernelSourceError */
export function decompressLz4(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = bytes.length >= 4 ? view.getUint32(0, true) : 0;
  if (magic === LEGACY_MAGIC) return decompressLegacy(bytes, view, maxBytes);
  if (magic === FRAME_MAGIC) return decompressFrame(bytes, view, maxBytes);
  throw new KernelSourceError('bad-compression', 'not an LZ4 frame', { offset: 0, expected: 'an LZ4 frame magic' });
}

function decompressLegacy(bytes: Uint8Array, view: DataView, maxBytes: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  let at = 4;
  while (at + 4 <= bytes.length) {
    const size = view.getUint32(at, true);
    if (size === LEGACY_MAGIC) {
      at += 4;
      continue;
    }
    // The block before was the last where it was not full; behind it stands the size that the kernel's build appends.
    const last = parts.at(-1);
    if (last !== undefined && (last.length < LEGACY_BLOCK || size > LEGACY_BOUND)) break;
    if (at + 4 + size > bytes.length) throw cut(at, size, bytes.length);
    const block = new Uint8Array(Math.min(LEGACY_BLOCK, size * MAX_RATIO));
    const end = decodeBlock(bytes, at + 4, at + 4 + size, block, 0);
    length += end;
    if (length > maxBytes) throw tooLarge('LZ4 data', maxBytes);
    parts.push(block.subarray(0, end));
    at += 4 + size;
  }
  return joinBytes(parts, length);
}

function decompressFrame(bytes: Uint8Array, view: DataView, maxBytes: number): Uint8Array {
  if (bytes.length < 7) throw cut(0, 7, bytes.length);
  const flags = bytes[4]!;
  const version = flags >> 6;
  const blockCode = (bytes[5]! >> 4) & 7;
  if (version !== 1 || blockCode < 4) {
    throw new KernelSourceError('bad-compression', `LZ4 frame of version ${version}, block size code ${blockCode}`, {
      offset: 4,
      expected: 'version 1, code 4 to 7',
    });
  }
  const blockMax = 1 << (8 + 2 * blockCode);
  const blockChecksum = (flags & 0x10) !== 0 ? 4 : 0;
  let at = 6 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;

  // One growing array: blocks may refer to what the blocks before them wrote.
  let out: Uint8Array = new Uint8Array(Math.min(maxBytes, Math.max(blockMax, bytes.length * 4)));
  let length = 0;
  for (;;) {
    if (at + 4 > bytes.length) throw cut(at, 4, bytes.length);
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const size = word & 0x7fffffff;
    if (size > blockMax || at + size > bytes.length) throw cut(at, size, bytes.length);
    if (length + blockMax > out.length) {
      const grown: Uint8Array = new Uint8Array(Math.max(out.length * 2, length + blockMax));
      grown.set(out.subarray(0, length));
      out = grown;
    }
    if ((word & 0x80000000) !== 0) {
      out.set(bytes.subarray(at, at + size), length);
      length += size;
    } else {
      length = decodeBlock(bytes, at, at + size, out, length, length + blockMax);
    }
    if (length > maxBytes) throw tooLarge('LZ4 data', maxBytes);
    at += size + blockChecksum;
  }
  return out.subarray(0, length);
}

/** Decompresses one block without a frame around it, as squashfs has them. @throws KernelSourceError `bad-compression` */
export function decompressLz4Block(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const out = new Uint8Array(maxBytes);
  return out.subarray(0, decodeBlock(bytes, 0, bytes.length, out, 0));
}

/**
 * Decodes the block in `[at, end)` into `out` from `to` on; matches reach back into what is there before.
 *
 * @returns where the output ends
 */
function decodeBlock(
  bytes: Uint8Array,
  at: number,
  end: number,
  out: Uint8Array,
  to: number,
  limit = out.length,
): number {
  while (at < end) {
    const token = bytes[at++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more: number;
      do {
        if (at >= end) throw damaged(at);
        more = bytes[at++]!;
        literals += more;
      } while (more === 255);
    }
    if (at + literals > end || to + literals > limit) throw damaged(at);
    if (literals < 16) for (let n = literals; n > 0; n--) out[to++] = bytes[at++]!;
    else {
      out.set(bytes.subarray(at, at + literals), to);
      at += literals;
      to += literals;
    }
    // The last sequence has literals only.
    if (at === end) return to;

    if (at + 2 > end) throw damaged(at);
    const offset = bytes[at]! | (bytes[at + 1]! << 8);
    at += 2;
    let length = (token & 15) + MIN_MATCH;
    if (length === 15 + MIN_MATCH) {
      let more: number;
      do {
        if (at >= end) throw damaged(at);
        more = bytes[at++]!;
        length += more;
      } while (more === 255);
    }
    const from = to - offset;
    if (offset === 0 || from < 0 || to + length > limit) throw damaged(at);
    if (length <= offset) {
      out.copyWithin(to, from, from + length);
      to += length;
    } else {
      // The match overlaps what it writes: byte by byte is the definition.
      for (let n = 0; n < length; n++) out[to + n] = out[from + n]!;
      to += length;
    }
  }
  throw damaged(at);
}

function damaged(offset: number): KernelSourceError {
  return new KernelSourceError('bad-compression', 'damaged LZ4 block', { offset, expected: 'a whole sequence' });
}

function cut(offset: number, size: number, length: number): KernelSourceError {
  return new KernelSourceError('bad-compression', `LZ4 data ends at ${length}`, {
    offset,
    expected: `a block of ${size} bytes`,
  });
}
