// The content of xz data, read in any order: only the blocks that are asked for are unpacked, several at a time. Of a debug
// package's vmlinux a third is looked at, and of what is behind it nothing.

import { availableParallelism } from 'node:os';
import type { ByteSource } from '@btfq/dwarf';
import { KernelSourceError } from '../errors.ts';
import type { PackedSource, Range } from '../io/packed-source.ts';
import { TemporaryFile } from '../io/spool.ts';
import { decompressLzmaStream } from './xz.ts';
import { type XzBlock, type XzIndex, xzOfBlock } from './xz-blocks.ts';

/** Blocks that are unpacked at a time. More threads than these would wait for the disk. */
const AT_ONCE = Math.min(4, availableParallelism());
/** Blocks that stay in memory besides those that are being unpacked. */
const RECENT = 2;

/** The unpacked content. What was not unpacked before it is read is unpacked then, by the thread that reads. */
export class UnpackedXz implements PackedSource {
  readonly size: number;
  readonly #packed: ByteSource;
  readonly #index: XzIndex;
  readonly #decompressSync: (bytes: Uint8Array) => Uint8Array;
  readonly #decompress: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** Blocks in memory, the last used last. */
  readonly #recent = new Map<number, Uint8Array>();
  readonly #running = new Map<number, Promise<Uint8Array>>();
  /** Blocks that were unpacked onto disk. */
  readonly #onDisk = new Set<number>();
  #disk: TemporaryFile | undefined;
  #last = -2;

  private constructor(packed: ByteSource, index: XzIndex, library: typeof import('@napi-rs/lzma/xz')) {
    this.#packed = packed;
    this.#index = index;
    this.size = index.size;
    this.#decompressSync = library.decompressSync;
    this.#decompress = library.decompress;
  }

  static async open(packed: ByteSource, index: XzIndex): Promise<UnpackedXz> {
    return new UnpackedXz(packed, index, await import('@napi-rs/lzma/xz'));
  }

  /** @throws KernelSourceError `bad-compression` */
  read(offset: number, length: number, into?: Uint8Array): Uint8Array {
    const first = this.#blockAt(offset);
    const block = this.#index.blocks[first];
    if (into === undefined && block !== undefined && offset + length <= block.offset + block.size) {
      if (!this.#onDisk.has(first))
        return this.#content(first)
          .subarray(offset - block.offset)
          .subarray(0, length);
    }
    const bytes = (into ?? new Uint8Array(length)).subarray(0, Math.max(0, Math.min(length, this.size - offset)));
    for (let number = first, done = 0; done < bytes.length; number++) {
      const { offset: start, size } = this.#index.blocks[number]!;
      const at = offset + done - start;
      const part = bytes.subarray(done, done + Math.min(size - at, bytes.length - done));
      if (this.#onDisk.has(number)) this.#disk!.read(start + at, part.length, part);
      else part.set(this.#content(number).subarray(at, at + part.length));
      done += part.length;
    }
    return bytes;
  }

  /** Unpacks a part onto disk, in threads, so that it can be read often. @throws KernelSourceError `bad-compression` */
  async prepare(ranges: readonly Range[]): Promise<void> {
    const wanted = new Set<number>();
    for (const { offset, size } of ranges) {
      if (size === 0) continue;
      const last = this.#blockAt(Math.min(offset + size, this.size) - 1);
      for (let number = this.#blockAt(offset); number <= last; number++) wanted.add(number);
    }
    const left = [...wanted].filter((number) => !this.#onDisk.has(number)).sort((a, b) => a - b);
    if (this.#disk === undefined) {
      this.#disk = new TemporaryFile();
      this.#disk.reserve(this.size);
    }
    let failure: unknown;
    const worker = async () => {
      try {
        for (let number = left.shift(); number !== undefined; number = left.shift()) {
          await this.#toDisk(number);
          this.#onDisk.add(number);
          this.#recent.delete(number);
        }
      } catch (error) {
        failure = error;
        left.length = 0;
      }
    };
    // all of them end before this does: none may write to a file that was closed since
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    if (failure !== undefined) throw failure;
  }

  /**
   * Makes a place ready to read, in a thread, and returns how many bytes are ready from there. Where one block is asked for
   * after the other, the next ones are unpacked meanwhile.
   *
   * @throws KernelSourceError `bad-compression`
   */
  async reach(offset: number): Promise<number> {
    const number = this.#blockAt(offset);
    const isNext = number === this.#last + 1;
    if (number !== this.#last && this.#isMissing(number)) void this.#start(number).catch(() => {});
    if (isNext) {
      for (let ahead = 1; ahead < AT_ONCE; ahead++) {
        if (this.#isMissing(number + ahead)) void this.#start(number + ahead).catch(() => {});
      }
    }
    this.#last = number;
    const running = this.#running.get(number);
    if (running !== undefined) this.#remember(number, await running);
    const { offset: start, size } = this.#index.blocks[number]!;
    return Math.max(0, start + size - offset);
  }

  /** Lets go of memory and disk. */
  dispose(): void {
    this.#recent.clear();
    this.#disk?.dispose();
  }

  /** Unpacks a block onto disk, piece by piece: whole blocks of several threads would take much memory. */
  async #toDisk(number: number): Promise<void> {
    const block = this.#index.blocks[number]!;
    const disk = this.#disk!;
    const known = this.#recent.get(number) ?? (await this.#running.get(number));
    if (known !== undefined) {
      disk.place(block.offset, known);
      return;
    }
    let done = 0;
    for await (const piece of decompressLzmaStream('xz', [xzOfBlock(this.#packed, block)], block.size)) {
      disk.place(block.offset + done, piece);
      done += piece.length;
    }
    if (done !== block.size) throw damaged(new Error(`${done} of ${block.size} bytes`), block);
  }

  #isMissing(number: number): boolean {
    if (this.#onDisk.has(number) || this.#recent.has(number) || this.#running.has(number)) return false;
    return number < this.#index.blocks.length;
  }

  /** Unpacks a block in a thread; what is running already is not begun again. */
  #start(number: number): Promise<Uint8Array> {
    const running = this.#running.get(number);
    if (running !== undefined) return running;
    const block = this.#index.blocks[number]!;
    const unpack = async () => {
      try {
        const bytes = this.#checked(block, await this.#decompress(xzOfBlock(this.#packed, block)));
        this.#remember(number, bytes);
        return bytes;
      } catch (error) {
        throw damaged(error, block);
      } finally {
        this.#running.delete(number);
      }
    };
    const promise = unpack();
    this.#running.set(number, promise);
    return promise;
  }

  #content(number: number): Uint8Array {
    const known = this.#recent.get(number);
    if (known !== undefined) {
      if (this.#recent.size > 1) this.#remember(number, known);
      return known;
    }
    const block = this.#index.blocks[number]!;
    try {
      const bytes = this.#checked(block, this.#decompressSync(xzOfBlock(this.#packed, block)));
      this.#remember(number, bytes);
      return bytes;
    } catch (error) {
      throw damaged(error, block);
    }
  }

  #checked(block: XzBlock, bytes: Uint8Array): Uint8Array {
    if (bytes.length !== block.size) throw new Error(`${bytes.length} of ${block.size} bytes`);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #remember(number: number, bytes: Uint8Array): void {
    this.#recent.delete(number);
    this.#recent.set(number, bytes);
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= RECENT + AT_ONCE - 1) break;
      this.#recent.delete(oldest);
    }
  }

  /** The block that holds a place. */
  #blockAt(offset: number): number {
    const { blocks } = this.#index;
    let low = 0;
    let high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (blocks[middle]!.offset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function damaged(cause: unknown, { at }: XzBlock): KernelSourceError {
  if (cause instanceof KernelSourceError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KernelSourceError('bad-compression', `damaged xz data: ${reason}`, { offset: at, cause });
}
