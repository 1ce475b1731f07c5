// Data processing on registers. Arm Architecture Reference Manual, C4.1.95.
import * as X from '../micro-op.ts';
import { type Emitter, NOTHING, NULL } from '../emit.ts';
import { ALWAYS, CONDITIONS, FOURTH, type Outcome, OTHER, THIRD, VALUE, bits, orSp, source, target } from './word.ts';

const SHIFTS_64 = [X.SHL64I, X.SHR64I, X.SAR64I, X.ROR64I] as const;
const SHIFTS_32 = [X.SHL32I, X.SHR32I, X.SAR32I, X.ROR32I] as const;

/** The second operand, shifted by a constant. */
function shifted(out: Emitter, word: number, is64: boolean): number {
  const m = source(bits(word, 16, 5));
  const by = bits(word, 10, 6);
  if (by === 0) return m;
  out.emit((is64 ? SHIFTS_64 : SHIFTS_32)[bits(word, 22, 2)]!, OTHER, m, 0, by, 0);
  return OTHER;
}

function logicalShifted(out: Emitter, word: number): Outcome {
  const is64 = word >>> 31 === 1;
  if (!is64 && bits(word, 15, 1) === 1) return 'unknown';
  const op = bits(word, 29, 2);
  const d = target(bits(word, 0, 5));
  const n = source(bits(word, 5, 5));
  let m = shifted(out, word, is64);
  if (bits(word, 21, 1) === 1) {
    out.emit(is64 ? X.NOT64 : X.NOT32, OTHER, m, 0);
    m = OTHER;
  }
  if (op === 3) {
    out.setsFlags('result');
    out.emit(is64 ? X.ANDN64 : X.ANDN32, d, n, m);
  } else if (op === 1 && n === NULL) {
    out.emit(is64 ? X.MOV64 : X.MOV32, d, m, 0);
  } else {
    const wide = [X.AND64, X.OR64, X.XOR64][op]!;
    out.emit(is64 ? wide : [X.AND32, X.OR32, X.XOR32][op]!, d, n, m);
  }
  return 'next';
}

/** add and sub of two registers, with or without flags. */
function addSubtract(out: Emitter, word: number, d: number, n: number, m: number): void {
  const is64 = word >>> 31 === 1;
  const subtracts = bits(word, 30, 1) === 1;
  if (bits(word, 29, 1) === 0) {
    out.emit(subtracts ? (is64 ? X.SUB64 : X.SUB32) : is64 ? X.ADD64 : X.ADD32, d, n, m);
  } else if (!subtracts) {
    out.setsFlags('unknown');
    out.emit(is64 ? X.ADDN64 : X.ADDN32, d, n, m);
  } else {
    out.setsFlags('subtraction');
    out.emit(d === NOTHING ? (is64 ? X.CMP64 : X.CMP32) : is64 ? X.SUBF64 : X.SUBF32, d, n, m);
  }
}

function addSubtractShifted(out: Emitter, word: number): Outcome {
  const is64 = word >>> 31 === 1;
  if (bits(word, 22, 2) === 3 || (!is64 && bits(word, 15, 1) === 1)) return 'unknown';
  const d = target(bits(word, 0, 5));
  const n = source(bits(word, 5, 5));
  const by = bits(word, 10, 6);
  if (is64 && by > 0 && bits(word, 22, 2) === 0 && bits(word, 29, 2) === 0) {
    out.emit(X.LEAX, d, n, source(bits(word, 16, 5)), 0, by);
    return 'next';
  }
  addSubtract(out, word, d, n, shifted(out, word, is64));
  return 'next';
}

const EXTENSIONS = [X.ZX8, X.ZX16, X.MOV32, X.MOV64, X.SX8, X.SX16, X.SX32, X.MOV64] as const;

/** A register extended as `option` says, and shifted left. */
export function extended(out: Emitter, m: number, option: number, by: number): number {
  if (option !== 3 && option !== 7) {
    out.emit(EXTENSIONS[option]!, OTHER, m, 0);
    if (by > 0) out.emit(X.SHL64I, OTHER, OTHER, 0, by, 0);
    return OTHER;
  }
  if (by === 0) return m;
  out.emit(X.SHL64I, OTHER, m, 0, by, 0);
  return OTHER;
}

function addSubtractExtended(out: Emitter, word: number): Outcome {
  const by = bits(word, 10, 3);
  if (by > 4 || bits(word, 22, 2) !== 0) return 'unknown';
  const m = extended(out, source(bits(word, 16, 5)), bits(word, 13, 3), by);
  const d = bits(word, 29, 1) === 1 ? target(bits(word, 0, 5)) : orSp(bits(word, 0, 5));
  addSubtract(out, word, d, orSp(bits(word, 5, 5)), m);
  return 'next';
}

/** adc, adcs, sbc, sbcs. */
function withCarry(out: Emitter, word: number): Outcome {
  if (bits(word, 10, 6) !== 0) return 'unknown';
  const is64 = word >>> 31 === 1;
  const d = target(bits(word, 0, 5));
  let m = source(bits(word, 16, 5));
  if (bits(word, 30, 1) === 1) {
    out.emit(is64 ? X.NOT64 : X.NOT32, OTHER, m, 0);
    m = OTHER;
  }
  const n = source(bits(word, 5, 5));
  if (bits(word, 29, 1) === 1) {
    out.changesFlags();
    out.emit(is64 ? X.ADCSN64 : X.ADCSN32, d, n, m);
  } else {
    out.readsFlags();
    out.emit(is64 ? X.ADCN64 : X.ADCN32, d, n, m);
  }
  return 'next';
}

/** nzcv of an instruction as the engine's word of flags: its carry is the opposite. */
function flagsWord(nzcv: number): number {
  return (nzcv & 8 ? 0x80 : 0) | (nzcv & 4 ? 0x40 : 0) | (nzcv & 2 ? 0 : 1) | (nzcv & 1 ? 0x800 : 0);
}

/** ccmp and ccmn. */
function conditionalCompare(out: Emitter, word: number): Outcome {
  if (bits(word, 29, 1) === 0 || bits(word, 10, 1) === 1 || bits(word, 4, 1) === 1) return 'unknown';
  const is64 = word >>> 31 === 1;
  const negates = bits(word, 30, 1) === 0;
  let m = source(bits(word, 16, 5));
  if (bits(word, 11, 1) === 1) {
    out.emit(X.MOVI, FOURTH, 0, 0, bits(word, 16, 5), 0);
    m = FOURTH;
  }
  const n = source(bits(word, 5, 5));
  const condition = bits(word, 12, 4);
  if (condition >= ALWAYS) {
    out.setsFlags('unknown');
    out.emit(negates ? (is64 ? X.ADDN64 : X.ADDN32) : is64 ? X.CMP64 : X.CMP32, NOTHING, n, m);
    return 'next';
  }
  out.changesFlags();
  const op = negates ? (is64 ? X.CCMN64 : X.CCMN32) : is64 ? X.CCMP64 : X.CCMP32;
  out.emit(op, 0, n, m, CONDITIONS[condition]!, flagsWord(bits(word, 0, 4)));
  return 'next';
}

/** csel, csinc, csinv, csneg. */
function conditionalSelect(out: Emitter, word: number): Outcome {
  if (bits(word, 29, 1) === 1 || bits(word, 11, 1) === 1) return 'unknown';
  const is64 = word >>> 31 === 1;
  const d = target(bits(word, 0, 5));
  const n = source(bits(word, 5, 5));
  let m = source(bits(word, 16, 5));
  const op = bits(word, 30, 1) * 2 + bits(word, 10, 1);
  if (op === 1) out.emit(X.ADD64I, OTHER, m, 0, 1, 0);
  else if (op === 2) out.emit(X.NOT64, OTHER, m, 0);
  else if (op === 3) out.emit(X.SUB64, OTHER, NULL, m);
  if (op !== 0) m = OTHER;
  const condition = bits(word, 12, 4);
  out.readsFlags();
  if (condition >= ALWAYS) out.emit(is64 ? X.MOV64 : X.MOV32, d, n, 0);
  else if (is64) out.emit(X.CSEL, d, n, m, CONDITIONS[condition]!, 0);
  else {
    out.emit(X.CSEL, VALUE, n, m, CONDITIONS[condition]!, 0);
    out.emit(X.MOV32, d, VALUE, 0);
  }
  return 'next';
}

const TWO_SOURCES: Readonly<Record<number, readonly [number, number]>> = {
  2: [X.UDIV32, X.UDIV64],
  3: [X.SDIV32, X.SDIV64],
  8: [X.SHL32, X.SHL64],
  9: [X.SHR32, X.SHR64],
  10: [X.SAR32, X.SAR64],
  11: [X.ROR32, X.ROR64],
};

function twoSources(out: Emitter, word: number): Outcome {
  const ops = TWO_SOURCES[bits(word, 10, 6)];
  if (ops === undefined || bits(word, 29, 1) === 1) return 'unknown';
  out.emit(ops[word >>> 31]!, target(bits(word, 0, 5)), source(bits(word, 5, 5)), source(bits(word, 16, 5)));
  return 'next';
}

/** rbit, rev16, rev32, rev, clz, cls. */
function oneSource(out: Emitter, word: number): Outcome {
  if (bits(word, 16, 5) !== 0 || bits(word, 29, 1) === 1) return 'unknown';
  const is64 = word >>> 31 === 1;
  const d = target(bits(word, 0, 5));
  const n = source(bits(word, 5, 5));
  switch (bits(word, 10, 6)) {
    case 0:
      out.emit(is64 ? X.RBIT64 : X.RBIT32, d, n, 0);
      return 'next';
    case 1:
      out.emit(X.REV16, d, n, 0);
      if (!is64) out.emit(X.MOV32, d, d, 0);
      return 'next';
    case 2:
      if (!is64) out.emit(X.BSWAP32, d, n, 0);
      else {
        out.emit(X.BSWAP64, OTHER, n, 0);
        out.emit(X.ROR64I, d, OTHER, 0, 32, 0);
      }
      return 'next';
    case 3:
      if (!is64) return 'unknown';
      out.emit(X.BSWAP64, d, n, 0);
      return 'next';
    case 4:
      out.emit(is64 ? X.CLZ64 : X.CLZ32, d, n, 0);
      return 'next';
    case 5:
      out.emit(is64 ? X.SAR64I : X.SAR32I, OTHER, n, 0, is64 ? 63 : 31, 0);
      out.emit(is64 ? X.XOR64 : X.XOR32, OTHER, OTHER, n);
      out.emit(is64 ? X.CLZ64 : X.CLZ32, OTHER, OTHER, 0);
      out.emitSigned(X.ADD64I, d, OTHER, 0, -1);
      return 'next';
    default:
      return 'unknown';
  }
}

/** madd, msub, their long forms, smulh, umulh. */
function threeSources(out: Emitter, word: number): Outcome {
  const is64 = word >>> 31 === 1;
  const d = target(bits(word, 0, 5));
  const [n, m, a] = [source(bits(word, 5, 5)), source(bits(word, 16, 5)), source(bits(word, 10, 5))];
  const subtracts = bits(word, 15, 1) === 1;
  const op = bits(word, 21, 3);
  if (bits(word, 29, 2) !== 0 || (!is64 && op !== 0)) return 'unknown';
  if (op === 2 || op === 6) {
    if (subtracts) return 'unknown';
    out.emit(op === 2 ? X.MULHS64 : X.MULHU64, d, n, m);
    return 'next';
  }
  if (op === 0) out.emit(is64 ? X.MUL64 : X.MUL32, THIRD, n, m);
  else if (op === 1 || op === 5) {
    out.emit(op === 1 ? X.SX32 : X.MOV32, VALUE, n, 0);
    out.emit(op === 1 ? X.SX32 : X.MOV32, OTHER, m, 0);
    out.emit(X.MUL64, THIRD, VALUE, OTHER);
  } else return 'unknown';
  const [add, subtract] = is64 ? [X.ADD64, X.SUB64] : [X.ADD32, X.SUB32];
  out.emit(subtracts ? subtract : add, d, a, THIRD);
  return 'next';
}

export function registerOperation(out: Emitter, word: number): Outcome {
  if (bits(word, 28, 1) === 0) {
    if (bits(word, 24, 1) === 0) return logicalShifted(out, word);
    return bits(word, 21, 1) === 0 ? addSubtractShifted(out, word) : addSubtractExtended(out, word);
  }
  if (bits(word, 24, 1) === 1) return threeSources(out, word);
  switch (bits(word, 21, 3)) {
    case 0:
      return withCarry(out, word);
    case 2:
      return conditionalCompare(out, word);
    case 4:
      return conditionalSelect(out, word);
    case 6:
      return bits(word, 30, 1) === 0 ? twoSources(out, word) : oneSource(out, word);
    default:
      return 'unknown';
  }
}
