// A growing list of 32-bit integers: what millions of records are kept in, without an object for each.

/** Signed 32-bit integers in one typed array that grows. `data` is replaced by growth: read it again after a push. */
export class Ints {
  data: Int32Array;
  length = 0;

  constructor(capacity = 1024) {
    this.data = new Int32Array(capacity);
  }

  /** Makes room for `count` more, so that `data` can be written directly. */
  reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted <= this.data.length) return;
    const grown = new Int32Array(Math.max(wanted, this.data.length * 2));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }

  push(value: number): void {
    if (this.length === this.data.length) this.reserve(1);
    this.data[this.length++] = value;
  }
}
