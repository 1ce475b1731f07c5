// SymbolTable: a kernel's symbols by address and by name. 200,000 names stay bytes; a name becomes a string when asked for.

import { latin1 } from '../image/memory.ts';

/** One symbol, as /proc/kallsyms shows it. */
export interface KernelSymbol {
  readonly name: string;
  readonly address: bigint;
  /** The letter of nm and /proc/kallsyms: T text, D data, R read-only data, B zeros, W weak ...; small where local. */
  readonly type: string;
}

/** What a table is made of: `names` holds them one after the other, `starts` where each begins, and the end. */
export interface SymbolColumns {
  readonly addresses: BigUint64Array;
  readonly types: Uint8Array;
  readonly names: Uint8Array;
  readonly starts: Uint32Array;
}

/** The symbols of one kernel by ascending address; those of one address in the kernel's own order. */
export class SymbolTable {
  readonly addresses: BigUint64Array;
  readonly count: number;
  /** Where they were read: the image's kallsyms, or an ELF symbol table. */
  readonly source: 'kallsyms' | 'elf';
  private readonly columns: SymbolColumns;
  /** All names as one text, of which each is a slice; null where some byte is not ASCII. */
  private text: string | null | undefined;
  private heads: Int32Array | undefined;
  private next: Int32Array | undefined;

  constructor(columns: SymbolColumns, source: 'kallsyms' | 'elf') {
    this.columns = columns;
    this.addresses = columns.addresses;
    this.count = columns.addresses.length;
    this.source = source;
  }

  name(index: number): string {
    const { names, starts } = this.columns;
    const [start, end] = [starts[index] ?? 0, starts[index + 1] ?? 0];
    this.text ??= asciiText(names);
    return this.text === null ? latin1(names, start, end) : this.text.slice(start, end);
  }

  /** The type letter; see {@link KernelSymbol}. */
  type(index: number): string {
    return String.fromCharCode(this.columns.types[index] ?? 63);
  }

  /** Indexes of the symbols of code: T and W, global or local. */
  indexesOfText(): number[] {
    const { types } = this.columns;
    const found: number[] = [];
    for (let i = 0; i < this.count; i++) {
      const letter = types[i]! & 0xdf;
      if (letter === 0x54 || letter === 0x57) found.push(i);
    }
    return found;
  }

  symbol(index: number): KernelSymbol {
    return { name: this.name(index), address: this.addresses[index] ?? 0n, type: this.type(index) };
  }

  /** Indexes of all symbols of that name, ascending by address. */
  indexesOf(name: string): number[] {
    const key = new Uint8Array(name.length);
    for (let i = 0; i < name.length; i++) key[i] = name.charCodeAt(i);
    const found: number[] = [];
    const { heads, next } = this.chains();
    for (let i = heads[hash(key, 0, key.length) & (heads.length - 1)]!; i >= 0; i = next[i]!) {
      if (this.isNamed(i, key)) found.push(i);
    }
    return found;
  }

  /** The address of the first symbol of that name. */
  address(name: string): bigint | undefined {
    const index = this.indexesOf(name)[0];
    return index === undefined ? undefined : this.addresses[index];
  }

  has(name: string): boolean {
    return this.indexesOf(name).length > 0;
  }

  /** Index of the first symbol whose address is not below. */
  lowerBound(address: bigint): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.addresses[middle]! < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Indexes of the symbols at exactly this address. */
  indexesAt(address: bigint): number[] {
    const found: number[] = [];
    for (let i = this.lowerBound(address); i < this.count && this.addresses[i] === address; i++) found.push(i);
    return found;
  }

  /** The address of the last symbol that does not begin behind this one: what this address lies in. */
  startOf(address: bigint): bigint | undefined {
    const index = this.lowerBound(address + 1n) - 1;
    return this.addresses[index];
  }

  /** The first symbol behind this address: where what lies at it ends at the latest. */
  endOf(address: bigint): bigint | undefined {
    return this.addresses[this.lowerBound(address + 1n)];
  }

  private isNamed(index: number, key: Uint8Array): boolean {
    const { names, starts } = this.columns;
    const at = starts[index]!;
    if (starts[index + 1]! - at !== key.length) return false;
    for (let i = 0; i < key.length; i++) if (names[at + i] !== key[i]) return false;
    return true;
  }

  private chains(): { heads: Int32Array; next: Int32Array } {
    if (this.heads !== undefined && this.next !== undefined) return { heads: this.heads, next: this.next };
    const { names, starts } = this.columns;
    let slots = 16;
    while (slots < this.count) slots *= 2;
    const heads = new Int32Array(slots).fill(-1);
    const next = new Int32Array(this.count).fill(-1);
    for (let i = this.count - 1; i >= 0; i--) {
      const slot = hash(names, starts[i]!, starts[i + 1]!) & (slots - 1);
      next[i] = heads[slot]!;
      heads[slot] = i;
    }
    this.heads = heads;
    this.next = next;
    return { heads, next };
  }
}

/** FNV-1a, its high bits folded into the low ones. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < end; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}

function asciiText(bytes: Uint8Array): string | null {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80) return null;
  return new TextDecoder().decode(bytes);
}
