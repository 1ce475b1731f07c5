// ChromeOS kernel partitions: a keyblock, a preamble, then the kernel, usually from 64 KiB on.
// vboot_reference: firmware/2lib/include/2struct.h, vb2_keyblock and vb2_kernel_preamble

import { KernelSourceError } from '../errors.ts';
import type { Payload } from './payload.ts';

const KEYBLOCK_SIZE = 16;
/** Where futility puts the body by default. */
const USUAL_OFFSET = 65_536;

/** The kernel behind the signatures. @throws KernelSourceError `truncated` */
export function chromeosPayload(bytes: Uint8Array): Payload {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = (at: number) => (at + 8 <= bytes.length ? Number(view.getBigUint64(at, true)) : 0);
  const keyblock = size(KEYBLOCK_SIZE);
  const preamble = keyblock > 0 && keyblock < bytes.length ? size(keyblock) : 0;
  const offset = preamble > 0 ? keyblock + preamble : USUAL_OFFSET;
  if (offset >= bytes.length) {
    throw new KernelSourceError('truncated', `the kernel at ${offset} lies past the end of the partition`, {
      offset: KEYBLOCK_SIZE,
      found: 'ChromeOS kernel partition',
    });
  }
  return { offset, bytes: bytes.subarray(offset) };
}
