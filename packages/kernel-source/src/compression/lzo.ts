// LZO1X in the lzop container, as CONFIG_KERNEL_LZO writes it, and its blocks alone, as squashfs has them. Own code: the npm
// packages for LZO need a compiler or wrap ffmpeg. The decoder follows Documentation/staging/lzo.rst of the kernel; the
// container lib/decompress_unlzo.c.

import { joinBytes, tooLarge } from '../io/byte-stream.ts';
import { KernelSourceError } from '../errors.ts';

const MAGIC_SIZE = 9;
/** lzop's own limit for one block. */
const MAX_BLOCK = 64 * 1024 * 1024;
/** Header flags that say which checksums and fields there are. */
const Flag = { AdlerOut: 0x1, AdlerIn: 0x2, ExtraField: 0x40, CrcOut: 0x100, CrcIn: 0x200, Filter: 0x800 } as const;
/** Header fields of this version and newer are more. */
const VERSION_0940 = 0x0940;

/** Decompresses an lzop file. Checksums are not verified. @throws KernelSourceError */
export function decompressLzop(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u32 = (at: number) => {
    if (at + 4 > bytes.length) throw damaged(at, 'cut off');
    return view.getUint32(at);
  };
  let { at, flags } = headerEnd(bytes, view, u32);
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const outSize = u32(at);
    if (outSize === 0) return joinBytes(parts, length);
    const inSize = u32(at + 4);
    at += 8;
    if (flags & Flag.AdlerOut) at += 4;
    if (flags & Flag.CrcOut) at += 4;
    if (inSize < outSize) {
      if (flags & Flag.AdlerIn) at += 4;
      if (flags & Flag.CrcIn) at += 4;
    }
    if (outSize > MAX_BLOCK || inSize > outSize || at + inSize > bytes.length) throw damaged(at, 'block sizes');
    length += outSize;
    if (length > maxBytes) throw tooLarge('LZO data', maxBytes);
    const block = bytes.subarray(at, at + inSize);
    parts.push(inSize === outSize ? block : wholeBlock(block, outSize, at));
    at += inSize;
  }
}

function headerEnd(bytes: Uint8Array, view: DataView, u32: (at: number) => number): { at: number; flags: number } {
  if (bytes.length < MAGIC_SIZE + 32) throw damaged(bytes.length, 'header');
  const version = view.getUint16(MAGIC_SIZE);
  // Version, library version, then (newer) the version needed, method, (newer) level.
  let at = MAGIC_SIZE + (version >= VERSION_0940 ? 8 : 5);
  const flags = u32(at);
  at += 4;
  if (flags & Flag.Filter) at += 4;
  at += version >= VERSION_0940 ? 12 : 8;
  const nameSize = bytes[at];
  if (nameSize === undefined) throw damaged(at, 'name');
  at += 1 + nameSize + 4;
  if (flags & Flag.ExtraField) at += 4 + u32(at) + 4;
  return { at, flags };
}

function wholeBlock(bytes: Uint8Array, outSize: number, at: number): Uint8Array {
  const out = decompressLzo1x(bytes, outSize);
  if (out.length !== outSize) throw damaged(at, `${out.length} of ${outSize} bytes`);
  return out;
}

/** Decompresses one LZO1X block of at most `outSize` bytes. @throws KernelSourceError */
export function decompressLzo1x(bytes: Uint8Array, outSize: number): Uint8Array {
  const out = new Uint8Array(outSize);
  let at = 0;
  let to = 0;

  const literals = (count: number) => {
    if (at + count > bytes.length || to + count > outSize) throw damaged(at, 'literals');
    for (let n = 0; n < count; n++) out[to++] = bytes[at++]!;
  };
  /** A count whose bits in the instruction were all zero goes on in bytes: 255 for each zero byte. */
  const longCount = (base: number) => {
    let count = base;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw damaged(at, 'count');
      if (byte !== 0) return count + byte;
      count += 255;
    }
  };
  const match = (distance: number, count: number) => {
    const from = to - distance;
    if (from < 0 || to + count > outSize) throw damaged(at, 'match');
    for (let n = 0; n < count; n++) out[to + n] = out[from + n]!;
    to += count;
  };
  const word = () => {
    if (at + 2 > bytes.length) throw damaged(at, 'distance');
    at += 2;
    return bytes[at - 2]! | (bytes[at - 1]! << 8);
  };
  const byte = () => {
    const value = bytes[at++];
    if (value === undefined) throw damaged(at, 'instruction');
    return value;
  };

  // How many literals the last instruction copied: 0 to 3, or 4 for a long run. It decides what a small one means.
  let state = 0;
  if ((bytes[0] ?? 0) > 17) {
    const count = byte() - 17;
    literals(count);
    state = Math.min(count, 4);
  }
  for (;;) {
    const code = byte();
    let trailing: number;
    if (code >= 64) {
      const distance = 1 + ((code >> 2) & 7) + (byte() << 3);
      match(distance, (code >> 5) + 1);
      trailing = code & 3;
    } else if (code >= 32) {
      const count = 2 + (code & 31 || longCount(31));
      const rest = word();
      match(1 + (rest >> 2), count);
      trailing = rest & 3;
    } else if (code >= 16) {
      const count = 2 + (code & 7 || longCount(7));
      const rest = word();
      const distance = ((code & 8) << 11) + (rest >> 2);
      if (distance === 0) break;
      match(distance + 0x4000, count);
      trailing = rest & 3;
    } else if (state === 0) {
      literals(3 + (code || longCount(15)));
      state = 4;
      continue;
    } else {
      const distance = (code >> 2) + (byte() << 2) + 1;
      if (state === 4) match(distance + 0x800, 3);
      else match(distance, 2);
      trailing = code & 3;
    }
    literals(trailing);
    state = trailing;
  }
  return out.subarray(0, to);
}

function damaged(offset: number, what: string): KernelSourceError {
  return new KernelSourceError('bad-compression', `damaged LZO data (${what})`, { offset });
}
