// u32 words in the machine's byte order: what a type section is once it is read, and what it is built in.

/** Whether this machine stores words little-endian. */
export const hostLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Words that are appended to. */
export class WordBuffer {
  #words: Uint32Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 256) {
    this.#words = new Uint32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What has been written so far: a view for reading and patching, valid until the next addition. */
  get words(): Uint32Array<ArrayBuffer> {
    return this.#words.subarray(0, this.#length);
  }

  get(at: number): number {
    return this.#words[at]!;
  }

  set(at: number, word: number): void {
    this.#words[at] = word;
  }

  push(word: number): void {
    if (this.#length === this.#words.length) this.#reserve(1);
    this.#words[this.#length++] = word;
  }

  push3(a: number, b: number, c: number): void {
    if (this.#length + 3 > this.#words.length) this.#reserve(3);
    const at = this.#length;
    this.#words[at] = a;
    this.#words[at + 1] = b;
    this.#words[at + 2] = c;
    this.#length = at + 3;
  }

  /** Appends a copy of `source[from, to)`; returns where it begins. */
  append(source: Uint32Array, from: number, to: number): number {
    const at = this.#length;
    this.#reserve(to - from);
    if (to - from < 32) for (let i = from; i < to; i++) this.#words[at + i - from] = source[i]!;
    else this.#words.set(source.subarray(from, to), at);
    this.#length = at + to - from;
    return at;
  }

  /** Drops what is behind `length`. */
  truncate(length: number): void {
    this.#length = length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#words.length) return;
    const grown = new Uint32Array(Math.max(this.#length + more, this.#words.length * 2));
    grown.set(this.words);
    this.#words = grown;
  }
}
