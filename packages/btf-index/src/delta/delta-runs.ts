// Runs of items copied from the base of a delta, or new.

import type { VarintReader, VarintWriter } from '../varints.ts';

/** A run is where it begins in the base, relative to where the run before it ended (0: new items), and its length. */
export class RunWriter {
  private expected = 0;
  private readonly out: VarintWriter;

  constructor(out: VarintWriter) {
    this.out = out;
  }

  write(from: number, length: number): void {
    if (from < 0) this.out.add(0);
    else {
      const jump = from - this.expected;
      this.out.add(jump < 0 ? -2 * jump : 2 * jump + 1);
      this.expected = from + length;
    }
    this.out.add(length);
  }
}

export class RunReader {
  private expected = 0;
  private readonly input: VarintReader;
  from = 0;
  length = 0;

  constructor(input: VarintReader) {
    this.input = input;
  }

  /** Sets `from` (-1: new items) and `length`; false at the end. Throws RangeError beyond `count` items of the base. */
  next(count: number): boolean {
    if (this.input.done) return false;
    const jump = this.input.next();
    this.length = this.input.next();
    if (jump === 0) this.from = -1;
    else {
      this.from = this.expected + (jump % 2 === 0 ? -jump / 2 : (jump - 1) / 2);
      this.expected = this.from + this.length;
      if (this.from < 0 || this.expected > count) throw new RangeError('a run exceeds the base');
    }
    return true;
  }
}
