// The strings and the kernel's types that a set of modules speaks of, numbered from 0 in the order in which they come.
// Tables only grow: what is stored as a difference from a set goes on with that set's numbers.

import { hashStrings, type StringHashes } from '../prepare/string-hashes.ts';

/** Pairs of 32-bit numbers, each with a number of its own. */
export class PairTable {
  lo: Int32Array;
  hi: Int32Array;
  count = 0;
  private slots: Int32Array;

  /** `room` is how many pairs are expected. */
  constructor(room = 1024) {
    this.lo = new Int32Array(room);
    this.hi = new Int32Array(room);
    this.slots = emptySlots(room);
  }

  /** A copy that grows on its own. */
  copy(): PairTable {
    const copy = new PairTable(0);
    copy.lo = this.lo.slice();
    copy.hi = this.hi.slice();
    copy.slots = this.slots.slice();
    copy.count = this.count;
    return copy;
  }

  /** The number of a pair, -1 for none. */
  find(lo: number, hi: number): number {
    const { slots, lo: los, hi: his } = this;
    const mask = slots.length - 1;
    for (let slot = slotOf(lo, hi) & mask; ; slot = (slot + 1) & mask) {
      const found = slots[slot]!;
      if (found < 0 || (los[found] === lo && his[found] === hi)) return found;
    }
  }

  /** The number of a pair that is not there yet. */
  add(lo: number, hi: number): number {
    if (this.count === this.lo.length) this.reserve(Math.max(1024, this.count * 2));
    const number = this.count++;
    this.lo[number] = lo;
    this.hi[number] = hi;
    this.place(number);
    return number;
  }

  /** Makes room for so many pairs in all. */
  reserve(room: number): void {
    if (room <= this.lo.length) return;
    const [lo, hi] = [new Int32Array(room), new Int32Array(room)];
    lo.set(this.lo);
    hi.set(this.hi);
    this.lo = lo;
    this.hi = hi;
    this.slots = emptySlots(room);
    for (let number = 0; number < this.count; number++) this.place(number);
  }

  private place(number: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = slotOf(this.lo[number]!, this.hi[number]!) & mask;
    while (slots[slot]! >= 0) slot = (slot + 1) & mask;
    slots[slot] = number;
  }
}

/** At most half of the slots are taken. */
function emptySlots(room: number): Int32Array {
  let size = 16;
  while (size < room * 2) size *= 2;
  return new Int32Array(size).fill(-1);
}

function slotOf(lo: number, hi: number): number {
  const mixed = Math.imul(lo ^ (hi >>> 7), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Strings by number: NUL-terminated, one after the other. */
export class StringTable {
  bytes = new Uint8Array(1 << 16);
  /** Where each begins, and where the next will. */
  starts = new Uint32Array(1024);
  readonly pairs: PairTable;

  constructor(pairs = new PairTable()) {
    this.pairs = pairs;
  }

  copy(): StringTable {
    const copy = new StringTable(this.pairs.copy());
    copy.bytes = this.bytes.slice();
    copy.starts = this.starts.slice();
    return copy;
  }

  get count(): number {
    return this.pairs.count;
  }

  /** The number of a string by its hash (string-hashes.ts), entered where it is new. */
  intern(lo: number, hi: number, source: Uint8Array, at: number, end: number): number {
    const known = this.pairs.find(lo, hi);
    return known >= 0 ? known : this.push(lo, hi, source, at, end);
  }

  /** Enters strings that follow each other, each with its NUL. Throws RangeError where the last has none. */
  append(section: Uint8Array, { lo, hi, starts }: StringHashes = hashStrings(section)): void {
    if (section.length > 0 && section.at(-1) !== 0) throw new RangeError('a string does not end');
    this.pairs.reserve(this.count + lo.length);
    for (let i = 0; i < lo.length; i++) {
      this.push(lo[i]!, hi[i]!, section, starts[i]!, starts[i + 1]! - 1);
    }
  }

  /** A string with its NUL. */
  text(number: number): Uint8Array {
    if (number >= this.count) throw new RangeError(`there is no string ${number}`);
    return this.bytes.subarray(this.starts[number], this.starts[number + 1]);
  }

  /** Everything from string `first` on. */
  since(first: number): Uint8Array {
    return this.bytes.subarray(this.starts[first], this.starts[this.count]);
  }

  private push(lo: number, hi: number, source: Uint8Array, at: number, end: number): number {
    const number = this.pairs.add(lo, hi);
    const start = this.starts[number]!;
    const next = start + end - at + 1;
    if (next > this.bytes.length) this.bytes = grown(this.bytes, Math.max(next, this.bytes.length * 2));
    if (number + 2 > this.starts.length) {
      const starts = new Uint32Array(this.starts.length * 2);
      starts.set(this.starts);
      this.starts = starts;
    }
    for (let i = at, to = start; i < end; i++, to++) this.bytes[to] = source[i]!;
    this.bytes[next - 1] = 0;
    this.starts[number + 1] = next;
    return number;
  }
}

function grown(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(size);
  more.set(bytes);
  return more;
}

/** The two tables of a set: its strings, and keys of the kernel's types (module-base.ts). */
export interface SetTables {
  readonly strings: StringTable;
  readonly keys: PairTable;
}

export function emptyTables(): SetTables {
  return { strings: new StringTable(), keys: new PairTable() };
}

/** The same as plain data: strings with their NULs, and the two halves of keys. */
export interface PlainTables {
  readonly strings: Uint8Array;
  readonly keysLo: Int32Array;
  readonly keysHi: Int32Array;
}

/** What tables have from these numbers on. */
export function plainTables({ strings, keys }: SetTables, firstString = 0, firstKey = 0): PlainTables {
  return {
    strings: strings.since(firstString).slice(),
    keysLo: keys.lo.slice(firstKey, keys.count),
    keysHi: keys.hi.slice(firstKey, keys.count),
  };
}

/** Enters more at the end. Throws RangeError where the last string does not end. */
export function appendTables({ strings, keys }: SetTables, more: PlainTables): void {
  strings.append(more.strings);
  more.keysLo.forEach((lo, i) => {
    keys.add(lo, more.keysHi[i]!);
  });
}

export function copyTables({ strings, keys }: SetTables): SetTables {
  return { strings: strings.copy(), keys: keys.copy() };
}
