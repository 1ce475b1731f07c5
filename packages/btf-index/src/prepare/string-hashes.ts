// Hashes of the strings of one BTF: 64 bits in two lanes, equal wherever the bytes are equal.

import { takeInt32, takeUint32 } from '../bytes.ts';

/** Every string of a section: where it begins and its hash. String `i` is the i-th in the section. */
export interface StringHashes {
  /** Offsets of the strings, and one more entry: the length of the section. */
  readonly starts: Uint32Array;
  readonly lo: Int32Array;
  readonly hi: Int32Array;
}

const SEED_LO = 0x811c9dc5 | 0;
const SEED_HI = 0x1b873593 | 0;
const PRIME_LO = 0x01000193;
const PRIME_HI = 0x5bd1e995;

/** Cuts a string section at its NULs and hashes each string. A section that does not end with NUL has a last string. */
export function hashStrings(bytes: Uint8Array): StringHashes {
  const end = bytes.length;
  let count = 0;
  for (let i = 0; i < end; i++) if (bytes[i] === 0) count++;
  if (end > 0 && bytes[end - 1] !== 0) count++;
  const starts = takeUint32(count + 1);
  const lo = takeInt32(count);
  const hi = takeInt32(count);
  let at = 0;
  for (let s = 0; s < count; s++) {
    starts[s] = at;
    let a = SEED_LO;
    let b = SEED_HI;
    for (let byte = bytes[at]!; byte !== 0 && at < end; byte = bytes[++at]!) {
      a = Math.imul(a ^ byte, PRIME_LO);
      b = Math.imul(b ^ byte, PRIME_HI);
      b ^= b >>> 15;
    }
    lo[s] = a ^ (a >>> 15);
    hi[s] = b;
    at++;
  }
  starts[count] = end;
  return { starts, lo, hi };
}

/** The hash of the string that begins at `at` (which need not be one of `hashStrings`' starts). */
export function hashStringAt(bytes: Uint8Array, at: number): { lo: number; hi: number } {
  let a = SEED_LO;
  let b = SEED_HI;
  for (let i = at; i < bytes.length && bytes[i] !== 0; i++) {
    a = Math.imul(a ^ bytes[i]!, PRIME_LO);
    b = Math.imul(b ^ bytes[i]!, PRIME_HI);
    b ^= b >>> 15;
  }
  return { lo: a ^ (a >>> 15), hi: b };
}

/** For each byte offset of a section the number of the string that begins there; -1 elsewhere. */
export function stringNumbers(strings: StringHashes): Int32Array {
  const { starts } = strings;
  const count = starts.length - 1;
  const numbers = new Int32Array(starts[count]!).fill(-1);
  for (let s = 0; s < count; s++) numbers[starts[s]!] = s;
  return numbers;
}
