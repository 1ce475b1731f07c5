// The stack of a walk over two graphs side by side: records whose types are compared one by one, for most comparisons end
// with the first that differs.

/** Numbers of one frame: the words of the next type on either side, how far to the one after, how many are left. */
const FRAME = 4;

/** Gives the words of one pair of types after the other, those of the record that came last first. */
export class PairWalk {
  /** Where the pair that `next` found stands in the words. */
  candidate = 0;
  canonical = 0;
  #frames = new Int32Array(256 * FRAME);
  #top = 0;

  clear(): void {
    this.#top = 0;
  }

  /** Enters a record: `count` pairs from these words on, `stride` words apart. */
  push(candidate: number, canonical: number, stride: number, count: number): void {
    if (this.#top + FRAME > this.#frames.length) {
      const grown = new Int32Array(this.#frames.length * 2);
      grown.set(this.#frames);
      this.#frames = grown;
    }
    const frames = this.#frames;
    const top = this.#top;
    frames[top] = candidate;
    frames[top + 1] = canonical;
    frames[top + 2] = stride;
    frames[top + 3] = count;
    this.#top = top + FRAME;
  }

  /** Moves to the next pair; false where none is left. */
  next(): boolean {
    const frames = this.#frames;
    let top = this.#top - FRAME;
    while (top >= 0 && frames[top + 3] === 0) top -= FRAME;
    this.#top = top + FRAME;
    if (top < 0) return false;
    this.candidate = frames[top]!;
    this.canonical = frames[top + 1]!;
    const stride = frames[top + 2]!;
    frames[top] = this.candidate + stride;
    frames[top + 1] = this.canonical + stride;
    frames[top + 3] = frames[top + 3]! - 1;
    return true;
  }
}
