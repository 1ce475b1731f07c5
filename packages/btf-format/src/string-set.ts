// A set of strings that is a BTF string section at the same time: what is added keeps its offset, what is there already
// is found again. libbpf strset.c, byte for byte: order of addition, whole strings only, the first of equal ones wins.

import { BtfError } from './errors.ts';
import { MAX_STRING_OFFSET } from './strings.ts';

/** Strings at offsets, and the way back from a string to its offset. */
export class StringSet {
  #bytes: Uint8Array;
  #length: number;
  /** Open addressing: offset plus one, 0 where free. */
  #slots: Uint32Array<ArrayBuffer>;
  #hashes: Uint32Array<ArrayBuffer>;
  #used = 0;

  /** Starts from a string section, which is never written to, or empty. `room`: bytes that are expected to be added. */
  constructor(initial: Uint8Array = new Uint8Array(0), room = 0) {
    this.#bytes = room === 0 ? initial : new Uint8Array(initial.length + room);
    if (room > 0) this.#bytes.set(initial);
    this.#length = initial.length;
    const expected = initial.length + room;
    const slots = expected > 64 ? 2 ** Math.ceil(Math.log2(expected / 8)) : 32;
    this.#slots = new Uint32Array(slots);
    this.#hashes = new Uint32Array(slots);
    for (let at = 0; at < initial.length; ) {
      let end = initial.indexOf(0, at);
      if (end < 0) end = initial.length;
      this.#insert(initial, at, end, at);
      at = end + 1;
    }
  }

  /** Length of the section in bytes. */
  get length(): number {
    return this.#length;
  }

  /** The section as it stands: a view, overwritten by nothing but valid only until the next addition. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The offset of the string `key[start, end)`, or -1. */
  find(key: Uint8Array, start = 0, end = key.length): number {
    const slot = this.#slot(key, start, end, hashBytes(key, start, end));
    return this.#slots[slot]! - 1;
  }

  /** The offset of the string `key[start, end)`, added at the end where it is new. Throws `limit`. */
  add(key: Uint8Array, start = 0, end = key.length): number {
    const hash = hashBytes(key, start, end);
    const slot = this.#slot(key, start, end, hash);
    const known = this.#slots[slot]! - 1;
    if (known >= 0) return known;
    const at = this.#length;
    const size = end - start;
    if (at + size > MAX_STRING_OFFSET) {
      throw new BtfError('limit', `${at + size + 1} bytes of strings`, {
        expected: `at most ${MAX_STRING_OFFSET + 1}`,
      });
    }
    if (at + size + 1 > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(256, (at + size + 1) * 2));
      grown.set(this.bytes);
      this.#bytes = grown;
    }
    if (size < 32) for (let i = 0; i < size; i++) this.#bytes[at + i] = key[start + i]!;
    else this.#bytes.set(key.subarray(start, end), at);
    this.#bytes[at + size] = 0;
    this.#length = at + size + 1;
    this.#occupy(slot, hash, at);
    return at;
  }

  #insert(key: Uint8Array, start: number, end: number, offset: number): void {
    const hash = hashBytes(key, start, end);
    const slot = this.#slot(key, start, end, hash);
    if (this.#slots[slot] === 0) this.#occupy(slot, hash, offset); // the first of equal strings wins
  }

  #occupy(slot: number, hash: number, offset: number): void {
    this.#slots[slot] = offset + 1;
    this.#hashes[slot] = hash;
    if (++this.#used * 2 > this.#slots.length) this.#grow();
  }

  /** Where this string is, or the free slot where it belongs. */
  #slot(key: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]!;
      if (entry === 0) return slot;
      if (this.#hashes[slot] === hash && this.#equals(entry - 1, key, start, end)) return slot;
    }
  }

  #equals(offset: number, key: Uint8Array, start: number, end: number): boolean {
    const bytes = this.#bytes;
    const size = end - start;
    if (bytes[offset + size] !== 0) return false;
    for (let i = 0; i < size; i++) if (bytes[offset + i] !== key[start + i]) return false;
    return true;
  }

  #grow(): void {
    const [slots, hashes] = [this.#slots, this.#hashes];
    this.#slots = new Uint32Array(slots.length * 2);
    this.#hashes = new Uint32Array(slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] === 0) continue;
      let slot = hashes[i]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = slots[i]!;
      this.#hashes[slot] = hashes[i]!;
    }
  }
}

/** FNV-1a, its high bits folded into the low ones that choose the slot. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
