// How often a dump has used each name, so that the second `foo` becomes `foo___2`. Names are compared by their bytes:
// one name may stand at several offsets.

import { BtfError } from '../errors.ts';

/** How many characters of names may be looked at; a kernel has about a million. */
const MAX_CHARACTERS = 2 ** 30;

/** The size of the first table is at most this. */
const MAX_FIRST_SLOTS = 1 << 16;

/** A hash table over names by offset. Throws `limit` beyond MAX_CHARACTERS. */
export class NameCounts {
  private readonly strings: Uint8Array;
  /** Offset of the name in a slot, 0 where the slot is free; offset 0 itself, the empty name, is never asked for. */
  private offsets: Uint32Array;
  private counts: Uint32Array;
  private used = 0;
  private empty = 0;
  private characters = 0;

  /** `expected`: how many names there may be, for a table that needs not grow. */
  constructor(strings: Uint8Array, expected: number) {
    this.strings = strings;
    let slots = 64;
    while (slots < expected && slots < MAX_FIRST_SLOTS) slots *= 2;
    this.offsets = new Uint32Array(slots);
    this.counts = new Uint32Array(slots);
  }

  /** Counts one more use of the name at `offset`; returns how many there are now. */
  add(offset: number): number {
    if (this.strings[offset] === 0) return ++this.empty;
    if (this.used * 2 >= this.offsets.length) this.grow();
    const slot = this.slotOf(offset);
    if (this.offsets[slot] === 0) {
      this.offsets[slot] = offset;
      this.used++;
    }
    const count = this.counts[slot]! + 1;
    this.counts[slot] = count;
    return count;
  }

  private slotOf(offset: number): number {
    const { strings, offsets } = this;
    const mask = offsets.length - 1;
    let hash = 0x811c9dc5;
    let i = offset;
    for (; strings[i] !== 0; i++) hash = Math.imul(hash ^ strings[i]!, 0x01000193);
    this.characters += i - offset;
    if (this.characters > MAX_CHARACTERS) {
      throw new BtfError('limit', 'names are too long', { expected: `at most ${MAX_CHARACTERS} characters in all` });
    }
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const other = offsets[slot]!;
      if (other === 0 || other === offset || sameString(strings, other, offset)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const { offsets, counts } = this;
    this.offsets = new Uint32Array(offsets.length * 2);
    this.counts = new Uint32Array(offsets.length * 2);
    for (let i = 0; i < offsets.length; i++) {
      const offset = offsets[i]!;
      if (offset === 0) continue;
      const slot = this.slotOf(offset);
      this.offsets[slot] = offset;
      this.counts[slot] = counts[i]!;
    }
  }
}

function sameString(strings: Uint8Array, a: number, b: number): boolean {
  while (strings[a] === strings[b]) {
    if (strings[a] === 0) return true;
    a++;
    b++;
  }
  return false;
}
