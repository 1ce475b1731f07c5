// Reading a file system or an image in any order, with the checks that each of their readers needs.

import type { ByteSource } from '@btfq/dwarf';
import { KernelSourceError } from '../errors.ts';

const PIECE = 1024 * 1024;

/** A source of ranges that says what was wrong where one is not there. */
export class Ranges {
  readonly size: number;
  readonly #source: ByteSource;
  readonly #what: string;

  /** `what`: what the file is, for messages. */
  constructor(source: ByteSource, what: string) {
    this.#source = source;
    this.size = source.size;
    this.#what = what;
  }

  /** A range. @throws KernelSourceError `truncated` */
  bytes(offset: number, length: number): Uint8Array {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) {
      throw new KernelSourceError('truncated', `${length} bytes at ${offset} of ${this.#what} of ${this.size} bytes`, {
        offset: Number.isFinite(offset) ? offset : 0,
        expected: `an end of at most ${this.size}`,
      });
    }
    return this.#source.read(offset, length);
  }

  /** A range as a view. @throws KernelSourceError `truncated` */
  view(offset: number, length: number): DataView {
    const bytes = this.bytes(offset, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A range piece by piece. @throws KernelSourceError `truncated` */
  *chunks(offset: number, length: number): Generator<Uint8Array> {
    for (let done = 0; done < length; done += PIECE) yield this.bytes(offset + done, Math.min(PIECE, length - done));
  }

  /** An error about this file. */
  bad(message: string, offset?: number, expected?: string): KernelSourceError {
    return new KernelSourceError('bad-archive', `${this.#what}: ${message}`, {
      ...(offset === undefined ? {} : { offset }),
      ...(expected === undefined ? {} : { expected }),
    });
  }
}

/** Members of a file system are not more than this, nor deeper, nor longer named, than where it is damaged. */
export const MAX_FILES = 1_000_000;
export const MAX_FOLDERS = 200_000;
export const MAX_PATH_DEPTH = 64;

/** A chunk iterable that starts anew each time it is asked. */
export function chunksFrom(start: () => Generator<Uint8Array> | AsyncGenerator<Uint8Array>): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* start();
    },
  };
}
