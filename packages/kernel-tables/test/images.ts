// Small images around hand-made tables: an ELF file of one segment, and a flat arm64 image.

import { poke } from './words.ts';

/** An ELF64 x86-64 executable: its one segment has `content` at `address`, 4096 bytes into the file. */
export function elfImage(content: Uint8Array, address: bigint): Uint8Array {
  const bytes = new Uint8Array(4096 + content.length);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  poke(bytes, 16, 2n, 2);
  poke(bytes, 18, 62n, 2);
  poke(bytes, 20, 1n, 4);
  poke(bytes, 32, 64n);
  poke(bytes, 52, 64n, 2);
  poke(bytes, 54, 56n, 2);
  poke(bytes, 56, 1n, 2);
  poke(bytes, 64, 1n, 4);
  poke(bytes, 68, 7n, 4);
  poke(bytes, 72, 4096n);
  poke(bytes, 80, address);
  poke(bytes, 88, address);
  poke(bytes, 96, BigInt(content.length));
  poke(bytes, 104, BigInt(content.length + 8192));
  bytes.set(content, 4096);
  return bytes;
}

/** A flat arm64 image: `content` at 65536. */
export function arm64Image(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(65536 + content.length);
  poke(bytes, 16, BigInt(bytes.length + 65536));
  bytes.set([0x41, 0x52, 0x4d, 0x64], 56);
  bytes.set(content, 65536);
  return bytes;
}
