// Bytes made by hand, in either byte order, for inputs that no tool would write.

/** Appends numbers and text to a growing buffer. */
export class ByteWriter {
  readonly littleEndian: boolean;
  #bytes: Uint8Array = new Uint8Array(256);
  #length = 0;

  constructor(littleEndian = true) {
    this.littleEndian = littleEndian;
  }

  get length(): number {
    return this.#length;
  }

  u8(...values: number[]): this {
    for (const value of values) this.#view(1).setUint8(0, value);
    return this;
  }

  u16(...values: number[]): this {
    for (const value of values) this.#view(2).setUint16(0, value, this.littleEndian);
    return this;
  }

  /** Negative values are stored as two's complement. */
  u32(...values: number[]): this {
    for (const value of values) this.#view(4).setUint32(0, value, this.littleEndian);
    return this;
  }

  u64(...values: (number | bigint)[]): this {
    for (const value of values) this.#view(8).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), this.littleEndian);
    return this;
  }

  /** A word of `size` bytes. */
  word(value: bigint, size: number): this {
    const bytes = Array.from({ length: size }, (_, at) => Number(BigInt.asUintN(8, value >> BigInt(8 * at))));
    return this.raw(this.littleEndian ? bytes : bytes.reverse());
  }

  raw(bytes: ArrayLike<number>): this {
    const view = this.#view(bytes.length);
    new Uint8Array(view.buffer, view.byteOffset, bytes.length).set(bytes);
    return this;
  }

  /** UTF-8, and nothing after it. */
  text(text: string): this {
    return this.raw(new TextEncoder().encode(text));
  }

  /** UTF-8 with a NUL after it. */
  cString(text: string): this {
    return this.text(`${text}\0`);
  }

  /** Zeros up to the next multiple of `to`. */
  pad(to: number): this {
    while (this.#length % to !== 0) this.u8(0);
    return this;
  }

  /** What was appended so far, in a buffer of its own. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** A view of the next `size` bytes, which from now on belong to the result. */
  #view(size: number): DataView {
    if (this.#length + size > this.#bytes.length) {
      const larger = new Uint8Array((this.#length + size) * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#length += size;
    return new DataView(this.#bytes.buffer, this.#length - size, size);
  }
}
