// What libbpf's btf__add_* calls refuse (EINVAL, E2BIG), as errors. Together with them a few values that libbpf writes
// although the format cannot hold them.

import { BtfError } from './errors.ts';

/** libbpf's BTF_MAX_NR_TYPES: ids may point forward, to types not added yet, but not above this. */
const MAX_TYPE_ID = 0x7fffffff;

/** An `invalid-argument` error. */
export function invalid(what: string, expected: string): BtfError {
  return new BtfError('invalid-argument', what, { expected });
}

/** validate_type_id. */
export function checkTypeId(id: number): void {
  if (!Number.isInteger(id) || id < 0 || id > MAX_TYPE_ID) throw invalid(`type id ${id}`, `0 to ${MAX_TYPE_ID}`);
}

/** A value that one word must hold. */
export function checkU32(value: number, what: string): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw invalid(`${what} ${value}`, '0 to 4294967295');
}

/** A size that must be a power of two, at most `most`. */
export function checkPowerOfTwo(size: number, most: number): void {
  if (!Number.isInteger(size) || size < 1 || size > most || (size & (size - 1)) !== 0) {
    throw invalid(`size ${size}`, `a power of two, at most ${most}`);
  }
}

/** One of the listed numbers. */
export function checkOneOf(value: number, allowed: readonly number[], what: string): void {
  if (!allowed.includes(value)) throw invalid(`${what} ${value}`, `one of ${allowed.join(', ')}`);
}

/** Where a member may lie: btf__add_field's "best-effort bit field offset/size enforcement". */
export function checkMemberPlace(bitOffset: number, bitSize: number, isUnion: boolean): void {
  checkU32(bitOffset, 'bit offset');
  if (!Number.isInteger(bitSize) || bitSize < 0 || bitSize > 255) throw invalid(`bit size ${bitSize}`, '0 to 255');
  if (bitSize === 0 && bitOffset % 8 !== 0) throw invalid(`bit offset ${bitOffset}`, 'a multiple of 8, or a bit size');
  if (bitSize !== 0 && bitOffset > 0xffffff) throw invalid(`bit offset ${bitOffset}`, 'at most 16777215 in a bitfield');
  if (isUnion && bitOffset !== 0) throw invalid(`bit offset ${bitOffset} in a union`, '0');
}

/** An enumerator of ENUM: 32 bits, signed or unsigned. */
export function checkEnumValue(value: number | bigint): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < -0x80000000 || number > 0xffffffff) {
    throw invalid(`enumerator ${value}`, '-2147483648 to 4294967295');
  }
  return number;
}

/** An enumerator of ENUM64: 64 bits, signed or unsigned. */
export function checkEnum64Value(value: number | bigint): bigint {
  const wide = typeof value === 'bigint' || Number.isInteger(value) ? BigInt(value) : undefined;
  if (wide === undefined || wide < -(1n << 63n) || wide >= 1n << 64n) throw invalid(`enumerator ${value}`, '64 bits');
  return BigInt.asUintN(64, wide);
}
