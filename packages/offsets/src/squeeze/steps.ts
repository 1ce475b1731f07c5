// Squeezed texts: what they consist of, and how each choice is coded. Repetitions are said as copies; every choice is a few bits,
// each coded by odds that follow what came before in its place, as in LZMA but with fewer places, so that a program reads it back
// in some sixty lines. Writer and reader share this file; languages/c-squeezed.ts has it in C.
//
//   flag 0      a byte, by the byte before it
//   flag 1, 0   a copy: how many bits its distance has, those bits but the highest, and its length
//   flag 1, 1   a copy from the same distance as the last one: its length

/** Codes a bit by the odds of a place: a writer writes `value`, a reader gives what is there. */
export interface BitCoder {
  bit(place: number, value: number): number;
}

/** A byte (length 0), or a copy of so many bytes from so far back. */
export interface Step {
  byte: number;
  length: number;
  distance: number;
}

/** Places of odds. */
export const PLACE = { flag: 0, repeat: 4, length: 8, repeatLength: 264, distanceBits: 520, distance: 552, byte: 1576 };
/** How many places there are. */
export const PLACES = PLACE.byte + 128 * 256;
/** Shortest and longest copy. */
export const SHORTEST = 2;
export const LONGEST = SHORTEST + 255;
/** Odds are of 2048, even at first, and move by a sixteenth of what is left. */
export const SCALE_BITS = 11;
export const EVEN = 1 << (SCALE_BITS - 1);
export const MOVE_BITS = 4;
/** The range coder's range is kept above this. */
export const LOW_RANGE = 2 ** 24;

export function freshOdds(): Uint16Array {
  return new Uint16Array(PLACES).fill(EVEN);
}

/** What the next step is coded by. */
export class StepContext {
  /** Of the last two steps: whether each was a copy. */
  private copies = 0;
  private distance = 0;
  private before = 0;

  /** Codes one step; `last` is the text's last byte after it, which only the caller knows of a copy. */
  code(coder: BitCoder, step: Step): Step {
    const { copies } = this;
    const isCopy = coder.bit(PLACE.flag + copies, step.length > 0 ? 1 : 0);
    this.copies = ((copies << 1) | isCopy) & 3;
    if (isCopy === 0) return { byte: codeByte(coder, this.before, step.byte), length: 0, distance: 0 };
    const repeats = coder.bit(PLACE.repeat + copies, step.distance === this.distance ? 1 : 0);
    const distance = repeats === 1 ? this.distance : codeDistance(coder, step.distance);
    this.distance = distance;
    const place = repeats === 1 ? PLACE.repeatLength : PLACE.length;
    return { byte: 0, length: SHORTEST + codeTree(coder, place, 8, step.length - SHORTEST), distance };
  }

  /** Says how the text ends now. */
  ends(byte: number): void {
    this.before = byte;
  }
}

export function codeByte(coder: BitCoder, before: number, byte: number): number {
  return codeTree(coder, PLACE.byte + (before & 127) * 256, 8, byte);
}

export function codeDistance(coder: BitCoder, distance: number): number {
  const bits = codeTree(coder, PLACE.distanceBits, 5, 31 - Math.clz32(distance));
  let value = 1;
  for (let i = bits - 1; i >= 0; i--)
    value = (value << 1) | coder.bit(PLACE.distance + bits * 32 + i, (distance >> i) & 1);
  return value;
}

/** A number of so many bits, the highest first, each by those before it. */
export function codeTree(coder: BitCoder, place: number, bits: number, value: number): number {
  let node = 1;
  for (let i = bits - 1; i >= 0; i--) node = (node << 1) | coder.bit(place + node, (value >> i) & 1);
  return node - (1 << bits);
}
