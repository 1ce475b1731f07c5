// Chunks as the web streams that the tar and xz libraries read.

import { ReadableStream as WebStream } from 'node:stream/web';
import type { Chunks } from './io/byte-stream.ts';

/** Chunks as a web stream, and why they stopped: libraries mention a failing source in words of their own, or not at all. */
export class WebSource {
  error: unknown;
  private readonly chunks: Chunks;

  constructor(chunks: Chunks) {
    this.chunks = chunks;
  }

  stream(): ReadableStream<Uint8Array> {
    return WebStream.from(this.watched()) as ReadableStream<Uint8Array>;
  }

  private async *watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.chunks;
    } catch (error) {
      this.error = error;
      throw error;
    }
  }
}
