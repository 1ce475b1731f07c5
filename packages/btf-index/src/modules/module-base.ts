// A kernel's types and strings as its modules find them without numbers. A type is found by a key: 48 bits of the hash that a
// reference to it has, and which it is among those of this kernel with the same.

import type { Btf } from '@btfq/btf-format';
import { hashStringAt, hashStrings } from '../prepare/string-hashes.ts';
import { type BaseHashes, baseHashes } from '../prepare/type-hashes.ts';
import { PairTable } from './set-tables.ts';

export class ModuleBase {
  readonly btf: Btf;
  readonly hashes: BaseHashes;
  /** Keys by type id, and the reverse: the n-th key in the table is that of the n-th entry of `ids`. */
  private readonly keyHi: Int32Array;
  private readonly keys = new PairTable();
  private readonly ids: number[] = [];
  private readonly strings = new PairTable();
  private readonly offsets: number[] = [];

  constructor(btf: Btf, pointerBytes?: number) {
    this.btf = btf;
    this.hashes = baseHashes(btf, hashStrings(btf.strings.bytes), pointerBytes);
    const { lo, hi, strings } = this.hashes;
    this.keyHi = new Int32Array(lo.length);
    const alike = new Map<number, number>();
    for (let id = 1; id < lo.length; id++) {
      let high = hi[id]! & 0xffff;
      if (this.keys.find(lo[id]!, high) >= 0) {
        const number = keyNumber(lo[id]!, high);
        const before = alike.get(number) ?? 1;
        alike.set(number, before + 1);
        if (before > 0x7fff)
          high = -1; // no key: nothing finds it
        else high |= before << 16;
      }
      this.keyHi[id] = high;
      if (high < 0) continue;
      this.keys.add(lo[id]!, high);
      this.ids.push(id);
    }
    for (let i = 0; i < strings.lo.length; i++) {
      if (this.strings.find(strings.lo[i]!, strings.hi[i]!) >= 0) continue;
      this.strings.add(strings.lo[i]!, strings.hi[i]!);
      this.offsets.push(strings.starts[i]!);
    }
  }

  /** The key of a type: its low word is the hash's; this is the high one. Negative where it has none. */
  highKey(id: number): number {
    return this.keyHi[id]!;
  }

  /** The type of a key. Throws RangeError where the kernel has none. */
  typeOf(lo: number, high: number): number {
    const found = this.ids[this.keys.find(lo, high)];
    if (found === undefined) throw new RangeError('the kernel lacks a type that the module refers to');
    return found;
  }

  /** Where a string begins in the kernel's section; -1 where it is not there. */
  offsetOf(lo: number, hi: number): number {
    return this.offsets[this.strings.find(lo, hi)] ?? -1;
  }

  /** The number of the string at an offset of the kernel's section; -1 where none begins there, or an equal one comes before. */
  stringAt(offset: number): number {
    const { numbers, strings } = this.hashes;
    const number = numbers[offset] ?? -1;
    if (number < 0) return -1;
    return this.offsetOf(strings.lo[number]!, strings.hi[number]!) === offset ? number : -1;
  }

  /** Where text is in the kernel's section; -1 where it is not there. */
  offsetOfText(bytes: Uint8Array): number {
    const { lo, hi } = hashStringAt(bytes, 0);
    return this.offsetOf(lo, hi);
  }
}

function keyNumber(lo: number, high: number): number {
  return high * 0x100000000 + (lo >>> 0);
}
