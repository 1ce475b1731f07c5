// x86 bzImage: where the setup header says that the packed kernel is. Documentation/arch/x86/boot.rst

import { KernelSourceError } from '../errors.ts';
import { identifyCompression } from '../identify.ts';
import type { Payload } from './payload.ts';
import { parseRelease } from '../identity/release.ts';

/** Offsets in the setup header. */
const At = {
  setupSectors: 0x1f1,
  bootFlag: 0x1fe,
  protocol: 0x206,
  versionString: 0x20e,
  loadFlags64: 0x236,
  payloadOffset: 0x248,
  payloadLength: 0x24c,
} as const;
/** The first protocol (2.08) that says where the payload is. */
const PROTOCOL_WITH_PAYLOAD = 0x0208;
const SECTOR = 512;
/** `XLF_KERNEL_64` in xloadflags. */
const KERNEL_64 = 1;
/** The build appends the unpacked size to every payload but gzip's, which ends in it anyway. */
const SIZE_TRAILER = 4;

/**
 * The packed kernel of a bzImage; undefined for images older than protocol 2.08, which do not say where it is.
 *
 * @throws KernelSourceError `bad-image`, `truncated`
 */
export function bzImagePayload(bytes: Uint8Array): Payload | undefined {
  if (bytes.length < At.payloadLength + 4) {
    throw new KernelSourceError('truncated', `the bzImage ends in its setup header, after ${bytes.length} bytes`, {
      offset: bytes.length,
      found: 'bzImage',
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(At.protocol, true) < PROTOCOL_WITH_PAYLOAD) return undefined;
  const setupSectors = bytes[At.setupSectors]! || 4;
  const offset = (setupSectors + 1) * SECTOR + view.getUint32(At.payloadOffset, true);
  const length = view.getUint32(At.payloadLength, true);
  const release = releaseOf(bytes, view.getUint16(At.versionString, true));
  const arch = (view.getUint16(At.loadFlags64, true) & KERNEL_64) !== 0 ? 'x86_64' : undefined;
  if (length === 0 || offset + length > bytes.length) {
    throw new KernelSourceError(
      offset < bytes.length ? 'truncated' : 'bad-image',
      `the payload of ${length} bytes at ${offset} goes past the end of the image (${bytes.length} bytes)`,
      { offset, found: ['bzImage', release].filter(Boolean).join(', ') },
    );
  }
  const payload = bytes.subarray(offset, offset + length);
  const compression = identifyCompression(payload);
  const packed =
    compression === undefined || compression === 'gzip' ? payload : payload.subarray(0, length - SIZE_TRAILER);
  return {
    offset,
    bytes: packed,
    ...(compression === undefined ? {} : { compression }),
    ...(release === undefined ? {} : { release }),
    ...(arch === undefined ? {} : { arch }),
  };
}

/** The version string, 'RELEASE (builder) #build', at the offset that the header names less 0x200. */
function releaseOf(bytes: Uint8Array, pointer: number): string | undefined {
  if (pointer === 0) return undefined;
  const text = Buffer.from(bytes.subarray(pointer + 0x200, pointer + 0x200 + 256)).toString('latin1');
  const word = /^[^\s\0]+/.exec(text)?.[0] ?? '';
  return parseRelease(word) ? word : undefined;
}
