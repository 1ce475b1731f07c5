// Arithmetic that wasm has no instruction for: the upper half of products, division of 128 bits, reversed bits, and the x86
// instructions that work on rdx:rax or shift with flags.
import { REGISTERS } from '../src/machine';
import { AF, CF, OF, PF, SF, ZF, flags, pack, setWord } from './flags';

export function mulhu(a: u64, b: u64): u64 {
  const al = a & 0xffffffff;
  const ah = a >> 32;
  const bl = b & 0xffffffff;
  const bh = b >> 32;
  const ll = al * bl;
  const middle = ah * bl + (ll >> 32);
  const other = al * bh + (middle & 0xffffffff);
  return ah * bh + (middle >> 32) + (other >> 32);
}

export function mulhs(a: u64, b: u64): u64 {
  return mulhu(a, b) - (<i64>a < 0 ? b : 0) - (<i64>b < 0 ? a : 0);
}

export function reverseBits(value: u64): u64 {
  let v = value;
  v = ((v >> 1) & 0x5555555555555555) | ((v & 0x5555555555555555) << 1);
  v = ((v >> 2) & 0x3333333333333333) | ((v & 0x3333333333333333) << 2);
  v = ((v >> 4) & 0x0f0f0f0f0f0f0f0f) | ((v & 0x0f0f0f0f0f0f0f0f) << 4);
  return bswap<u64>(v);
}

/** A register's bits sign-extended from a width. */
export function signed(value: u64, width: u32): i64 {
  const shift = 64 - width;
  return <i64>(value << shift) >> shift;
}

function mask(width: u32): u64 {
  return width === 64 ? ~(<u64>0) : ((<u64>1) << width) - 1;
}

function setPair(low: u64, high: u64, width: u32): void {
  if (width === 8) {
    store<u16>(REGISTERS, <u16>((low & 0xff) | (high << 8)));
  } else if (width === 16) {
    store<u16>(REGISTERS, <u16>low);
    store<u16>(REGISTERS + 16, <u16>high);
  } else {
    store<u64>(REGISTERS, low & mask(width));
    store<u64>(REGISTERS + 16, high & mask(width));
  }
}

/** mul and imul with one operand. */
export function multiply(operand: u64, width: u32, isSigned: bool): void {
  const rax = load<u64>(REGISTERS);
  let low: u64;
  let high: u64;
  let overflow: bool;
  if (width === 64) {
    low = rax * operand;
    high = isSigned ? mulhs(rax, operand) : mulhu(rax, operand);
    overflow = high !== (isSigned ? <u64>(<i64>low >> 63) : 0);
  } else {
    const product = isSigned
      ? <u64>(signed(rax, width) * signed(operand, width))
      : (rax & mask(width)) * (operand & mask(width));
    low = product & mask(width);
    high = (product >> width) & mask(width);
    overflow = isSigned ? <i64>product !== signed(low, width) : high !== 0;
  }
  setPair(low, high, width);
  setWord(pack(low << (64 - width), 64 - width, overflow, overflow, 0));
}

/** Quotient and remainder of 128 bits by 64, whose quotient fits. */
let quotient: u64 = 0;
let remainder: u64 = 0;
function divideLong(high: u64, low: u64, by: u64): void {
  let rest = high;
  let q: u64 = 0;
  for (let bit: i32 = 63; bit >= 0; bit--) {
    const carry = rest >> 63;
    rest = (rest << 1) | ((low >> bit) & 1);
    q <<= 1;
    if (carry !== 0 || rest >= by) {
      rest -= by;
      q |= 1;
    }
  }
  quotient = q;
  remainder = rest;
}

/** div and idiv; false where the processor raises a divide error. */
export function divide(operand: u64, width: u32, isSigned: bool): bool {
  const rax = load<u64>(REGISTERS);
  const rdx = load<u64>(REGISTERS + 16);
  let low: u64;
  let high: u64;
  if (width === 8) {
    low = rax & 0xff;
    high = (rax >> 8) & 0xff;
  } else {
    low = rax & mask(width);
    high = rdx & mask(width);
  }
  if (!isSigned) {
    const by = operand & mask(width);
    if (high >= by) return false;
    if (width === 64) {
      if (high === 0) {
        quotient = low / by;
        remainder = low % by;
      } else divideLong(high, low, by);
    } else {
      const value = (high << width) | low;
      quotient = value / by;
      remainder = value % by;
    }
    setPair(quotient, remainder, width);
    return true;
  }
  const by = signed(operand, width);
  if (by === 0) return false;
  if (width < 64) {
    const value = width === 32 ? <i64>((high << 32) | low) : signed((high << width) | low, width * 2);
    if (by === -1 && value === i64.MIN_VALUE) return false;
    const q = value / by;
    if (q !== signed(<u64>q, width)) return false;
    setPair(<u64>q, <u64>(value % by), width);
    return true;
  }
  const negative = <i64>high < 0;
  if (negative) {
    low = 0 - low;
    high = ~high + (low === 0 ? 1 : 0);
  }
  const size: u64 = by < 0 ? 0 - <u64>by : <u64>by;
  if (high >= size) return false;
  divideLong(high, low, size);
  const minus = negative !== by < 0;
  if (minus ? quotient > 0x8000000000000000 : quotient > 0x7fffffffffffffff) return false;
  setPair(minus ? 0 - quotient : quotient, negative ? 0 - remainder : remainder, 64);
  return true;
}

/** rol, ror, rcl, rcr, shl, shr, sal, sar, numbered as x86 does, with their flags; a count of 0 leaves the flags alone. */
export function shift(kind: u32, value: u64, by: u64, width: u32): u64 {
  const count = <u32>by & (width === 64 ? 63 : 31);
  const bits = mask(width);
  const v = value & bits;
  if (count === 0) return v;
  const top = width - 1;
  const up = 64 - width;
  let result: u64;
  if (kind >= 4) {
    let carry: u64;
    let overflow: u64;
    if (kind === 5) {
      result = v >> count;
      carry = (v >> (count - 1)) & 1;
      overflow = v >> top;
    } else if (kind === 7) {
      const s = signed(v, width);
      result = <u64>(s >> count) & bits;
      carry = <u64>(s >> (count - 1)) & 1;
      overflow = 0;
    } else {
      result = (v << count) & bits;
      carry = count <= width ? (v >> (width - count)) & 1 : 0;
      overflow = (result >> top) ^ carry;
    }
    setWord(pack(result << up, up, carry !== 0, overflow !== 0, 0));
    return result;
  }
  const kept = flags() & (PF | AF | ZF | SF);
  let carry: u64;
  let overflow: u64;
  if (kind < 2) {
    const n = count % width;
    if (kind === 0) {
      result = n === 0 ? v : ((v << n) | (v >> (width - n))) & bits;
      carry = result & 1;
      overflow = (result >> top) ^ carry;
    } else {
      result = n === 0 ? v : ((v >> n) | (v << (width - n))) & bits;
      carry = result >> top;
      overflow = carry ^ ((result >> (top - 1)) & 1);
    }
  } else {
    const n = count % (width + 1);
    carry = flags() & CF;
    result = v;
    for (let i: u32 = 0; i < n; i++) {
      if (kind === 2) {
        const out = result >> top;
        result = ((result << 1) | carry) & bits;
        carry = out;
      } else {
        const out = result & 1;
        result = (result >> 1) | (carry << top);
        carry = out;
      }
    }
    overflow = kind === 2 ? (result >> top) ^ carry : (result >> top) ^ ((result >> (top - 1)) & 1);
  }
  setWord(kept | (carry !== 0 ? CF : 0) | (overflow !== 0 ? OF : 0));
  return result;
}

/** shld (kind 0) and shrd. */
export function doubleShift(kind: u32, value: u64, other: u64, by: u64, width: u32): u64 {
  const count = <u32>by & (width === 64 ? 63 : 31);
  const bits = mask(width);
  const v = value & bits;
  if (count === 0) return v;
  const o = other & bits;
  const n = count % width;
  const up = 64 - width;
  let result: u64;
  let carry: u64;
  if (n === 0) {
    result = o;
    carry = kind === 0 ? v & 1 : v >> (width - 1);
  } else if (kind === 0) {
    result = ((v << n) | (o >> (width - n))) & bits;
    carry = (v >> (width - n)) & 1;
  } else {
    result = ((v >> n) | (o << (width - n))) & bits;
    carry = (v >> (n - 1)) & 1;
  }
  setWord(pack(result << up, up, carry !== 0, (result ^ v) >> (width - 1) !== 0, 0));
  return result;
}

/** bt, bts, btr, btc: the carry is the bit; the other flags stay. */
export function bitTest(kind: u32, value: u64, index: u64, width: u32): u64 {
  const n = index & (width - 1);
  setWord((flags() & ~CF) | (<u32>(value >> n) & 1));
  const bit = (<u64>1) << n;
  const v = value & mask(width);
  if (kind === 1) return v | bit;
  if (kind === 2) return v & ~bit;
  return kind === 3 ? v ^ bit : v;
}

/** imul with two operands: the carry and the overflow flag say that the product did not fit. */
export function multiplyShort(a: u64, b: u64, width: u32): u64 {
  let low: u64;
  let overflow: bool;
  if (width === 64) {
    low = a * b;
    overflow = mulhs(a, b) !== <u64>(<i64>low >> 63);
  } else {
    const product = signed(a, width) * signed(b, width);
    low = <u64>product & mask(width);
    overflow = product !== signed(low, width);
  }
  setWord(pack(low << (64 - width), 64 - width, overflow, overflow, 0));
  return low;
}

/** adc and sbb, and arm64's adcs (which passes inverted carries), on operands at the top of 64 bits; gives the result there. */
export function addCarry(a: u64, b: u64, carryIn: bool, shift: u32, invertsCarry: bool): u64 {
  const sum = a + b;
  const result = sum + (carryIn ? (<u64>1) << shift : 0);
  const carry = sum < a || result < sum;
  setWord(
    pack(
      result,
      shift,
      carry !== invertsCarry,
      (~(a ^ b) & (a ^ result)) >> 63 !== 0,
      <u32>((a ^ b ^ result) >> shift),
    ),
  );
  return result;
}

export function subtractBorrow(a: u64, b: u64, borrowIn: bool, shift: u32): u64 {
  const difference = a - b;
  const result = difference - (borrowIn ? (<u64>1) << shift : 0);
  const borrow = a < b || difference < result;
  setWord(pack(result, shift, borrow, ((a ^ b) & (a ^ result)) >> 63 !== 0, <u32>((a ^ b ^ result) >> shift)));
  return result;
}

/** inc and dec keep the carry. */
export function step(a: u64, up: bool, shift: u32): u64 {
  const one = (<u64>1) << shift;
  const result = up ? a + one : a - one;
  const overflow = (up ? ~a & result : a & ~result) >> 63;
  const carry = (flags() & CF) !== 0;
  setWord(pack(result, shift, carry, overflow !== 0, <u32>((a ^ one ^ result) >> shift)));
  return result;
}
