// The flags. An instruction that sets them leaves its operands, shifted to the top of 64 bits, and a kind; conditions and the flags'
// word are computed from these on demand. As the operands are at the top, one computation serves every width.
import { FLAG_A, FLAG_B, FLAG_KIND } from '../src/machine';

/** Kinds, above the shift's 6 bits and two spare ones. A result alone (and, or, xor) is SUB with 0. */
export const SUB: u32 = 0;
export const ADD: u32 = 1 << 8;
/** The word itself, in FLAG_A. */
export const WORD: u32 = 2 << 8;
/** arm64's addition and and: their carry is the opposite of x86's, as a subtraction's is. */
export const ADDN: u32 = 3 << 8;
export const ANDN: u32 = 4 << 8;

export const CF: u32 = 1;
export const PF: u32 = 4;
export const AF: u32 = 0x10;
export const ZF: u32 = 0x40;
export const SF: u32 = 0x80;
export const OF: u32 = 0x800;

export function setFlags(kind: u32, a: u64, b: u64): void {
  store<u64>(FLAG_A, a);
  store<u64>(FLAG_B, b);
  store<u32>(FLAG_KIND, kind);
}

export function setWord(word: u32): void {
  store<u64>(FLAG_A, word);
  store<u32>(FLAG_KIND, WORD);
}

/** The word of flags for a result at the top of 64 bits. */
export function pack(result: u64, shift: u32, carry: bool, overflow: bool, adjust: u32): u32 {
  let word: u32 = carry ? CF : 0;
  if ((popcnt<u32>(<u32>(result >> shift) & 0xff) & 1) === 0) word |= PF;
  if (result === 0) word |= ZF;
  if (<i64>result < 0) word |= SF;
  if (overflow) word |= OF;
  return word | (adjust & AF);
}

export function flags(): u32 {
  const kind = load<u32>(FLAG_KIND);
  const family = kind & 0xffffff00;
  const a = load<u64>(FLAG_A);
  if (family === WORD) return <u32>a;
  const b = load<u64>(FLAG_B);
  const shift = kind & 63;
  const subtracts = family === SUB || family === ANDN;
  const result = subtracts ? a - b : a + b;
  let carry = subtracts ? a < b : result < a;
  if (family >= ADDN) carry = !carry;
  const overflow = ((subtracts ? a ^ b : ~(a ^ b)) & (a ^ result)) >> 63;
  return pack(result, shift, carry, overflow !== 0, <u32>((a ^ b ^ result) >> shift));
}

/** The value of a condition, numbered as x86 does: o, b, e, be, s, p, l, le, and the opposite of each behind it. */
export function holds(condition: u32): bool {
  let value: bool = false;
  if (load<u32>(FLAG_KIND) < ADD) {
    const a = load<u64>(FLAG_A);
    const b = load<u64>(FLAG_B);
    switch (condition >> 1) {
      case 0:
        value = ((a ^ b) & (a ^ (a - b))) >> 63 !== 0;
        break;
      case 1:
        value = a < b;
        break;
      case 2:
        value = a === b;
        break;
      case 3:
        value = a <= b;
        break;
      case 4:
        value = <i64>(a - b) < 0;
        break;
      case 5:
        value = (flags() & PF) !== 0;
        break;
      case 6:
        value = <i64>a < <i64>b;
        break;
      default:
        value = <i64>a <= <i64>b;
    }
  } else {
    const word = flags();
    const less = ((word >> 7) ^ (word >> 11)) & 1;
    switch (condition >> 1) {
      case 0:
        value = (word & OF) !== 0;
        break;
      case 1:
        value = (word & CF) !== 0;
        break;
      case 2:
        value = (word & ZF) !== 0;
        break;
      case 3:
        value = (word & (CF | ZF)) !== 0;
        break;
      case 4:
        value = (word & SF) !== 0;
        break;
      case 5:
        value = (word & PF) !== 0;
        break;
      case 6:
        value = less !== 0;
        break;
      default:
        value = less !== 0 || (word & ZF) !== 0;
    }
  }
  return value !== ((condition & 1) !== 0);
}
