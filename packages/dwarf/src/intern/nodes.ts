// The types of all units, each content once: a node is a tuple of integers, and equal tuples are one node. Compared
// exactly, with a hash only to find candidates.
//
// A reference to a named struct, union or enum is a reference to its name: a node of its own that says only kind and name.
// So tuples have no cycles and can be made bottom-up, whatever order a unit has. What the name stands for is a content
// node that belongs to it: the first that was met, and for the few names with several, variants (variants.ts).
//
// Tuples begin with a head, the BTF kind and flags; then, by kind:
//   INT, FLOAT               name, size, encoding
//   PTR and qualifiers       ref
//   TYPEDEF, TYPE_TAG        name, ref
//   ARRAY                    ref, number of elements
//   FUNC_PROTO               ref, number of parameters, then name and ref of each
//   STRUCT, UNION            name, size, number of members, then name, ref and offset word of each
//   ENUM                     name, size, number, then name and value of each; ENUM64 with the value's high half too
//   a name                   name

import { BtfKind } from '@btfq/btf-format';
import { Ints } from '../ints.ts';

/** The kind in a tuple's head. */
export const KIND_MASK = 0x7f;
/** The node is a name, to which content may belong. */
export const NAME_FLAG = 0x100;
/** The node is what a name stands for. */
export const CONTENT_FLAG = 0x200;
/** BTF's kind flag. */
export const KIND_FLAG = 0x400;

/** A state of the table: how many nodes, and which of them are names without content. */
export interface NodeMark {
  readonly count: number;
  readonly open: readonly number[];
}

/** Tuples by number, from 1; 0 is void. */
export class NodeTable {
  readonly pool = new Ints(1 << 11);
  /** Where each tuple begins in `pool`; one more entry says where the last ends. */
  readonly starts = new Ints(1 << 8);
  readonly #hashes = new Ints(1 << 8);
  #slots = new Int32Array(1 << 9);
  /** Of a name: its first content, or 0. */
  readonly content = new Ints(1 << 8);

  constructor() {
    this.starts.push(0);
    this.starts.push(0);
    this.#hashes.push(0);
    this.content.push(0);
  }

  /** One more than the largest node. */
  get count(): number {
    return this.#hashes.length;
  }

  /** The node of the tuple `from[0, length)`. */
  intern(from: Int32Array, length: number): number {
    let hash = length;
    for (let i = 0; i < length; i++) {
      hash = Math.imul(hash ^ from[i]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    const hashes = this.#hashes.data;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const node = this.#slots[slot]!;
      if (hashes[node] === hash && this.#equals(node, from, length)) return node;
    }
    const node = this.#hashes.length;
    this.#hashes.push(hash);
    this.content.push(0);
    const { pool } = this;
    pool.reserve(length);
    const at = pool.length;
    for (let i = 0; i < length; i++) pool.data[at + i] = from[i]!;
    pool.length = at + length;
    this.starts.push(pool.length);
    this.#slots[slot] = node;
    if (node * 2 > this.#slots.length) this.#grow();
    return node;
  }

  /** Where the table stands, to go back to by {@link release}. Nodes of then keep their content, or have none again. */
  mark(): NodeMark {
    const open: number[] = [];
    for (let node = 1; node < this.count; node++) {
      if ((this.head(node) & NAME_FLAG) !== 0 && this.content.data[node] === 0) open.push(node);
    }
    return { count: this.count, open };
  }

  /** Forgets all nodes that came after the mark. */
  release({ count, open }: NodeMark): void {
    const mask = this.#slots.length - 1;
    // the last one first: nothing that is left was ever put behind it
    for (let node = this.#hashes.length - 1; node >= count; node--) {
      let slot = this.#hashes.data[node]! & mask;
      while (this.#slots[slot] !== node) slot = (slot + 1) & mask;
      this.#slots[slot] = 0;
    }
    this.#hashes.length = count;
    this.content.length = count;
    this.starts.length = count + 1;
    this.pool.length = this.starts.data[count]!;
    for (const node of open) this.content.data[node] = 0;
  }

  /** The head of a node's tuple. */
  head(node: number): number {
    return this.pool.data[this.starts.data[node]!]!;
  }

  /** The BTF kind of a node. */
  kind(node: number): number {
    return this.head(node) & KIND_MASK;
  }

  #equals(node: number, from: Int32Array, length: number): boolean {
    const at = this.starts.data[node]!;
    if (this.starts.data[node + 1]! - at !== length) return false;
    const pool = this.pool.data;
    for (let i = 0; i < length; i++) if (pool[at + i] !== from[i]) return false;
    return true;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const hashes = this.#hashes.data;
    for (let node = 1; node < this.#hashes.length; node++) {
      let slot = hashes[node]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = node;
    }
    this.#slots = slots;
  }
}

/** Calls `visit` with the place of each reference in the tuple `words[at...]`. */
export function eachReference(words: Int32Array, at: number, visit: (place: number) => void): void {
  const head = words[at]!;
  if ((head & NAME_FLAG) !== 0) return;
  switch (head & KIND_MASK) {
    case BtfKind.Ptr:
    case BtfKind.Const:
    case BtfKind.Volatile:
    case BtfKind.Restrict:
    case BtfKind.Array:
      visit(at + 1);
      break;
    case BtfKind.Typedef:
    case BtfKind.TypeTag:
      visit(at + 2);
      break;
    case BtfKind.FuncProto: {
      visit(at + 1);
      const count = words[at + 2]!;
      for (let i = 0; i < count; i++) visit(at + 4 + i * 2);
      break;
    }
    case BtfKind.Struct:
    case BtfKind.Union: {
      const count = words[at + 3]!;
      for (let i = 0; i < count; i++) visit(at + 5 + i * 3);
      break;
    }
    default:
  }
}
