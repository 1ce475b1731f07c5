// Split BTF of a module without the numbers of its kernel. A module's BTF refers to types and names of its kernel by id and
// offset, which differ from kernel to kernel even where the module is the same. Here strings and the kernel's types have the
// numbers of the set's tables (set-tables.ts), own types count from 0; so a module that did not change has the same words.
//
//   name: 0 for none, else 1 + string      reference: 0 for void, 2 * own + 1, or 2 * key + 2
//
// The order of its strings is mostly that in which its types speak of them: only what is otherwise is kept.

import { type Btf, parseBtf } from '@btfq/btf-format';
import { sameBytes } from '../bytes.ts';
import type { StringHashes } from '../prepare/string-hashes.ts';
import { VarintReader, VarintWriter } from '../varints.ts';
import type { ModuleBase } from './module-base.ts';
import { decodeOrder, encodeOrder } from './order-runs.ts';
import type { SetTables } from './set-tables.ts';
import { Role, rolesOf } from './word-roles.ts';

const MAX_MODULE_BYTES = 1 << 28;
const HEADER_BYTES = 24;

/** A module in this form. */
export interface PortableModule {
  readonly words: Uint32Array;
  /** Where each type begins in `words`, and the end. */
  readonly starts: Uint32Array;
  /** The order of its own strings where it is not that of their use: see order-runs.ts. */
  readonly order: Uint8Array;
  /** Those of its strings that no type speaks of. */
  readonly unused: Uint32Array;
  /** Those that it has although its kernel has them too. */
  readonly doubled: Uint32Array;
  /** What is neither types nor strings, where that is not the usual header. */
  readonly head: Uint8Array;
}

/** Turns modules of one kernel into this form. */
export class PortableWriter {
  private readonly base: ModuleBase;
  private readonly tables: SetTables;
  /** By id, and by offset: numbers in the tables, from 1; -1 where there is none. */
  private readonly keys: Int32Array;
  private readonly names: Int32Array;
  private readonly reader: PortableReader;

  constructor(base: ModuleBase, tables: SetTables) {
    this.base = base;
    this.tables = tables;
    this.reader = new PortableReader(base, tables);
    this.keys = new Int32Array(base.btf.typeCount);
    this.names = new Int32Array(base.btf.stringEnd);
  }

  /** undefined where something in the module cannot be determined without its kernel's numbers. What is returned was decoded and compared. */
  write(module: Btf, strings: StringHashes, numbers: Int32Array): PortableModule | undefined {
    const { bytes, header, words, starts, startId, startStringOffset } = module;
    const count = starts.length - 1;
    const { keys } = this;
    const section = module.strings.bytes;
    const portable = new Uint32Array(words.length);
    const own = new Int32Array(strings.lo.length);
    const used: number[] = [];
    const doubled: number[] = [];
    for (let i = 0; i < count; i++) {
      const at = starts[i]!;
      const end = starts[i + 1]!;
      const roles = rolesOf(words[at + 1]!, end - at);
      for (let w = at; w < end; w++) {
        const word = words[w]!;
        const role = roles[w - at]!;
        if (role === Role.plain || word === 0) {
          portable[w] = word;
          continue;
        }
        if (role === Role.reference) {
          if (word >= startId) {
            portable[w] = 2 * (word - startId) + 1;
            continue;
          }
          let key = keys[word]!;
          if (key === 0) key = this.keyOf(word);
          if (key < 0) return undefined;
          portable[w] = 2 * key;
          continue;
        }
        let number: number;
        if (word < startStringOffset) number = this.nameOf(word);
        else {
          const string = numbers[word - startStringOffset] ?? -1;
          if (string < 0) return undefined;
          number = own[string]!;
          if (number === 0) {
            number = this.intern(strings, string, section);
            own[string] = number;
            used.push(string);
            if (this.base.offsetOf(strings.lo[string]!, strings.hi[string]!) >= 0) {
              doubled.push(number - 1);
            }
          }
        }
        if (number < 0) return undefined;
        portable[w] = number;
      }
    }
    const ordered = this.orderOf(strings, used, module.strings.bytes);
    const head = headOf(bytes, header);
    if (ordered === undefined || head === undefined) return undefined;
    const written = { words: portable, starts, ...ordered, doubled: Uint32Array.from(doubled), head };
    try {
      return sameBytes(this.reader.read(written), bytes) ? written : undefined;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return undefined; // it speaks of its own and of its kernel's copy of one string
    }
  }

  private intern({ lo, hi, starts }: StringHashes, string: number, section: Uint8Array): number {
    const [at, end] = [starts[string]!, starts[string + 1]! - 1];
    return 1 + this.tables.strings.intern(lo[string]!, hi[string]!, section, at, end);
  }

  private nameOf(offset: number): number {
    let number = this.names[offset]!;
    if (number === 0) {
      const string = this.base.stringAt(offset);
      number = string < 0 ? -1 : this.intern(this.base.hashes.strings, string, this.base.hashes.stringBytes);
      this.names[offset] = number;
    }
    return number;
  }

  private keyOf(id: number): number {
    const lo = this.base.hashes.lo[id]!;
    const high = this.base.highKey(id);
    const { keys } = this.tables;
    const known = keys.find(lo, high);
    const number = high < 0 ? -1 : 1 + (known >= 0 ? known : keys.add(lo, high));
    this.keys[id] = number;
    return number;
  }

  private orderOf(
    strings: StringHashes,
    used: readonly number[],
    section: Uint8Array,
  ): Pick<PortableModule, 'order' | 'unused'> | undefined {
    const count = strings.lo.length;
    const end = strings.starts[count]!;
    if (end > 0 && section[end - 1] !== 0) return undefined;
    let inOrder = used.length === count;
    for (let i = 0; inOrder && i < count; i++) inOrder = used[i] === i;
    if (inOrder) return { order: NONE, unused: NO_STRINGS };
    const rank = new Int32Array(count).fill(-1);
    used.forEach((string, i) => {
      rank[string] = i;
    });
    const runs = new VarintWriter(64);
    encodeOrder(rank, used.length, runs, runs);
    const unused: number[] = [];
    for (let i = 0; i < count; i++) if (rank[i] === -1) unused.push(this.intern(strings, i, section) - 1);
    return { order: runs.finish(), unused: Uint32Array.from(unused) };
  }
}

const NONE = new Uint8Array(0);
const NO_STRINGS = new Uint32Array(0);

/** The usual header says nothing that is not known: it is left out but for its first eight bytes. */
function headOf(bytes: Uint8Array, header: Btf['header']): Uint8Array | undefined {
  const { littleEndian, typeOff, typeLen, strOff, strLen } = header;
  if (strOff < typeOff + typeLen || strOff + strLen > bytes.length || typeLen % 4 !== 0) return undefined;
  if (strOff === typeOff + typeLen && typeOff === HEADER_BYTES && strOff + strLen === bytes.length) {
    const usual = usualHeader(bytes.subarray(0, 8), littleEndian, typeLen, strLen);
    if (sameBytes(usual, bytes.subarray(0, HEADER_BYTES))) {
      return sameBytes(bytes.subarray(0, 8), LITTLE) ? NONE : bytes.slice(0, 8);
    }
  }
  const out = new VarintWriter(64);
  out.addBytes(Uint8Array.of(littleEndian ? 1 : 0));
  for (const n of [bytes.length, typeOff, typeLen, strOff, strLen]) out.add(n);
  out.addBytes(bytes.subarray(0, typeOff));
  out.addBytes(bytes.subarray(typeOff + typeLen, strOff));
  out.addBytes(bytes.subarray(strOff + strLen));
  return out.length === 8 ? undefined : out.finish();
}

/** What nearly every module begins with: magic, version 1, no flags, 24 bytes. */
const LITTLE = Uint8Array.of(0x9f, 0xeb, 1, 0, HEADER_BYTES, 0, 0, 0);

function usualHeader(first: Uint8Array, littleEndian: boolean, typeLen: number, strLen: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set(first);
  const view = new DataView(bytes.buffer);
  [0, typeLen, typeLen, strLen].forEach((n, i) => {
    view.setUint32(8 + i * 4, n, littleEndian);
  });
  return bytes;
}

/** Turns modules of one set back into bytes over a kernel. */
export class PortableReader {
  private readonly base: ModuleBase;
  private readonly tables: SetTables;
  /** By string: its offset in the kernel's section, -1 where it is not there, -2 where that was not asked yet. */
  private inKernel = new Int32Array(0);
  /** By string: the module that spoke of it last, and which of its own strings it is there. */
  private module = new Int32Array(0);
  private place = new Int32Array(0);
  private readonly typeIds: number[] = [];
  private turn = 0;

  constructor(base: ModuleBase, tables: SetTables) {
    this.base = base;
    this.tables = tables;
  }

  /** A module's bytes. Throws RangeError where the data is damaged, or the kernel is another. */
  read({ words, starts, order, unused, doubled, head }: PortableModule): Uint8Array {
    const { typeCount, stringEnd } = this.base.btf;
    this.begin();
    const out = new Uint32Array(words.length);
    const used: number[] = [];
    const own: number[] = []; // words that speak of own strings
    const forced = doubled.length === 0 ? undefined : new Set(doubled);
    for (let i = 0; i + 1 < starts.length; i++) {
      const at = starts[i]!;
      const end = starts[i + 1]!;
      const roles = rolesOf(words[at + 1]!, end - at);
      for (let w = at; w < end; w++) {
        const word = words[w]!;
        const role = roles[w - at];
        if (role === Role.plain || word === 0) out[w] = word;
        else if (role === Role.reference) {
          out[w] = word % 2 === 1 ? typeCount + (word - 1) / 2 : this.typeOf(word / 2 - 1);
        } else {
          const offset = this.offsetOf(word - 1);
          if (offset >= 0 && forced?.has(word - 1) !== true) {
            out[w] = offset;
            continue;
          }
          if (this.module[word - 1] !== this.turn) {
            this.module[word - 1] = this.turn;
            this.place[word - 1] = used.length;
            used.push(word - 1);
          }
          own.push(w);
        }
      }
    }
    const { section, offsets } = this.section(used, order, unused);
    for (const w of own) {
      const offset = offsets[this.place[words[w]! - 1]!]!;
      if (offset < 0) throw new RangeError('a string has no place');
      out[w] = stringEnd + offset;
    }
    return assemble(head, out, section);
  }

  private begin(): void {
    this.turn++;
    const { count } = this.tables.strings;
    const known = this.inKernel.length;
    if (known >= count) return;
    const size = Math.max(count, known * 2);
    for (const name of ['inKernel', 'module', 'place'] as const) {
      const more = new Int32Array(size).fill(-2);
      more.set(this[name]);
      this[name] = more;
    }
  }

  private offsetOf(string: number): number {
    let offset = this.inKernel[string];
    if (offset === -2) {
      const { pairs } = this.tables.strings;
      if (string >= pairs.count) throw new RangeError(`there is no string ${string}`);
      offset = this.base.offsetOf(pairs.lo[string]!, pairs.hi[string]!);
      this.inKernel[string] = offset;
    }
    if (offset === undefined) throw new RangeError(`there is no string ${string}`);
    return offset;
  }

  private typeOf(key: number): number {
    let id = this.typeIds[key];
    if (id === undefined) {
      const { keys } = this.tables;
      if (key >= keys.count) throw new RangeError(`there is no key ${key}`);
      id = this.base.typeOf(keys.lo[key]!, keys.hi[key]!);
      this.typeIds[key] = id;
    }
    return id;
  }

  /** The strings in their order, and where those in `used` begin. */
  private section(
    used: readonly number[],
    order: Uint8Array,
    unused: Uint32Array,
  ): { section: Uint8Array; offsets: Int32Array } {
    const { strings } = this.tables;
    const runs = new VarintReader(order);
    const ranks = order.length === 0 ? undefined : decodeOrder(used.length, runs, runs);
    const count = ranks?.length ?? used.length;
    const parts: Uint8Array[] = [];
    const offsets = new Int32Array(used.length).fill(-1);
    let length = 0;
    let next = 0;
    for (let i = 0; i < count; i++) {
      const rank = ranks === undefined ? i : ranks[i]!;
      const string = rank < 0 ? unused[next++] : used[rank];
      if (string === undefined) throw new RangeError('a string is missing');
      const part = strings.text(string);
      if (rank >= 0) offsets[rank] = length;
      parts.push(part);
      length += part.length;
    }
    if (length > MAX_MODULE_BYTES) throw new RangeError('the strings are too long');
    const section = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      section.set(part, at);
      at += part.length;
    }
    return { section, offsets };
  }
}

function assemble(head: Uint8Array, words: Uint32Array, section: Uint8Array): Uint8Array {
  const typeLen = words.length * 4;
  if (head.length === 0 || head.length === 8) {
    const first = head.length === 0 ? LITTLE : head;
    const littleEndian = first[0] === 0x9f;
    const bytes = new Uint8Array(HEADER_BYTES + typeLen + section.length);
    bytes.set(usualHeader(first, littleEndian, typeLen, section.length));
    putWords(words, bytes, HEADER_BYTES, littleEndian);
    bytes.set(section, HEADER_BYTES + typeLen);
    return bytes;
  }
  const input = new VarintReader(head, 1);
  const [length, typeOff, types, strOff, strLen] = [
    input.next(),
    input.next(),
    input.next(),
    input.next(),
    input.next(),
  ];
  if (types !== typeLen || strLen !== section.length || length > MAX_MODULE_BYTES || strOff + strLen > length) {
    throw new RangeError('the sections do not fit');
  }
  if (typeOff + typeLen > strOff) throw new RangeError('the sections overlap');
  const bytes = new Uint8Array(length);
  bytes.set(input.nextBytes(typeOff));
  bytes.set(input.nextBytes(strOff - typeOff - typeLen), typeOff + typeLen);
  bytes.set(input.nextBytes(length - strOff - strLen), strOff + strLen);
  putWords(words, bytes, typeOff, head[0] === 1);
  bytes.set(section, strOff);
  return bytes;
}

const hostIsLittle = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function putWords(words: Uint32Array, bytes: Uint8Array, at: number, littleEndian: boolean): void {
  if (littleEndian === hostIsLittle) {
    bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), at);
    return;
  }
  const view = new DataView(bytes.buffer, at, words.byteLength);
  for (let i = 0; i < words.length; i++) view.setUint32(i * 4, words[i]!, littleEndian);
}

/** A module's BTF over its base. Throws `BtfError`. */
export function parseModule(base: ModuleBase, bytes: Uint8Array): Btf {
  return parseBtf(bytes, { base: base.btf });
}
