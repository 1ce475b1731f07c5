// Reading files in pieces.

import { type FileHandle, open } from 'node:fs/promises';
import { KernelSourceError } from '../errors.ts';

/** Files up to this size are read at once, larger ones in pieces. */
const WHOLE = 16 * 1024 * 1024;
const PIECE = 1024 * 1024;
/** What is tried behind the end that a file announces. */
const PROBE = 4096;

/** A file's bytes, piece by piece. Nothing is opened before the first piece is asked for. @throws KernelSourceError */
export async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  let handle: FileHandle;
  try {
    handle = await open(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not-found' : 'unreadable';
    throw new KernelSourceError(code, code === 'not-found' ? 'no such file' : (error as Error).message, {
      path,
      cause: error,
    });
  }
  try {
    // A file of a kernel's BTF comes as one piece, which nobody has to join. sysfs may say any size, or none.
    const { size } = await handle.stat();
    let done = 0;
    for (;;) {
      const length = done === 0 && size > 0 && size <= WHOLE ? size : done < size || size === 0 ? PIECE : PROBE;
      // Each piece has a buffer of its own: views of it stay valid.
      const piece = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
      const filled = await fill(handle, piece);
      if (filled > 0) yield filled === length ? piece : piece.subarray(0, filled);
      if (filled < length) return;
      done += filled;
    }
  } catch (error) {
    if (error instanceof KernelSourceError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new KernelSourceError('unreadable', (error as Error).message, { path, cause: error });
  } finally {
    await handle.close();
  }
}

/** Reads until the piece is full or the file ends: sysfs gives one page at a time. */
async function fill(handle: FileHandle, piece: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < piece.length) {
    const { bytesRead } = await handle.read(piece, filled, piece.length - filled, null);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
