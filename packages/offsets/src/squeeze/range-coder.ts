// The range coder of LZMA: a bit takes as much of the range as its odds say.

import { type BitCoder, freshOdds, LOW_RANGE, MOVE_BITS, SCALE_BITS } from './steps.ts';

/** Moves the odds of a place, which are those of a 0, towards a bit. */
function move(odds: Uint16Array, place: number, bit: number): void {
  const now = odds[place]!;
  odds[place] = bit === 0 ? now + (((1 << SCALE_BITS) - now) >> MOVE_BITS) : now - (now >> MOVE_BITS);
}

/** Writes bits. */
export class RangeWriter implements BitCoder {
  readonly odds = freshOdds();
  private readonly bytes: number[] = [];
  private low = 0;
  private range = 0xffffffff;
  /** The byte that a carry may still change, and how many 0xff follow it. */
  private held = 0;
  private waiting = 1;

  bit(place: number, value: number): number {
    const part = (this.range >>> SCALE_BITS) * this.odds[place]!;
    if (value === 0) this.range = part;
    else {
      this.low += part;
      this.range -= part;
    }
    move(this.odds, place, value);
    while (this.range < LOW_RANGE) {
      this.range *= 256;
      this.shift();
    }
    return value;
  }

  /** All bytes; no bit can follow. */
  finish(): Uint8Array {
    for (let i = 0; i < 5; i++) this.shift();
    return Uint8Array.from(this.bytes.slice(1)); // the first is always 0
  }

  private shift(): void {
    if (this.low < 0xff000000 || this.low > 0xffffffff) {
      const carry = this.low > 0xffffffff ? 1 : 0;
      for (let byte = this.held; this.waiting > 0; byte = 0xff, this.waiting--) this.bytes.push((byte + carry) & 0xff);
      this.held = Math.floor(this.low / LOW_RANGE) & 0xff;
    }
    this.waiting++;
    this.low = (this.low % LOW_RANGE) * 256;
  }
}

/** Reads bits; behind the end there are zeros. */
export class RangeReader implements BitCoder {
  private readonly odds = freshOdds();
  private readonly bytes: Uint8Array;
  private at = 0;
  private range = 0xffffffff;
  private code = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    for (let i = 0; i < 4; i++) this.take();
  }

  bit(place: number): number {
    const part = (this.range >>> SCALE_BITS) * this.odds[place]!;
    const bit = this.code < part ? 0 : 1;
    if (bit === 0) this.range = part;
    else {
      this.code -= part;
      this.range -= part;
    }
    move(this.odds, place, bit);
    while (this.range < LOW_RANGE) {
      this.range *= 256;
      this.take();
    }
    return bit;
  }

  private take(): void {
    this.code = this.code * 256 + (this.bytes[this.at++] ?? 0);
  }
}
