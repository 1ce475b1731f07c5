// Names as numbers: equal names have equal numbers, wherever their bytes stand. A string in .debug_str is looked at once and
// remembered by its offset; the short ones that compilers put into the entry itself are remembered by their bytes.

import { DwarfError } from '../errors.ts';
import { Ints } from '../ints.ts';
import type { SectionData } from './section-data.ts';

/** Names of up to three ASCII characters are remembered in this many places, the last one of a place only. */
const SHORT_PLACES = 1 << 14;
/** A name longer than this is damage; the longest in kernels have some hundred bytes. */
const MAX_NAME = 1 << 16;

/** All names met so far; 0 is no name. */
export class NameTable {
  #bytes = new Uint8Array(1 << 16);
  #used = 0;
  /** Where each name begins; one more entry says where the last ends. */
  readonly #starts = new Ints(1 << 12);
  readonly #hashes = new Ints(1 << 12);
  #slots = new Int32Array(1 << 13);
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
    let text = '';
    for (const byte of this.bytes(id)) text += String.fromCharCode(byte);
    return text;
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

/** The names of one string section by offset. */
export class StringNames {
  readonly #section: SectionData | undefined;
  readonly #table: NameTable;
  readonly #label: string;
  #bytes: Uint8Array | undefined;
  /** Name plus one by offset, 0 where nobody has asked yet. */
  #known = new Int32Array(0);

  constructor(section: SectionData | undefined, table: NameTable, label: string) {
    this.#section = section;
    this.#table = table;
    this.#label = label;
  }

  /** The number of the name at `offset`. Throws `bad-string`. */
  at(offset: number): number {
    const known = this.#known[offset];
    if (known !== undefined && known !== 0) return known - 1;
    return this.#load(offset);
  }

  #load(offset: number): number {
    if (this.#bytes === undefined) {
      this.#bytes = this.#section?.whole() ?? new Uint8Array(0);
      this.#known = new Int32Array(this.#bytes.length);
    }
    if (!(offset < this.#bytes.length)) {
      throw new DwarfError('bad-string', `a name at ${offset} of ${this.#label}`, {
        section: this.#label,
        offset,
        expected: `less than ${this.#bytes.length}`,
      });
    }
    const id = this.#table.intern(this.#bytes, offset, stringEnd(this.#bytes, offset));
    this.#known[offset] = id + 1;
    return id;
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
