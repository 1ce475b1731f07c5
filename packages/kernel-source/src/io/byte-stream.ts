// ByteStream: a pull reader over chunks, so that a package of any size is read front to back without holding it.

import { KernelSourceError } from '../errors.ts';

/** Where the chunks come from: a file, a decompressor, a member of an archive. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const EMPTY = new Uint8Array();

/** Reads chunks as one run of bytes. Views stay valid: nothing is overwritten. */
export class ByteStream {
  /** Bytes that were taken so far. */
  position = 0;
  private readonly source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  private head: Uint8Array = EMPTY;
  private ended = false;

  constructor(chunks: Chunks) {
    this.source = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  }

  /** Up to `size` bytes without taking them: fewer only at the end. */
  async peek(size: number): Promise<Uint8Array> {
    await this.fill(size);
    return this.head.length > size ? this.head.subarray(0, size) : this.head;
  }

  /** Exactly `size` bytes. @throws KernelSourceError `truncated` */
  async take(size: number, what: string): Promise<Uint8Array> {
    await this.fill(size);
    if (this.head.length < size) {
      throw new KernelSourceError('truncated', `${what} ends after ${this.head.length} of ${size} bytes`, {
        offset: this.position,
        expected: `${size} bytes`,
      });
    }
    const taken = this.head.subarray(0, size);
    this.advance(size);
    return taken;
  }

  /** Whatever is there next, without joining anything; undefined at the end. */
  async takeAny(): Promise<Uint8Array | undefined> {
    if (this.head.length === 0 && !(await this.pull())) return undefined;
    const chunk = this.head;
    this.advance(chunk.length);
    return chunk;
  }

  /** Passes over `size` bytes without keeping them. @throws KernelSourceError `truncated` */
  async skip(size: number, what: string): Promise<void> {
    let left = size;
    while (left > 0) {
      if (this.head.length === 0 && !(await this.pull())) {
        throw new KernelSourceError('truncated', `${what} ends ${left} bytes early`, { offset: this.position });
      }
      const step = Math.min(left, this.head.length);
      this.advance(step);
      left -= step;
    }
  }

  /** The next `size` bytes as chunks, as they come. Must be read to its end, or the rest skipped by the caller. */
  async *part(size: number, what: string): AsyncGenerator<Uint8Array> {
    let left = size;
    while (left > 0) {
      if (this.head.length === 0 && !(await this.pull())) {
        throw new KernelSourceError('truncated', `${what} ends ${left} bytes early`, { offset: this.position });
      }
      const chunk = this.head.subarray(0, Math.min(left, this.head.length));
      this.advance(chunk.length);
      left -= chunk.length;
      yield chunk;
    }
  }

  /** All that is left, as chunks. */
  async *rest(): AsyncGenerator<Uint8Array> {
    try {
      while (this.head.length > 0 || (await this.pull())) {
        const chunk = this.head;
        this.advance(chunk.length);
        yield chunk;
      }
    } finally {
      await this.close();
    }
  }

  /** Lets go of the source; what was not read yet is never fetched. */
  async close(): Promise<void> {
    this.ended = true;
    await this.source.return?.();
  }

  private advance(size: number): void {
    this.head = this.head.subarray(size);
    this.position += size;
  }

  private async pull(): Promise<boolean> {
    while (!this.ended) {
      const next = await this.source.next();
      if (next.done) this.ended = true;
      else if (next.value.length > 0) {
        this.head = next.value;
        return true;
      }
    }
    return false;
  }

  private async fill(size: number): Promise<void> {
    if (this.head.length >= size || this.ended) return;
    const parts = [this.head];
    let length = this.head.length;
    while (length < size) {
      this.head = EMPTY;
      if (!(await this.pull())) break;
      parts.push(this.head);
      length += this.head.length;
    }
    this.head = joinBytes(parts, length);
  }
}

/** Chunks as one array; one chunk is passed on as it is. */
export function joinBytes(parts: readonly Uint8Array[], length: number): Uint8Array {
  const filled = parts.filter((part) => part.length > 0);
  if (filled.length === 1) return plainBytes(filled[0] as Uint8Array);
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of filled) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Reads chunks to their end. @throws KernelSourceError `too-large` past `maxBytes` */
export async function readAll(chunks: Chunks, maxBytes: number, what: string): Promise<Uint8Array> {
  // One buffer that doubles, and not a list of chunks: an image of 50 MB would be there twice while they are joined.
  let out: Uint8Array = EMPTY;
  let length = 0;
  for await (const chunk of chunks) {
    const end = length + chunk.length;
    if (end > maxBytes) throw tooLarge(what, maxBytes);
    if (length === 0) out = plainBytes(chunk);
    else {
      if (end > out.length || length === out.length) {
        const grown = new Uint8Array(Math.max(end, Math.min(maxBytes, length * 2)));
        grown.set(out.subarray(0, length));
        out = grown;
      }
      out.set(chunk, length);
    }
    length = end;
  }
  return out.subarray(0, length);
}

/** The error for data beyond the limit. */
export function tooLarge(what: string, maxBytes: number): KernelSourceError {
  return new KernelSourceError('too-large', `${what} is larger than ${maxBytes} bytes`, {
    expected: `at most ${maxBytes} bytes (maxBytes)`,
  });
}

/** A copy, unless the bytes are all there is of their buffer: what is kept must not hold on to an image around it. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

/** A plain view of a Node Buffer, whose `slice` would give views where Uint8Array's gives copies. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes;
}
