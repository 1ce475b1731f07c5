// The few types that are not one although their tuples are equal: a name stands for different contents in different units,
// and so does everything that leads to it there. Such types are kept for each unit, and joined at the end where all that
// they lead to is equal: by partition refinement, which is exact and works through cycles.

import { Ints } from '../ints.ts';
import { eachReference, NodeTable } from './nodes.ts';

/** Variants by number, from 0. A reference to one is -(number + 1). */
export class Variants {
  readonly #pool = new Ints(1 << 6);
  readonly #starts = new Ints(1 << 4);
  readonly #lengths = new Ints(1 << 4);
  /** The node that this is a variant of, for comparisons by name and for the first partition. */
  readonly #nodes = new Ints(1 << 4);
  /** The class of each, once {@link join} has run. */
  #classes: Int32Array<ArrayBufferLike> = new Int32Array(0);

  get count(): number {
    return this.#nodes.length;
  }

  /** Makes a variant whose tuple follows by {@link set}. */
  add(node: number): number {
    this.#nodes.push(node);
    this.#starts.push(0);
    this.#lengths.push(0);
    return this.#nodes.length - 1;
  }

  set(variant: number, tuple: Int32Array, length: number): void {
    this.#pool.reserve(length);
    const at = this.#pool.length;
    this.#pool.data.set(tuple.subarray(0, length), at);
    this.#pool.length = at + length;
    this.#starts.data[variant] = at;
    this.#lengths.data[variant] = length;
  }

  /** Forgets all variants from number `count` on. */
  release(count: number): void {
    const used = count < this.count ? this.#used(count) : this.#pool.length;
    for (const list of [this.#nodes, this.#starts, this.#lengths]) list.length = count;
    this.#pool.length = used;
  }

  /** How much of the pool the first `count` variants take: they were all set before any later one. */
  #used(count: number): number {
    let used = 0;
    for (let i = 0; i < count; i++) used = Math.max(used, this.#starts.data[i]! + this.#lengths.data[i]!);
    return used;
  }

  /** The node behind a reference of either kind. */
  nodeOf(ref: number): number {
    return ref < 0 ? this.#nodes.data[-ref - 1]! : ref;
  }

  /** Joins equal variants. Returns their tuples by class, with references to variants replaced by references to classes. */
  join(): readonly Int32Array[] {
    const count = this.count;
    let classes: Int32Array<ArrayBufferLike> = this.#nodes.data.slice(0, count);
    for (let known = 0; ; ) {
      const table = new NodeTable();
      const next = new Int32Array(count);
      for (let variant = 0; variant < count; variant++) {
        const tuple = this.#tuple(variant, classes);
        const key = new Int32Array(tuple.length + 1);
        key[0] = classes[variant]!;
        key.set(tuple, 1);
        next[variant] = table.intern(key, key.length) - 1;
      }
      classes = next;
      if (table.count - 1 === known) break;
      known = table.count - 1;
    }
    this.#classes = classes;
    const tuples: Int32Array[] = [];
    for (let variant = 0; variant < count; variant++) {
      const own = classes[variant]!;
      if (tuples[own] === undefined) tuples[own] = this.#tuple(variant, classes);
    }
    return tuples;
  }

  /** A reference with its variant replaced by its class; after {@link join}. */
  joined(ref: number): number {
    return ref < 0 ? -(this.#classes[-ref - 1]! + 1) : ref;
  }

  #tuple(variant: number, classes: Int32Array<ArrayBufferLike>): Int32Array {
    const at = this.#starts.data[variant]!;
    const tuple = this.#pool.data.slice(at, at + this.#lengths.data[variant]!);
    if (tuple.length === 0) return tuple;
    eachReference(tuple, 0, (place) => {
      const ref = tuple[place]!;
      if (ref < 0) tuple[place] = -(classes[-ref - 1]! + 1);
    });
    return tuple;
  }
}
