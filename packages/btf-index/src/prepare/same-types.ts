// Which types of a BTF say the same as types of an earlier, similar one, so that their hashes need not be computed again.
// Types are first lined up by kind, name and references back; then each is compared word by word, with names and ids as
// they were moved. A pair that was lined up wrongly counts as changed, which costs time and nothing else. The passes are wasm
// (assembly/same-types/), over both kernels in one memory.

import { SKETCH_BYTES, SKETCH_SUMS } from './sketch-size.ts';
import type { StringMoves } from './string-runs.ts';
import { type Records, SOME_BYTES, typeMemory } from './type-memory.ts';
import type { TypeHashes } from './type-hashes.ts';

/** What is less alike than this is hashed whole. */
const MOST_UNPAIRED = 0.25;

/** Thrown by `SameTypes` where what it found cannot be relied on: the caller hashes everything anew. */
export class TooDeep extends Error {}

/** A comparison under way: one at a time in a thread, and not beside any other use of its memory. */
export class SameTypes {
  private readonly memory: NonNullable<ReturnType<typeof typeMemory>>;
  private readonly earlier: Records;
  private readonly now: Records;
  private readonly moves: StringMoves;
  /** By id: the id of the type that it is paired with, 0 for none. Void is paired with void. */
  readonly pairs: Int32Array;
  /** Of the types, by number: `sameRun` copies them where they are known. */
  readonly lo: Int32Array;
  readonly hi: Int32Array;
  /** By id, to be filled in: at first what they happen to be. */
  readonly discriminators: Int32Array;
  /** By id. */
  readonly sizes: Float64Array;
  /** Ids of integers, ascending. */
  readonly integers: Int32Array;

  private constructor(
    memory: NonNullable<ReturnType<typeof typeMemory>>,
    earlier: Records,
    now: Records,
    moves: StringMoves,
  ) {
    this.memory = memory;
    this.earlier = earlier;
    this.now = now;
    this.moves = moves;
    const { kernel, work } = memory;
    this.pairs = memory.int32(work.pairs, kernel.count + 1);
    this.lo = memory.int32(kernel.lo, kernel.count);
    this.hi = memory.int32(kernel.hi, kernel.count);
    this.discriminators = memory.int32(kernel.discriminators, kernel.count + 1);
    this.sizes = memory.float64(kernel.sizes, kernel.count + 1);
    this.integers = memory.int32(work.list, memory.passes.intCount.value).slice();
  }

  /** undefined where the two are not alike, or there is no wasm. */
  static of(
    earlier: Records & { readonly types: TypeHashes },
    now: Records,
    moves: StringMoves,
    pointerBytes: number,
  ): SameTypes | undefined {
    const count = now.starts.length - 1;
    if (Math.abs(earlier.starts.length - 1 - count) > count * MOST_UNPAIRED) return undefined;
    const memory = typeMemory();
    if (memory === undefined || !memory.take(earlier, now, moves)) return undefined;
    if (memory.passes.lineUp(pointerBytes) === 0) return undefined;
    return new SameTypes(memory, earlier, now, moves);
  }

  /** All hashes are there: a later kernel may be compared with this one. */
  keep(): void {
    this.memory.keep(this.now);
  }

  /** Where the name of an earlier type, by number, is now; -1 where it is gone. */
  nameNow(number: number): number {
    return this.moves.of(this.earlier.words[this.earlier.starts[number]!]!);
  }

  /** Ids whose pairs have a discriminator, in ascending order. */
  shared(): Int32Array {
    const { memory } = this;
    return memory.int32(memory.work.shared, memory.passes.sharedCount.value);
  }

  /** Numbers of earlier types that had a discriminator and are gone. Until the next list. */
  gone(): Int32Array {
    return this.list((passes, out) => passes.gone(out));
  }

  /** Ids without pairs whose names others may have. Until the next list. */
  newNames(): Int32Array {
    return this.list((passes, out) => passes.newNames(out));
  }

  /** Ids, some of them with one of these names. Until the next list. */
  namedLike(names: Iterable<number>): Int32Array {
    const some = this.memory.uint8(this.memory.work.some, SOME_BYTES).fill(0);
    for (const name of names) some[name & (SOME_BYTES - 1)] = 1;
    return this.list((passes, out) => passes.namedLike(some.byteOffset, out));
  }

  /** What is compared from now on is forgotten again by `forget`. */
  remember(): void {
    this.memory.passes.remember();
  }

  forget(): void {
    this.memory.passes.forget();
  }

  /** From now on a reference to this type, which is meant by its name, counts as changed. Before anything is compared. */
  setChanged(id: number): void {
    this.memory.passes.setChanged(id);
  }

  /** Whether a reference to a type looks as it did. Throws TooDeep. */
  refIsSame(id: number): boolean {
    return this.checked(this.memory.passes.refIsSame(id)) !== 0;
  }

  /** How many types from `id`, which has a pair, on say what their pairs say, which follow each other too. Throws TooDeep. */
  sameRun(id: number): number {
    return this.checked(this.memory.passes.sameRun(id));
  }

  /** Whether a type says what its pair says: everything that its hash depends on. Throws TooDeep. */
  contentIsSame(id: number): boolean {
    return this.checked(this.memory.passes.contentIsSame(id)) !== 0;
  }

  /** The sketch of the types, once they all have their hashes. */
  sketch(): Uint8Array {
    const { memory } = this;
    const at = memory.work.sketch;
    const sketch = memory.uint8(at, SKETCH_BYTES);
    sketch.fill(0, 0, SKETCH_SUMS).fill(0xff, SKETCH_SUMS);
    memory.passes.sketch(at, at + SKETCH_SUMS);
    return sketch.slice();
  }

  private list(find: (passes: SameTypes['memory']['passes'], out: number) => number): Int32Array {
    const { memory } = this;
    return memory.int32(memory.work.list, find(memory.passes, memory.work.list));
  }

  private checked(result: number): number {
    if (this.memory.passes.tooDeep.value !== 0) throw new TooDeep();
    return result;
  }
}
