// EFI zboot images (arm64, riscv, loongarch): 'MZ', 'zimg', then where the packed kernel is.
// drivers/firmware/efi/libstub/zboot-header.S

import { KernelSourceError } from '../errors.ts';
import type { Payload } from './payload.ts';

const At = { payloadOffset: 8, payloadSize: 12, compression: 24 } as const;
const HEADER_SIZE = 64;

/** The packed kernel of a zboot image. @throws KernelSourceError `truncated` */
export function zbootPayload(bytes: Uint8Array): Payload {
  const found = `EFI zboot${bytes.length < HEADER_SIZE ? '' : `, ${compressionName(bytes)}`}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offset = bytes.length < HEADER_SIZE ? 0 : view.getUint32(At.payloadOffset, true);
  const size = bytes.length < HEADER_SIZE ? 0 : view.getUint32(At.payloadSize, true);
  if (size === 0 || offset + size > bytes.length) {
    throw new KernelSourceError(
      'truncated',
      `the payload of ${size} bytes at ${offset} goes past the end of the image (${bytes.length} bytes)`,
      { offset, found },
    );
  }
  return { offset, bytes: bytes.subarray(offset, offset + size) };
}

/** The name that the image gives its compression, for messages: the payload's own magic decides. */
function compressionName(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(At.compression, At.compression + 32)).toString('latin1');
  return /^[\w.-]*/.exec(text)?.[0] ?? '';
}
