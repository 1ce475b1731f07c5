// The index of canonical types by their signature's hash, with candidates in the very order in which libbpf's hashmap.c
// gives them: where several would do, the first one wins, so the order shows in the result.

const NONE = -1;

/**
 * Ids by hash. libbpf prepends to a bucket, and each growth of its map turns every bucket around. Both are followed
 * here with one list a slot, read and extended at either end; slots hold more hashes than libbpf's keys, which does not
 * change the order within one hash.
 */
export class CandidateTable {
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #hashes: Int32Array;
  #reversed = false;
  #size = 0;
  /** Buckets that libbpf's map would have by now. */
  #capacity = 0;

  /** `typeCount`: ids are below it. */
  constructor(typeCount: number) {
    let slots = 16;
    while (slots < typeCount) slots *= 2;
    this.#heads = new Int32Array(slots).fill(NONE);
    this.#tails = new Int32Array(slots).fill(NONE);
    this.#next = new Int32Array(typeCount).fill(NONE);
    this.#previous = new Int32Array(typeCount).fill(NONE);
    this.#hashes = new Int32Array(typeCount);
  }

  /** Adds a type that has none equal to it. */
  add(hash: number, id: number): void {
    // hashmap_needs_to_grow: empty, or more than three quarters full
    if (this.#capacity === 0 || Math.floor(((this.#size + 1) * 4) / 3) > this.#capacity) {
      this.#capacity = Math.max(4, this.#capacity * 2);
      this.#reversed = !this.#reversed;
    }
    this.#size++;
    this.#hashes[id] = hash;
    const slot = this.#slot(hash);
    const reversed = this.#reversed;
    const first = reversed ? this.#tails : this.#heads;
    const last = reversed ? this.#heads : this.#tails;
    const forward = reversed ? this.#previous : this.#next;
    const back = reversed ? this.#next : this.#previous;
    const old = first[slot]!;
    forward[id] = old;
    back[id] = NONE;
    if (old === NONE) last[slot] = id;
    else back[old] = id;
    first[slot] = id;
  }

  /** The first candidate of this hash, or -1. */
  first(hash: number): number {
    const ends = this.#reversed ? this.#tails : this.#heads;
    return this.#skip(ends[this.#slot(hash)]!, hash);
  }

  /** The candidate after `id` of the same hash, or -1. */
  after(id: number): number {
    const forward = this.#reversed ? this.#previous : this.#next;
    return this.#skip(forward[id]!, this.#hashes[id]!);
  }

  #skip(id: number, hash: number): number {
    const forward = this.#reversed ? this.#previous : this.#next;
    while (id !== NONE && this.#hashes[id] !== hash) id = forward[id]!;
    return id;
  }

  #slot(hash: number): number {
    const mixed = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1);
    return (mixed ^ (mixed >>> 13)) & (this.#heads.length - 1);
  }
}
