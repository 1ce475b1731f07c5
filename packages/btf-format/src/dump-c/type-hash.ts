// The hash by which bpftool distinguishes types of one name: over their names and those of their members.
// btf_type_disambig_hash of bpftool's btf.c; 64 bits, so that the order is the same to the last tie.

import { BtfError } from '../errors.ts';
import type { FlatBtf } from '../flatten.ts';
import { BtfKind } from '../kinds.ts';
import { referenceWord } from './reference-word.ts';
import { MAX_SORT_STEPS } from './state.ts';
import { infoKind, infoVlen } from '../info.ts';

const TWO_32 = 2 ** 32;

/** Hashes of types, made when first asked for. */
export class TypeHashes {
  private readonly flat: FlatBtf;
  private readonly known: Uint8Array;
  private readonly lows: Uint32Array;
  private readonly highs: Uint32Array;
  private steps = 0;
  // the hash at hand, as two words: 64-bit integers of the language would be ten times slower
  private low = 0;
  private high = 0;

  constructor(flat: FlatBtf) {
    this.flat = flat;
    this.known = new Uint8Array(flat.typeCount);
    this.lows = new Uint32Array(flat.typeCount);
    this.highs = new Uint32Array(flat.typeCount);
  }

  isZero(id: number): boolean {
    this.look(id);
    return this.lows[id] === 0 && this.highs[id] === 0;
  }

  /** As unsigned 64-bit numbers. */
  compare(a: number, b: number): number {
    this.look(a);
    this.look(b);
    const { highs, lows } = this;
    return highs[a]! - highs[b]! || lows[a]! - lows[b]!;
  }

  private look(id: number): void {
    if (this.known[id] === 1) return;
    this.hash(id, true);
    this.known[id] = 1;
    this.lows[id] = this.low;
    this.highs[id] = this.high;
  }

  /**
   * Leaves the hash of a type in `low` and `high`. References on the way only add: h(a -> b) is name(a) * 31 + h(b),
   * with an array's count between. `withMembers` is false for the types of members.
   */
  private hash(id: number, withMembers: boolean): void {
    const { words, starts } = this.flat;
    let sumLow = 0;
    let sumHigh = 0;
    for (let left = this.flat.typeCount; ; left--) {
      this.step(id);
      if (left < 0) throw tooMuch(id); // references in a circle
      const at = starts[id]!;
      const kind = infoKind(words[at + 1]!);
      const follow = referenceWord(kind);
      this.low = 0;
      this.high = 0;
      this.mixName(words[at]!);
      if (follow === 0) {
        this.mixElements(at, kind, withMembers);
        break;
      }
      if (kind === BtfKind.Array) this.mix(words[at + 5]!, 0);
      this.mix(0, 0);
      const low = sumLow + this.low;
      sumHigh = (sumHigh + this.high + (low >= TWO_32 ? 1 : 0)) >>> 0;
      sumLow = low >>> 0;
      id = words[at + follow]!;
    }
    const low = sumLow + this.low;
    this.high = (sumHigh + this.high + (low >= TWO_32 ? 1 : 0)) >>> 0;
    this.low = low >>> 0;
  }

  private mixElements(at: number, kind: BtfKind, withMembers: boolean): void {
    const { words } = this.flat;
    const vlen = infoVlen(words[at + 1]!);
    if (kind === BtfKind.Enum) for (let i = 0; i < vlen; i++) this.mixName(words[at + 3 + i * 2]!);
    else if (kind === BtfKind.Enum64) for (let i = 0; i < vlen; i++) this.mixName(words[at + 3 + i * 3]!);
    else if (withMembers && (kind === BtfKind.Struct || kind === BtfKind.Union)) {
      for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
        this.mixName(words[w]!);
        const { low, high } = this;
        this.hash(words[w + 1]!, false);
        const { low: memberLow, high: memberHigh } = this;
        this.low = low;
        this.high = high;
        this.mix(memberLow, memberHigh);
      }
    }
  }

  /** hash * 31 + value. */
  private mix(valueLow: number, valueHigh: number): void {
    const low = this.low * 31 + valueLow;
    this.high = (Math.imul(this.high, 31) + valueHigh + Math.floor(low / TWO_32)) >>> 0;
    this.low = low >>> 0;
  }

  /** Mixes in libbpf's str_hash, whose characters are signed as on x86; a name of offset 0 changes nothing. */
  private mixName(offset: number): void {
    if (offset === 0) return;
    const { strings } = this.flat;
    let low = 0;
    let high = 0;
    let i = offset;
    for (let byte = strings[i]!; byte !== 0; byte = strings[++i]!) {
      const next = low * 31 + ((byte << 24) >> 24);
      high = (Math.imul(high, 31) + Math.floor(next / TWO_32)) >>> 0;
      low = next >>> 0;
    }
    this.steps += i - offset;
    this.mix(low, high);
  }

  private step(id: number): void {
    if (++this.steps > MAX_SORT_STEPS) throw tooMuch(id);
  }
}

function tooMuch(id: number): BtfError {
  return new BtfError('limit', 'too much to hash', { typeId: id, expected: `at most ${MAX_SORT_STEPS} steps` });
}
