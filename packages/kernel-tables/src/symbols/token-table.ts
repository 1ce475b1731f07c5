// kallsyms' token table: the 256 texts that bytes of packed names stand for (scripts/kallsyms.c, write_src). It is found
// by its digits, which stand for themselves in every kernel, and proven by the index of 256 offsets that follows it.

import { viewOf } from '../image/memory.ts';

/** Where the tables lie, as offsets in the searched bytes. */
export interface TokenTable {
  readonly start: number;
  /** The index: 256 16-bit offsets from `start`. */
  readonly index: number;
  /** Behind the index. */
  readonly end: number;
  /** Where each token begins, from `start`; the last entry is the table's length. */
  readonly offsets: Uint16Array;
}

const FIRST_DIGIT = 48;
const PATTERN_LENGTH = 19; // "0\0" to "9", without its NUL
/** A token is a symbol's part: 256 of them are some hundred bytes, and never this many. */
const MAX_TABLE = 0x8000;

/** The first token table at or behind `from`. */
export function findTokenTable(bytes: Uint8Array, littleEndian: boolean, from = 0): TokenTable | undefined {
  for (let at = findDigits(bytes, from); at >= 0; at = findDigits(bytes, at + 1)) {
    const table = tableAround(bytes, at, littleEndian);
    if (table) return table;
  }
  return undefined;
}

/** Boyer-Moore-Horspool for `0 NUL 1 NUL ... 8 NUL 9`. */
function findDigits(bytes: Uint8Array, from: number): number {
  const skip = new Uint8Array(256).fill(PATTERN_LENGTH);
  skip[0] = 1;
  for (let digit = 0; digit < 9; digit++) skip[FIRST_DIGIT + digit] = (9 - digit) * 2;
  const end = bytes.length - PATTERN_LENGTH;
  for (let at = from; at <= end; at += skip[bytes[at + PATTERN_LENGTH - 1]!]!) {
    if (bytes[at + PATTERN_LENGTH - 1] !== FIRST_DIGIT + 9) continue;
    let i = 0;
    while (i < PATTERN_LENGTH && bytes[at + i] === (i & 1 ? 0 : FIRST_DIGIT + (i >> 1))) i++;
    if (i === PATTERN_LENGTH) return at;
  }
  return -1;
}

function tableAround(bytes: Uint8Array, digits: number, littleEndian: boolean): TokenTable | undefined {
  const ends: number[] = [];
  let at = digits;
  while (ends.length < 256 - FIRST_DIGIT) {
    const end = bytes.indexOf(0, at);
    if (end < 0 || end - digits > MAX_TABLE) return undefined;
    ends.push(end + 1);
    at = end + 1;
  }
  const view = viewOf(bytes);
  for (const alignment of [1, 2, 4, 8, 16]) {
    const index = Math.ceil(at / alignment) * alignment;
    if (index + 512 > bytes.length) continue;
    const offset = (token: number) => view.getUint16(index + 2 * token, littleEndian);
    const start = digits - offset(FIRST_DIGIT);
    if (start < 0 || offset(0) !== 0) continue;
    const offsets = Uint16Array.from({ length: 257 }, (_, i) => (i < 256 ? offset(i) : at - start));
    if (isIndex(bytes, start, offsets)) return { start, index, end: index + 512, offsets };
  }
  return undefined;
}

/** Each token ends with the NUL in front of the next, and has none inside. */
function isIndex(bytes: Uint8Array, start: number, offsets: Uint16Array): boolean {
  for (let i = 0; i < 256; i++) {
    const [from, to] = [offsets[i]!, offsets[i + 1]!];
    if (to <= from || bytes.indexOf(0, start + from) !== start + to - 1) return false;
  }
  return true;
}
