// Data processing with an immediate. Arm Architecture Reference Manual, C4.1.92.
import * as X from '../micro-op.ts';
import { type Emitter, NOTHING, highOf } from '../emit.ts';
import { FOURTH, type Outcome, OTHER, bits, orSp, signedBits, source, target } from './word.ts';

/** adr and adrp. */
function pcRelative(out: Emitter, word: number, pc: number): Outcome {
  const offset = signedBits(word, 5, 19) * 4 + bits(word, 29, 2);
  const isPage = word >>> 31 === 1;
  const base = isPage ? pc - (pc % 4096) + offset * 4096 : pc + offset;
  const address = ((base % 0x1000000000000) + 0x1000000000000) % 0x1000000000000;
  out.emit(X.MOVI, target(bits(word, 0, 5)), 0, 0, address | 0, highOf(address));
  return 'next';
}

function addSubtract(out: Emitter, word: number): Outcome {
  const is64 = word >>> 31 === 1;
  const subtracts = bits(word, 30, 1) === 1;
  const setsFlags = bits(word, 29, 1) === 1;
  const value = bits(word, 10, 12) << (bits(word, 22, 1) * 12);
  const n = orSp(bits(word, 5, 5));
  if (!setsFlags) {
    out.emitSigned(is64 ? X.ADD64I : X.ADD32I, orSp(bits(word, 0, 5)), n, 0, subtracts ? -value : value);
    return 'next';
  }
  const d = target(bits(word, 0, 5));
  if (subtracts) {
    out.setsFlags('subtraction');
    const op = d === NOTHING ? (is64 ? X.CMP64I : X.CMP32I) : is64 ? X.SUBF64I : X.SUBF32I;
    out.emit(op, d, n, 0, value, 0);
  } else {
    out.emit(X.MOVI, FOURTH, 0, 0, value, 0);
    out.setsFlags('unknown');
    out.emit(is64 ? X.ADDN64 : X.ADDN32, d, n, FOURTH);
  }
  return 'next';
}

/** The value of a logical immediate (DecodeBitMasks): a run of ones, rotated, repeated; undefined where reserved. */
export function logicalImmediate(n: number, imms: number, immr: number, is64: boolean): bigint | undefined {
  const length = 31 - Math.clz32((n << 6) | (~imms & 0x3f));
  if (length < 1 || (!is64 && n === 1)) return undefined;
  const size = 1 << length;
  const ones = (imms & (size - 1)) + 1;
  const rotation = immr & (size - 1);
  if (ones === size) return undefined;
  const mask = (1n << BigInt(size)) - 1n;
  let value = (1n << BigInt(ones)) - 1n;
  value = ((value >> BigInt(rotation)) | (value << BigInt(size - rotation))) & mask;
  for (let width = size; width < 64; width *= 2) value |= value << BigInt(width);
  return is64 ? value : value & 0xffffffffn;
}

function logical(out: Emitter, word: number): Outcome {
  const is64 = word >>> 31 === 1;
  const value = logicalImmediate(bits(word, 22, 1), bits(word, 10, 6), bits(word, 16, 6), is64);
  if (value === undefined) return 'unknown';
  const low = Number(value & 0xffffffffn) | 0;
  const high = Number(value >> 32n) | 0;
  const n = source(bits(word, 5, 5));
  const op = bits(word, 29, 2);
  if (op === 3) {
    out.emit(X.MOVI, FOURTH, 0, 0, low, high);
    out.setsFlags('result');
    out.emit(is64 ? X.ANDN64 : X.ANDN32, target(bits(word, 0, 5)), n, FOURTH);
    return 'next';
  }
  const d = orSp(bits(word, 0, 5));
  out.emit([X.AND64I, X.OR64I, X.XOR64I][op]!, d, n, 0, low, high);
  if (!is64 && op !== 0) out.emit(X.MOV32, d, d, 0);
  return 'next';
}

/** movn, movz, movk. */
function moveWide(out: Emitter, word: number): Outcome {
  const is64 = word >>> 31 === 1;
  const place = bits(word, 21, 2) * 16;
  const op = bits(word, 29, 2);
  if (op === 1 || (!is64 && place > 16)) return 'unknown';
  const d = target(bits(word, 0, 5));
  const part = bits(word, 5, 16);
  if (op === 3) {
    out.emit(X.MOVI, FOURTH, 0, 0, part, 0);
    out.emit(X.FIELD, d, FOURTH, 0, place, 16);
    if (!is64) out.emit(X.MOV32, d, d, 0);
    return 'next';
  }
  let low = place < 32 ? part << place : 0;
  let high = place >= 32 ? part << (place - 32) : 0;
  if (op === 0) {
    low = ~low;
    high = is64 ? ~high : 0;
  }
  out.emit(X.MOVI, d, 0, 0, low, high);
  return 'next';
}

/** sbfm, bfm, ubfm: shifts, extensions, fields. */
function bitfield(out: Emitter, word: number): Outcome {
  const is64 = word >>> 31 === 1;
  const width = is64 ? 64 : 32;
  const op = bits(word, 29, 2);
  const rotation = bits(word, 16, 6);
  const last = bits(word, 10, 6);
  if (op === 3 || bits(word, 22, 1) !== word >>> 31 || (!is64 && (rotation > 31 || last > 31))) return 'unknown';
  const n = source(bits(word, 5, 5));
  const d = target(bits(word, 0, 5));
  const extracts = last >= rotation;
  // The field begins at bit `from` of the source, or goes to bit `to` of the result.
  const from = extracts ? rotation : 0;
  const to = extracts ? 0 : width - rotation;
  const count = extracts ? last - rotation + 1 : last + 1;
  if (op === 1) {
    let part = n;
    if (from > 0) {
      out.emit(X.SHR64I, OTHER, n, 0, from, 0);
      part = OTHER;
    }
    out.emit(X.FIELD, d, part, 0, to, count);
    if (!is64) out.emit(X.MOV32, d, d, 0);
    return 'next';
  }
  if (op === 2 && extracts && last === width - 1) {
    out.emit(is64 ? X.SHR64I : X.SHR32I, d, n, 0, from, 0);
  } else if (op === 2 && !extracts && to + count === width) {
    out.emit(is64 ? X.SHL64I : X.SHL32I, d, n, 0, to, 0);
  } else if (op === 0 && extracts && last === width - 1) {
    out.emit(is64 ? X.SAR64I : X.SAR32I, d, n, 0, from, 0);
  } else if (op === 0 && is64 && extracts && from === 0 && count === 32) {
    out.emit(X.SX32, d, n, 0);
  } else {
    out.emit(X.SHL64I, OTHER, n, 0, 64 - from - count, 0);
    out.emit(op === 0 ? X.SAR64I : X.SHR64I, d, OTHER, 0, 64 - count - to, 0);
    if (op === 0 && !is64) out.emit(X.MOV32, d, d, 0);
  }
  return 'next';
}

function extract(out: Emitter, word: number): Outcome {
  const is64 = word >>> 31 === 1;
  const by = bits(word, 10, 6);
  if (bits(word, 29, 2) !== 0 || bits(word, 21, 1) !== 0 || bits(word, 22, 1) !== word >>> 31 || (!is64 && by > 31)) {
    return 'unknown';
  }
  const [d, n, m] = [target(bits(word, 0, 5)), source(bits(word, 5, 5)), source(bits(word, 16, 5))];
  out.emit(is64 ? X.EXTR64 : X.EXTR32, d, n, m, by, 0);
  return 'next';
}

export function immediate(out: Emitter, word: number, pc: number): Outcome {
  switch (bits(word, 23, 3)) {
    case 0:
    case 1:
      return pcRelative(out, word, pc);
    case 2:
      return addSubtract(out, word);
    case 4:
      return logical(out, word);
    case 5:
      return moveWide(out, word);
    case 6:
      return bitfield(out, word);
    case 7:
      return extract(out, word);
    default:
      return 'unknown';
  }
}
