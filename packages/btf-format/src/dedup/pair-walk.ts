// The stack of a walk over two graphs side by side: records whose types are compared one by one, for most comparisons end
// with the first that differs.

/**
 * Numbers of one frame: the words of the next type on either side, how far to the one after, how many are left, and the
 * ids of the records that they stand in.
 */
const FRAME = 6;

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

  /** Enters two records by their ids: `count` pairs from these words on, `stride` words apart. */
  push(candId: number, canonId: number, candidate: number, canonical: number, stride: number, count: number): void {
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
    frames[top + 4] = candId;
    frames[top + 5] = canonId;
    this.#top = top + FRAME;
  }

  /** Notes for each record that the walk is in, by the candidate's id, the canonical one that it is compared with. */
  note(canonicals: Uint32Array): void {
    const frames = this.#frames;
    for (let at = 0; at < this.#top; at += FRAME) canonicals[frames[at + 4]!] = frames[at + 5]!;
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
