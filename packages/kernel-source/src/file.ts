// Reading files in pieces.

import { type FileHandle, open } from 'node:fs/promises';
import { KernelSourceError } from './errors.ts';

const CHUNK = 1024 * 1024;

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
    // Small files take one small buffer; sysfs says one page, or nothing, whatever there is.
    const { size } = await handle.stat();
    let length = size > 0 ? Math.min(CHUNK, Math.max(size + 1, 4096)) : CHUNK;
    for (;;) {
      // Each piece has a buffer of its own: views of it stay valid.
      const piece = new Uint8Array(length);
      const { bytesRead } = await handle.read(piece, 0, length, null);
      if (bytesRead === 0) return;
      yield bytesRead === length ? piece : piece.subarray(0, bytesRead);
      length = CHUNK;
    }
  } catch (error) {
    if (error instanceof KernelSourceError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new KernelSourceError('unreadable', (error as Error).message, { path, cause: error });
  } finally {
    await handle.close();
  }
}
