// Android boot images, header versions 0 to 4: a page of header, then kernel, ramdisk and the rest, each filling whole pages.
// https://source.android.com/docs/core/architecture/bootloader/boot-image-header

import { KernelSourceError } from '../errors.ts';
import type { Payload } from './payload.ts';

const At = { kernelSize: 8, pageSize: 36, version: 40 } as const;
const HEADER_SIZE = 44;
/** From version 3 on pages are of this size, and the header does not say so. */
const FIXED_PAGE = 4096;
const MAX_PAGE = 65_536;

/** The kernel of a boot image. @throws KernelSourceError `truncated`, `bad-image`, `no-kernel` */
export function androidPayload(bytes: Uint8Array): Payload {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_SIZE) throw truncated('header', 0);
  // Before there were versions, vendors kept the size of a device tree in their place.
  const version = view.getUint32(At.version, true);
  const fixed = version === 3 || version === 4;
  const offset = fixed ? FIXED_PAGE : view.getUint32(At.pageSize, true);
  const size = view.getUint32(At.kernelSize, true);
  if (offset < HEADER_SIZE || offset > MAX_PAGE) {
    throw new KernelSourceError('bad-image', `the boot image has pages of ${offset} bytes`, {
      offset: At.pageSize,
      found: 'Android boot image',
      expected: 'a power of two from 2048 to 65536',
    });
  }
  if (size === 0) throw new KernelSourceError('no-kernel', 'an Android boot image without a kernel, only a ramdisk');
  if (offset + size > bytes.length) throw truncated(`kernel of ${size} bytes at ${offset}`, At.kernelSize);
  return { offset, bytes: bytes.subarray(offset, offset + size) };
}

function truncated(what: string, offset: number): KernelSourceError {
  return new KernelSourceError('truncated', `the ${what} goes past the end of the image`, {
    offset,
    found: 'Android boot image',
  });
}
