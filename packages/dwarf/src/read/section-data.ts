// The content of one debug section, held as a window that moves: .debug_info has hundreds of megabytes and is read once,
// from front to back; location lists are read nearly so. What is compressed or relocated is held as a whole.

import { DwarfError } from '../errors.ts';
import { readRange } from './elf-reader.ts';
import type { ByteSource } from '../source.ts';

const WINDOW = 1 << 20;

/** A section, with a window over the part that was asked for last. */
export class SectionData {
  readonly name: string;
  /** Bytes in the section, decompressed. */
  readonly size: number;
  /** The window's bytes; replaced by {@link ensure}. */
  bytes: Uint8Array;
  view: DataView;
  /** Where the window begins in the section. */
  start = 0;
  readonly #source: ByteSource | undefined;
  readonly #offset: number;
  /** What windows are read into. */
  #buffer = new Uint8Array(0);

  private constructor(name: string, size: number, bytes: Uint8Array, source: ByteSource | undefined, offset: number) {
    this.name = name;
    this.size = size;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#source = source;
    this.#offset = offset;
  }

  /** A section that is read in pieces from `source` at `offset`. */
  static windowed(name: string, source: ByteSource, offset: number, size: number): SectionData {
    return new SectionData(name, size, new Uint8Array(0), source, offset);
  }

  /** A section that is in memory. */
  static loaded(name: string, bytes: Uint8Array): SectionData {
    return new SectionData(name, bytes.length, bytes, undefined, 0);
  }

  /**
   * Puts `[offset, offset + length)` into the window and returns where it is in `bytes`. The window grows to a megabyte
   * beyond, so that neighbours are there already. Throws `truncated`.
   */
  ensure(offset: number, length: number): number {
    if (offset >= this.start && offset + length <= this.start + this.bytes.length) return offset - this.start;
    if (!(offset >= 0) || length > this.size || offset > this.size - length) {
      throw new DwarfError('truncated', `${length} bytes at ${offset} of ${this.name}`, {
        section: this.name,
        offset,
        expected: `an end of at most ${this.size}`,
      });
    }
    const source = this.#source!;
    const wanted = Math.min(Math.max(length, WINDOW), this.size - offset);
    if (this.#buffer.length < wanted) this.#buffer = new Uint8Array(Math.max(wanted, Math.min(WINDOW, this.size)));
    this.bytes = readRange(source, this.#offset + offset, wanted, this.#buffer);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    this.start = offset;
    return 0;
  }

  /** As many of `[offset, offset + length)` as the section has, at least one byte. Throws `truncated`. */
  ensureUpTo(offset: number, length: number): number {
    return this.ensure(offset, Math.min(length, Math.max(1, this.size - offset)));
  }

  /** The whole section. */
  whole(): Uint8Array {
    return this.#source === undefined ? this.bytes : readRange(this.#source, this.#offset, this.size);
  }
}
