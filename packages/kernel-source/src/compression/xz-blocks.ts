// xz data whose blocks can be read one by one: the index at its end says where each is and what it unpacks to. Packers with
// several threads write such data, dpkg-deb among them: 24 MiB a block. https://tukaani.org/xz/xz-file-format.txt

import { crc32 } from 'node:zlib';
import type { ByteSource } from '@btfq/dwarf';
import { KernelSourceError } from '../errors.ts';

/** One block, without the padding behind it. */
export interface XzBlock {
  /** Where it begins in the packed data. */
  readonly at: number;
  /** Bytes of it, its header and check among them. */
  readonly packed: number;
  /** Where its content begins in what comes out. */
  readonly offset: number;
  /** Bytes of its content. */
  readonly size: number;
}

/** Where the blocks are. */
export interface XzIndex {
  readonly blocks: readonly XzBlock[];
  /** Bytes of all of the content. */
  readonly size: number;
}

const HEADER = 12;
const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const LZMA2 = 0x21;
/** Two blocks are in memory for each thread: larger ones are better read as a stream. */
const MAX_BLOCK = 64 * 1024 * 1024;
/** A record has two numbers, of a byte at least. */
const MIN_RECORD = 2;

/**
 * The blocks of the xz data that is `packed` as a whole; undefined where there is one only, where one is large, and where
 * the data is anything but a single whole stream, so that the usual reader says what is wrong.
 */
export function xzIndex(packed: ByteSource): XzIndex | undefined {
  if (packed.size < 3 * HEADER || packed.size % 4 !== 0) return undefined;
  const header = packed.read(0, HEADER);
  if (MAGIC.some((byte, at) => header[at] !== byte)) return undefined;
  const footer = packed.read(packed.size - HEADER, HEADER);
  const words = viewOf(footer);
  const sameFlags = footer[8] === header[6] && footer[9] === header[7];
  if (!sameFlags || footer[10] !== 0x59 || footer[11] !== 0x5a) return undefined;
  if (crc32(footer.subarray(4, 10)) !== words.getUint32(0, true)) return undefined;
  const indexSize = (words.getUint32(4, true) + 1) * 4;
  const indexAt = packed.size - HEADER - indexSize;
  if (indexAt < HEADER) return undefined;
  const index = packed.read(indexAt, indexSize);
  if (crc32(index.subarray(0, -4)) !== viewOf(index).getUint32(indexSize - 4, true)) return undefined;
  return records(index, indexAt);
}

function records(index: Uint8Array, end: number): XzIndex | undefined {
  if (index[0] !== 0) return undefined;
  let at = 1;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; at < index.length - 4 && scale < 2 ** 49; scale *= 128) {
      const byte = index[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return -1;
  };
  const count = number();
  if (count < 2 || count > index.length / MIN_RECORD) return undefined;
  const blocks: XzBlock[] = [];
  let place = HEADER;
  let offset = 0;
  for (let block = 0; block < count; block++) {
    const packed = number();
    const size = number();
    if (packed <= 0 || size <= 0 || packed > MAX_BLOCK || size > MAX_BLOCK) return undefined;
    blocks.push({ at: place, packed, offset, size });
    place += Math.ceil(packed / 4) * 4;
    offset += size;
  }
  return place === end ? { blocks, size: offset } : undefined;
}

/** One block as xz data of its own. @throws KernelSourceError `bad-compression` where it would unpack to another size */
export function xzOfBlock(packed: ByteSource, block: XzBlock): Uint8Array {
  const padded = Math.ceil(block.packed / 4) * 4;
  const index = indexOf(block);
  const xz = new Uint8Array(HEADER + padded + index.length + HEADER);
  xz.set(packed.read(0, HEADER));
  xz.set(packed.read(block.at, padded), HEADER);
  const content = xz.subarray(HEADER, HEADER + block.packed);
  const size = unpackedSize(content);
  if (size !== block.size) {
    throw new KernelSourceError('bad-compression', `damaged xz data: a block that unpacks to ${size ?? 'no'} bytes`, {
      offset: block.at,
      expected: `${block.size} bytes, as the index says`,
    });
  }
  xz.set(index, HEADER + padded);
  const footer = xz.subarray(HEADER + padded + index.length);
  const words = viewOf(footer);
  words.setUint32(4, index.length / 4 - 1, true);
  footer.set(xz.subarray(6, 8), 8);
  footer.set([0x59, 0x5a], 10);
  words.setUint32(0, crc32(footer.subarray(4, 10)), true);
  return xz;
}

/** The index of one block. */
function indexOf({ packed, size }: XzBlock): Uint8Array {
  const bytes = [0, 1];
  for (let value of [packed, size]) {
    for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value & 0x7f) | 0x80);
    bytes.push(value);
  }
  while (bytes.length % 4 !== 0) bytes.push(0);
  const index = new Uint8Array(bytes.length + 4);
  index.set(bytes);
  viewOf(index).setUint32(bytes.length, crc32(index.subarray(0, bytes.length)), true);
  return index;
}

/**
 * What a block unpacks to, by the sizes before each of its chunks: known before anything is unpacked. undefined where it is
 * damaged, or has filters besides LZMA2.
 */
function unpackedSize(block: Uint8Array): number | undefined {
  const headerSize = (block[0]! + 1) * 4;
  if (block.length < headerSize) return undefined;
  const flags = block[1]!;
  if ((flags & 0x03) !== 0) return undefined; // more than one filter
  let at = 2;
  const passNumber = () => {
    while (at < headerSize && block[at]! >= 0x80) at++;
    at++;
  };
  if ((flags & 0x40) !== 0) passNumber();
  if ((flags & 0x80) !== 0) passNumber();
  if (block[at] !== LZMA2) return undefined;
  let size = 0;
  for (at = headerSize; ; ) {
    const control = block[at];
    if (control === undefined) return undefined;
    if (control === 0) return size;
    if (at + 6 > block.length || (control > 2 && control < 0x80)) return undefined;
    if (control < 0x80) {
      const length = ((block[at + 1]! << 8) | block[at + 2]!) + 1;
      size += length;
      at += 3 + length;
    } else {
      size += (((control & 0x1f) << 16) | (block[at + 1]! << 8) | block[at + 2]!) + 1;
      at += (control >= 0xc0 ? 6 : 5) + ((block[at + 3]! << 8) | block[at + 4]!) + 1;
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
