// bzip2 through seek-bzip, with a limit on the output.

import { joinBytes, tooLarge } from '../io/byte-stream.ts';
import { KernelSourceError } from '../errors.ts';

const PART = 1024 * 1024;

/** Decompresses the first bzip2 stream in `bytes`; what follows it is not looked at. @throws KernelSourceError */
export async function decompressBzip2(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const { default: Bunzip } = await import('seek-bzip');
  const parts: Uint8Array[] = [];
  let part = new Uint8Array(PART);
  let used = 0;
  let length = 0;
  const flush = () => {
    parts.push(part.subarray(0, used));
    part = new Uint8Array(PART);
    used = 0;
  };
  const output = {
    writeByte(byte: number) {
      if (length >= maxBytes) throw tooLarge('bzip2 data', maxBytes);
      if (used === PART) flush();
      part[used++] = byte;
      length++;
    },
  };
  try {
    Bunzip.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), output);
  } catch (error) {
    if (error instanceof KernelSourceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new KernelSourceError('bad-compression', `damaged bzip2 data: ${reason}`, { cause: error });
  }
  flush();
  return joinBytes(parts, length);
}
