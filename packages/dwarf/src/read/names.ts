// Names as numbers: equal names have equal numbers, wherever their bytes stand. A string in .debug_str is looked at once and
// remembered by its offset; the short ones that compilers put into the entry itself are remembered by their bytes.

import { DwarfError } from '../errors.ts';
import { Ints } from '../ints.ts';
import type { SectionData } from './section-data.ts';

/** Names of up to three ASCII characters are remembered in this many places, the last one of a place only. */
const SHORT_PLACES = 1 << 12;
/** A name longer than this is damage; the longest in kernels have some hundred bytes. */
const MAX_NAME = 1 << 16;
/** 2^32 divided by the golden ratio: multiplied by it, neighbours are far apart. */
const GOLDEN = 0x9e3779b1;
/** Offsets up to this are keys of a table of 32-bit integers. */
const MAX_OFFSET = 0x7ffffffe;

/** All names met so far; 0 is no name. */
export class NameTable {
  #bytes = new Uint8Array(1 << 12);
  #used = 0;
  /** Where each name begins; one more entry says where the last ends. */
  readonly #starts = new Ints(1 << 8);
  readonly #hashes = new Ints(1 << 8);
  #slots = new Int32Array(1 << 9);
  /** The characters, and the number, of the short name of each place. */
  readonly #shortKeys = new Int32Array(SHORT_PLACES);
  readonly #shortNames = new Int32Array(SHORT_PLACES);

  constructor() {
    this.#starts.push(0);
    this.#starts.push(0);
    this.#hashes.push(0);
  }

  /** One more than the largest number. */
  get count(): number {
    return this.#hashes.length;
  }

  /** The number of the name `from[start, end)`; 0 for the empty one. */
  intern(from: Uint8Array, start: number, end: number): number {
    if (start === end) return 0;
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ from[i]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]!;
      if (this.#hashes.data[id] === hash && this.#equals(id, from, start, end)) return id;
    }
    return this.#add(from, start, end, hash, slot);
  }

  /** The number of a name given as text (Latin-1). */
  internText(text: string): number {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    return this.intern(bytes, 0, bytes.length);
  }

  /** The number of the zero-terminated string at `start`, and through `after` where its zero is. */
  internInline(from: Uint8Array, start: number): number {
    const a = from[start]!;
    if (a === 0) return 0;
    const b = from[start + 1]!;
    const c = b === 0 ? 0 : from[start + 2]!;
    const end = b === 0 ? start + 1 : c === 0 ? start + 2 : from[start + 3] === 0 ? start + 3 : -1;
    if (end > 0 && ((a | b | c) & 0x80) === 0) {
      const key = a | (b << 7) | (c << 14);
      const place = (key ^ (key >>> 7)) & (SHORT_PLACES - 1);
      if (this.#shortKeys[place] === key) return this.#shortNames[place]!;
      const id = this.intern(from, start, end);
      this.#shortKeys[place] = key;
      this.#shortNames[place] = id;
      return id;
    }
    return this.intern(from, start, stringEnd(from, start));
  }

  /** The bytes of a name: a view. */
  bytes(id: number): Uint8Array {
    return this.#bytes.subarray(this.#starts.data[id]!, this.#starts.data[id + 1]!);
  }

  /** A name as text, a character a byte. */
  text(id: number): string {
    return String.fromCharCode(...this.bytes(id));
  }

  /** Orders names by their bytes: below 0 where `first` comes first. */
  compare(first: number, second: number): number {
    const starts = this.#starts.data;
    const bytes = this.#bytes;
    const a = starts[first]!;
    const b = starts[second]!;
    const aSize = starts[first + 1]! - a;
    const bSize = starts[second + 1]! - b;
    const common = Math.min(aSize, bSize);
    for (let i = 0; i < common; i++) if (bytes[a + i] !== bytes[b + i]) return bytes[a + i]! - bytes[b + i]!;
    return aSize - bSize;
  }

  /** Forgets all names from number `count` on, which was {@link count} once. */
  release(count: number): void {
    const mask = this.#slots.length - 1;
    // the last one first: nothing that is left was ever put behind it
    for (let id = this.#hashes.length - 1; id >= count; id--) {
      let slot = this.#hashes.data[id]! & mask;
      while (this.#slots[slot] !== id) slot = (slot + 1) & mask;
      this.#slots[slot] = 0;
    }
    this.#hashes.length = count;
    this.#starts.length = count + 1;
    this.#used = this.#starts.data[count]!;
    this.#shortKeys.fill(0);
  }

  #equals(id: number, from: Uint8Array, start: number, end: number): boolean {
    const at = this.#starts.data[id]!;
    if (this.#starts.data[id + 1]! - at !== end - start) return false;
    const own = this.#bytes;
    for (let i = start, k = at; i < end; i++, k++) if (own[k] !== from[i]) return false;
    return true;
  }

  #add(from: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const size = end - start;
    if (this.#used + size > this.#bytes.length) {
      const grown = new Uint8Array((this.#used + size) * 2);
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    const own = this.#bytes;
    for (let i = start, k = this.#used; i < end; i++, k++) own[k] = from[i]!;
    this.#used += size;
    const id = this.#hashes.length;
    this.#hashes.push(hash);
    this.#starts.push(this.#used);
    this.#slots[slot] = id;
    if (id * 2 > this.#slots.length) this.#grow();
    return id;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 1; id < this.#hashes.length; id++) {
      let slot = this.#hashes.data[id]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

/**
 * The names of one string section by offset. Offsets are looked up in a hash table: a place for each byte of the section
 * would take four times the section's size.
 */
export class StringNames {
  readonly #section: SectionData | undefined;
  readonly #table: NameTable;
  readonly #label: string;
  #bytes: Uint8Array | undefined;
  /** Pairs of offset plus one, 0 where the place is free, and name. */
  #known = new Int32Array(2 << 8);
  /** How far a product is shifted to be a place of the table. */
  #shift = 32 - 8;
  #count = 0;

  constructor(section: SectionData | undefined, table: NameTable, label: string) {
    this.#section = section;
    this.#table = table;
    this.#label = label;
  }

  /** The number of the name at `offset`. Throws `bad-string`. */
  at(offset: number): number {
    if (offset > MAX_OFFSET) return this.#load(offset, 0); // which throws: no section is so large
    const known = this.#known;
    const key = offset + 1;
    const mask = known.length - 1;
    let place = (Math.imul(key, GOLDEN) >>> this.#shift) << 1;
    for (; known[place] !== 0; place = (place + 2) & mask) if (known[place] === key) return known[place + 1]!;
    return this.#load(offset, place);
  }

  #load(offset: number, place: number): number {
    const bytes = (this.#bytes ??= this.#section?.whole() ?? new Uint8Array(0));
    if (!(offset < bytes.length)) {
      throw new DwarfError('bad-string', `a name at ${offset} of ${this.#label}`, {
        section: this.#label,
        offset,
        expected: `less than ${bytes.length}`,
      });
    }
    const id = this.#table.intern(bytes, offset, stringEnd(bytes, offset));
    this.#known[place] = offset + 1;
    this.#known[place + 1] = id;
    this.#count++;
    if (this.#count * 4 > this.#known.length) this.#grow();
    return id;
  }

  #grow(): void {
    const old = this.#known;
    const known = new Int32Array(old.length * 2);
    const mask = known.length - 1;
    this.#shift--;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] === 0) continue;
      let place = (Math.imul(old[i]!, GOLDEN) >>> this.#shift) << 1;
      while (known[place] !== 0) place = (place + 2) & mask;
      known[place] = old[i]!;
      known[place + 1] = old[i + 1]!;
    }
    this.#known = known;
  }
}

/** Where the string that begins at `start` has its zero. Throws `bad-string`. */
export function stringEnd(bytes: Uint8Array, start: number): number {
  let end = start;
  while (bytes[end] !== 0 && end < bytes.length) end++;
  if (end >= bytes.length || end - start > MAX_NAME) {
    throw new DwarfError('bad-string', 'a name without an end', { offset: start, expected: 'a zero byte' });
  }
  return end;
}
