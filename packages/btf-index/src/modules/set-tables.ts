// The strings and the kernel's types that a set of modules speaks of, numbered from 0 in the order in which they come.
// Tables only grow: what is stored as a difference from a set goes on with that set's numbers.

import { hashStringAt } from '../prepare/string-hashes.ts';

/** Pairs of 32-bit numbers, each with a number of its own. */
export class PairTable {
  lo = new Int32Array(1024);
  hi = new Int32Array(1024);
  count = 0;
  private slots = new Int32Array(4096).fill(-1);

  /** The number of a pair, -1 for none. */
  find(lo: number, hi: number): number {
    const mask = this.slots.length - 1;
    for (let slot = slotOf(lo, hi) & mask; ; slot = (slot + 1) & mask) {
      const found = this.slots[slot] as number;
      if (found < 0 || (this.lo[found] === lo && this.hi[found] === hi)) return found;
    }
  }

  /** The number of a pair that is not there yet. */
  add(lo: number, hi: number): number {
    if (this.count === this.lo.length) this.grow();
    const number = this.count++;
    this.lo[number] = lo;
    this.hi[number] = hi;
    this.place(number);
    return number;
  }

  private place(number: number): void {
    const mask = this.slots.length - 1;
    let slot = slotOf(this.lo[number] as number, this.hi[number] as number) & mask;
    while ((this.slots[slot] as number) >= 0) slot = (slot + 1) & mask;
    this.slots[slot] = number;
  }

  private grow(): void {
    const [lo, hi] = [new Int32Array(this.count * 2), new Int32Array(this.count * 2)];
    lo.set(this.lo);
    hi.set(this.hi);
    this.lo = lo;
    this.hi = hi;
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    for (let number = 0; number < this.count; number++) this.place(number);
  }
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
  readonly pairs = new PairTable();

  get count(): number {
    return this.pairs.count;
  }

  /** The number of a string by its hash (string-hashes.ts), entered where it is new. */
  intern(lo: number, hi: number, source: Uint8Array, at: number, end: number): number {
    const known = this.pairs.find(lo, hi);
    return known >= 0 ? known : this.push(lo, hi, source, at, end);
  }

  /** Enters strings that follow each other, each with its NUL. Throws RangeError where the last has none. */
  append(section: Uint8Array): void {
    for (let at = 0; at < section.length; ) {
      const end = section.indexOf(0, at);
      if (end < 0) throw new RangeError('a string does not end');
      const { lo, hi } = hashStringAt(section, at);
      this.push(lo, hi, section, at, end);
      at = end + 1;
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
    const start = this.starts[number] as number;
    const next = start + end - at + 1;
    if (next > this.bytes.length) this.bytes = grown(this.bytes, Math.max(next, this.bytes.length * 2));
    if (number + 2 > this.starts.length) {
      const starts = new Uint32Array(this.starts.length * 2);
      starts.set(this.starts);
      this.starts = starts;
    }
    for (let i = at, to = start; i < end; i++, to++) this.bytes[to] = source[i] as number;
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
    keys.add(lo, more.keysHi[i] as number);
  });
}

export function copyTables(tables: SetTables): SetTables {
  const copy = emptyTables();
  appendTables(copy, plainTables(tables));
  return copy;
}
