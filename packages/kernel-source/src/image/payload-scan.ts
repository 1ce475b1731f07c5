// Packed data in images whose headers do not say where it is: s390, arm zImage, old bzImages. As scripts/extract-vmlinux of
// the kernel does: try every place where a compression's magic stands.

import { type Compression, decompressPrefix } from '../compression/decompress.ts';
import { identifyCompression } from '../identify.ts';

/** Something that decompressed. */
export interface FoundPayload {
  readonly offset: number;
  readonly compression: Compression;
  readonly content: Uint8Array;
}

/** What to look for, the likely ones first; {@link identifyCompression} then looks closer. */
const MAGICS: readonly Buffer[] = [
  Buffer.of(0x28, 0xb5, 0x2f, 0xfd),
  Buffer.from('\u00fd7zXZ\0', 'latin1'),
  Buffer.of(0x1f, 0x8b, 0x08),
  Buffer.of(0x02, 0x21, 0x4c, 0x18),
  Buffer.of(0x04, 0x22, 0x4d, 0x18),
  Buffer.from('BZh'),
  Buffer.of(0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a),
  Buffer.of(0x5d, 0x00, 0x00),
];

/** Places tried for each magic: an image has one kernel and a handful of other packed things, the rest is chance. */
const MAX_TRIES = 64;

/** Everything in `bytes` that decompresses. */
export async function* findPayloads(bytes: Uint8Array, maxBytes: number): AsyncGenerator<FoundPayload> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const magic of MAGICS) {
    let tries = 0;
    for (let at = buffer.indexOf(magic); at >= 0 && tries < MAX_TRIES; at = buffer.indexOf(magic, at + 1)) {
      const part = bytes.subarray(at);
      const compression = identifyCompression(part.subarray(0, 64));
      if (compression === undefined) continue;
      tries++;
      const content = await decompressPrefix(compression, part, maxBytes).catch(() => undefined);
      if (content !== undefined && content.length > 0) yield { offset: at, compression, content };
    }
  }
}
