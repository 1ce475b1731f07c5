// Location expressions, one operation at a time: what it is and where the next one begins.

import { Op } from './constants.ts';

/** How an operation's operands are laid out; -1 for operations that nobody defines. */
const NONE = 0;
const BYTE = 1;
const TWO = 2;
const FOUR = 4;
const EIGHT = 8;
const ADDRESS = 16;
const OFFSET = 17;
const LEB = 18;
const TWO_LEBS = 19;
const BLOCK = 20;
const OFFSET_LEB = 21;
const TYPED_CONSTANT = 22;
const BYTE_LEB = 23;
const UNKNOWN = -1;

const OPERANDS = operands();

function operands(): Int8Array {
  const table = new Int8Array(256).fill(UNKNOWN);
  const set = (layout: number, ...codes: number[]) => {
    for (const code of codes) table[code] = layout;
  };
  for (let code = 0x12; code <= 0x2e; code++) table[code] = NONE;
  for (let code: number = Op.Lit0; code <= Op.Reg31; code++) table[code] = NONE;
  for (let code: number = Op.Breg0; code <= Op.Fbreg; code++) table[code] = LEB;
  set(NONE, 0x06, 0x96, 0x97, 0x9b, 0x9c, Op.StackValue, 0xe0, 0xf0);
  set(BYTE, 0x08, 0x09, 0x15, 0x94, 0x95);
  set(TWO, 0x0a, 0x0b, 0x28, 0x2f, 0x98);
  set(FOUR, 0x0c, 0x0d, 0x99, 0xfa);
  set(EIGHT, 0x0e, 0x0f);
  set(ADDRESS, Op.Addr);
  set(OFFSET, 0x9a, 0xfd);
  set(LEB, Op.Constu, Op.Consts, Op.PlusUconst, Op.Piece, Op.Addrx, 0xa2, 0xa8, 0xa9, 0xf7, 0xf9, 0xfb, 0xfc);
  set(TWO_LEBS, 0x92, 0x9d, 0xa5, 0xf5);
  set(BLOCK, Op.ImplicitValue, Op.EntryValue, Op.GnuEntryValue);
  set(OFFSET_LEB, 0xa0, 0xf2);
  set(TYPED_CONSTANT, 0xa4, 0xf4);
  set(BYTE_LEB, 0xa6, 0xa7, 0xf6);
  return table;
}

/** Where the operation after the one at `at` begins; -1 for one that is not known, or that runs past `end`. */
export function nextOperation(
  bytes: Uint8Array,
  at: number,
  end: number,
  addressSize: number,
  offsetSize: number,
): number {
  const layout = OPERANDS[bytes[at]!]!;
  let next = at + 1;
  switch (layout) {
    case UNKNOWN:
      return -1;
    case ADDRESS:
      next += addressSize;
      break;
    case OFFSET:
      next += offsetSize;
      break;
    case LEB:
      next = skipLeb(bytes, next);
      break;
    case TWO_LEBS:
      next = skipLeb(bytes, skipLeb(bytes, next));
      break;
    case BLOCK: {
      const size = smallUleb(bytes, next);
      next = skipLeb(bytes, next) + size;
      break;
    }
    case OFFSET_LEB:
      next = skipLeb(bytes, next + offsetSize);
      break;
    case TYPED_CONSTANT:
      next = skipLeb(bytes, next);
      next += 1 + (bytes[next] ?? 0);
      break;
    case BYTE_LEB:
      next = skipLeb(bytes, next + 1);
      break;
    default:
      next += layout;
  }
  return next <= end ? next : -1;
}

function skipLeb(bytes: Uint8Array, at: number): number {
  let next = at;
  while (bytes[next]! >= 0x80) next++;
  return next + 1;
}

/** An unsigned LEB128 as a number; what is too large for a size stays too large. */
export function smallUleb(bytes: Uint8Array, at: number): number {
  let value = 0;
  let scale = 1;
  for (let i = at; ; i++) {
    const byte = bytes[i];
    if (byte === undefined) return Number.POSITIVE_INFINITY;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 128;
  }
}
