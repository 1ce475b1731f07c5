// Loads and stores. Arm Architecture Reference Manual, C4.1.94. Orders of memory accesses mean nothing here: there is one processor.
import * as X from '../micro-op.ts';
import { type Emitter, NULL, highOf } from '../emit.ts';
import { extended } from './register.ts';
import { ADDRESS, FOURTH, type Outcome, OTHER, THIRD, VALUE, bits, orSp, signedBits, source, target } from './word.ts';

const LOADS = [X.LD8, X.LD16, X.LD32, X.LD64] as const;
const STORES = [X.ST8, X.ST16, X.ST32, X.ST64] as const;
const SIGNED_64 = [X.LDS8, X.LDS16, X.LDS32] as const;
const SIGNED_32 = [X.LDS8W, X.LDS16W] as const;

/** One load or store by the size and opc fields; 'next' for prefetches too. */
function access(out: Emitter, size: number, opc: number, t: number, base: number, displacement: number): Outcome {
  if (opc === 0) {
    out.emitSigned(STORES[size]!, source(t), base, 0, displacement);
    return 'next';
  }
  if (opc === 1) {
    out.emitSigned(LOADS[size]!, target(t), base, 0, displacement);
    return 'next';
  }
  if (size === 3) return opc === 2 ? 'next' : 'unknown';
  const op = opc === 2 ? SIGNED_64[size] : SIGNED_32[size];
  if (op === undefined) return 'unknown';
  out.emitSigned(op, target(t), base, 0, displacement);
  return 'next';
}

/** ldr, str and their kin with an immediate, or with a register. */
function single(out: Emitter, word: number): Outcome {
  const size = word >>> 30;
  const opc = bits(word, 22, 2);
  const base = orSp(bits(word, 5, 5));
  const t = bits(word, 0, 5);
  if (bits(word, 24, 1) === 1) return access(out, size, opc, t, base, bits(word, 10, 12) * 2 ** size);
  const mode = bits(word, 10, 2);
  if (bits(word, 21, 1) === 0) {
    const displacement = signedBits(word, 12, 9);
    const outcome = access(out, size, opc, t, base, mode === 1 ? 0 : displacement);
    if (mode === 1 || mode === 3) out.emitSigned(X.ADD64I, base, base, 0, displacement);
    return outcome;
  }
  if (mode === 2) {
    const option = bits(word, 13, 3);
    if ((option & 2) === 0) return 'unknown';
    const by = bits(word, 12, 1) === 1 ? size : 0;
    if (option === 3 || option === 7) out.emit(X.LEAX, ADDRESS, base, source(bits(word, 16, 5)), 0, by);
    else out.emit(X.ADD64, ADDRESS, base, extended(out, source(bits(word, 16, 5)), option, by));
    return access(out, size, opc, t, ADDRESS, 0);
  }
  return mode === 0 ? atomic(out, word) : 'unknown';
}

/** ldp, stp, ldpsw, ldnp, stnp. */
function pair(out: Emitter, word: number): Outcome {
  const opc = word >>> 30;
  if (opc === 3) return 'unknown';
  const size = opc === 2 ? 3 : 2;
  const isLoad = bits(word, 22, 1) === 1;
  if (opc === 1 && !isLoad) return 'unknown';
  const mode = bits(word, 23, 2);
  const base = orSp(bits(word, 5, 5));
  const offset = signedBits(word, 15, 7) * 2 ** size;
  const at = mode === 1 ? 0 : offset;
  const [first, second] = [bits(word, 0, 5), bits(word, 10, 5)];
  if (!isLoad) {
    out.emitSigned(STORES[size]!, source(first), base, 0, at);
    out.emitSigned(STORES[size]!, source(second), base, 0, at + 2 ** size);
  } else {
    const op = opc === 1 ? X.LDS32 : LOADS[size]!;
    // The first register may be the base: it is written last.
    out.emitSigned(op, VALUE, base, 0, at);
    out.emitSigned(op, target(second), base, 0, at + 2 ** size);
    out.emit(X.MOV64, target(first), VALUE, 0);
  }
  if (mode === 1 || mode === 3) out.emitSigned(X.ADD64I, base, base, 0, offset);
  return 'next';
}

/** ldr of a value near the code. */
function literal(out: Emitter, word: number, pc: number): Outcome {
  const address = (((pc + signedBits(word, 5, 19) * 4) % 0x1000000000000) + 0x1000000000000) % 0x1000000000000;
  const op = [X.LD32, X.LD64, X.LDS32][word >>> 30];
  if (op !== undefined) out.emit(op, target(bits(word, 0, 5)), NULL, 0, address | 0, highOf(address));
  return 'next';
}

/** A value cut to a size. */
function cut(out: Emitter, into: number, value: number, size: number): number {
  if (size === 3) return value;
  out.emit([X.ZX8, X.ZX16, X.MOV32][size]!, into, value, 0);
  return into;
}

/** ldxr, stxr, ldar, stlr and their kin, and cas. */
function exclusive(out: Emitter, word: number): Outcome {
  const size = word >>> 30;
  const base = orSp(bits(word, 5, 5));
  const t = bits(word, 0, 5);
  const isLoad = bits(word, 22, 1) === 1;
  const isPair = bits(word, 21, 1) === 1;
  if (bits(word, 23, 1) === 1) {
    if (isPair) return compareAndSwap(out, word, size, base, t);
    return access(out, size, isLoad ? 1 : 0, t, base, 0);
  }
  if (isPair) return 'unknown';
  if (isLoad) {
    out.emit(X.SETMON, 0, base, 0);
    return access(out, size, 1, t, base, 0);
  }
  out.emit(X.STXR, target(bits(word, 16, 5)), base, source(t), 2 ** size, 0);
  return 'next';
}

/** cas, without flags: a mask of ones where the values are equal chooses what is stored. */
function compareAndSwap(out: Emitter, word: number, size: number, base: number, t: number): Outcome {
  if (bits(word, 10, 5) !== 31) return 'unknown';
  const expected = cut(out, OTHER, source(bits(word, 16, 5)), size);
  out.emit(LOADS[size]!, VALUE, base, 0);
  out.emit(X.XOR64, THIRD, VALUE, expected);
  out.emit(X.CLZ64, FOURTH, THIRD, 0);
  out.emit(X.SHR64I, FOURTH, FOURTH, 0, 6, 0);
  out.emit(X.SUB64, FOURTH, NULL, FOURTH);
  out.emit(X.XOR64, THIRD, VALUE, source(t));
  out.emit(X.AND64, THIRD, THIRD, FOURTH);
  out.emit(X.XOR64, THIRD, THIRD, VALUE);
  out.emit(STORES[size]!, THIRD, base, 0);
  out.emit(X.MOV64, target(bits(word, 16, 5)), VALUE, 0);
  return 'next';
}

/** ldadd, ldclr, ldeor, ldset, swp; and ldapr. */
function atomic(out: Emitter, word: number): Outcome {
  const size = word >>> 30;
  const base = orSp(bits(word, 5, 5));
  const s = source(bits(word, 16, 5));
  const op = bits(word, 12, 4);
  if (op === 12) return access(out, size, 1, bits(word, 0, 5), base, 0);
  if (op > 3 && op !== 8) return 'unknown';
  out.emit(LOADS[size]!, VALUE, base, 0);
  let result = THIRD;
  if (op === 8) result = s;
  else if (op === 1) {
    out.emit(X.NOT64, THIRD, s, 0);
    out.emit(X.AND64, THIRD, VALUE, THIRD);
  } else out.emit([X.ADD64, X.AND64, X.XOR64, X.OR64][op]!, THIRD, VALUE, s);
  out.emit(STORES[size]!, result, base, 0);
  out.emit(X.MOV64, target(bits(word, 0, 5)), VALUE, 0);
  return 'next';
}

export function memory(out: Emitter, word: number, pc: number): Outcome {
  // Vectors and floating point.
  if (bits(word, 26, 1) === 1) return 'unknown';
  switch (bits(word, 27, 3)) {
    case 1:
      return bits(word, 24, 2) === 0 ? exclusive(out, word) : 'unknown';
    case 3:
      return bits(word, 24, 1) === 0 ? literal(out, word, pc) : 'unknown';
    case 5:
      return pair(out, word);
    case 7:
      return single(out, word);
    default:
      return 'unknown';
  }
}
