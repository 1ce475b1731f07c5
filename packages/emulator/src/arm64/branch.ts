// Branches, exceptions and system instructions. Arm Architecture Reference Manual, C4.1.93.
import * as X from '../micro-op.ts';
import { type Emitter, NOTHING, Stop, register } from '../emit.ts';
import { BY_ENCODING, CONSTANTS, COUNTERS, FLAGS, SYSTEM_REGISTERS } from './system-registers.ts';
import { ALWAYS, CONDITIONS, type Outcome, VALUE, bits, signedBits, source, target } from './word.ts';

const LINK = register(30);
/** Conditions that need no more than two operands that were compared, by the engine's numbers. */
const AFTER_SUBTRACTION = [
  X.JO,
  X.JNO,
  X.JB,
  X.JAE,
  X.JE,
  X.JNE,
  X.JBE,
  X.JA,
  X.JS,
  X.JNS,
  undefined,
  undefined,
  X.JL,
  X.JGE,
  X.JLE,
  X.JG,
] as const;

function near(pc: number, displacement: number): number {
  return (((pc + displacement) % 0x1000000000000) + 0x1000000000000) % 0x1000000000000;
}

function conditional(out: Emitter, word: number, pc: number, count: number): Outcome {
  const to = near(pc, signedBits(word, 5, 19) * 4);
  if (bits(word, 0, 4) >= ALWAYS) {
    out.emitAddress(X.JMP, count, 0, 0, to);
    return 'end';
  }
  const condition = CONDITIONS[bits(word, 0, 4)]!;
  const { flagState } = out;
  // A result has no carry that a subtraction would have.
  const usesCarry = (condition >> 1) % 2 === 1 && condition < 8;
  const known = flagState === 'subtraction' || (flagState === 'result' && !usesCarry);
  out.readsFlags();
  const op = known ? AFTER_SUBTRACTION[condition] : undefined;
  if (op !== undefined) out.emitAddress(op, count, 0, 0, to);
  else out.emitAddress(X.JCC, count | (condition << 8), 0, 0, to);
  return 'next';
}

/** cbz, cbnz, tbz, tbnz: the register, and for a bit its mask, are in a second record. */
function compareBranch(out: Emitter, word: number, pc: number, count: number): Outcome {
  const isBit = bits(word, 25, 1) === 1;
  const isNot = bits(word, 24, 1);
  out.readsFlags();
  const register = source(bits(word, 0, 5));
  if (!isBit) {
    const op = word >>> 31 === 1 ? [X.JRZ64, X.JRNZ64] : [X.JRZ32, X.JRNZ32];
    out.emitAddress(op[isNot]!, count, 0, 0, near(pc, signedBits(word, 5, 19) * 4));
    out.emit(X.MOVI, NOTHING, register, 0);
    return 'next';
  }
  const bit = (word >>> 31) * 32 + bits(word, 19, 5);
  out.emitAddress(isNot ? X.JBNZ : X.JBZ, count, 0, 0, near(pc, signedBits(word, 5, 14) * 4));
  out.emit(X.MOVI, NOTHING, register, 0, bit < 32 ? 1 << bit : 0, bit < 32 ? 0 : 1 << (bit - 32));
  return 'next';
}

function indirect(out: Emitter, word: number, pc: number, count: number): Outcome {
  const n = source(bits(word, 5, 5));
  switch ((word & 0xfffffc1f) >>> 0) {
    case 0xd61f0000:
    case 0xd65f0000:
      out.emit(X.JMPR, count, n, 0);
      return 'end';
    case 0xd63f0000:
      out.emit(X.MOV64, VALUE, n, 0);
      out.emitAddress(X.MOVI, LINK, 0, 0, near(pc, 4));
      out.emit(X.JMPR, count, VALUE, 0);
      return 'end';
    default:
      return 'unknown';
  }
}

function exception(out: Emitter, word: number): Outcome {
  if ((word & 0xffe0001f) >>> 0 === 0xd4200000) {
    out.emit(X.STOP, Stop.trap, 0, 0, bits(word, 5, 16), 0);
    return 'end';
  }
  if ((word & 0xffe0001f) >>> 0 === 0xd4400000) {
    out.emit(X.STOP, Stop.halt, 0, 0);
    return 'end';
  }
  return 'unknown';
}

/** mrs and msr. */
function systemRegister(out: Emitter, word: number): Outcome {
  const encoding = bits(word, 5, 16);
  const name = BY_ENCODING[encoding];
  const isRead = bits(word, 21, 1) === 1;
  if (name !== undefined) {
    const held = register(SYSTEM_REGISTERS[name]);
    if (isRead) out.emit(X.MOV64, target(bits(word, 0, 5)), held, 0);
    else out.emit(X.MOV64, held, source(bits(word, 0, 5)), 0);
    return 'next';
  }
  if (encoding === FLAGS) {
    if (isRead) {
      out.readsFlags();
      out.emit(X.GETNZCV, target(bits(word, 0, 5)), 0, 0);
    } else {
      out.changesFlags();
      out.emit(X.SETNZCV, 0, source(bits(word, 0, 5)), 0);
    }
    return 'next';
  }
  if (!isRead) return 'unknown';
  if (COUNTERS.includes(encoding)) {
    out.emit(X.RDTSC, target(bits(word, 0, 5)), 0, 0);
    return 'next';
  }
  const constant = CONSTANTS[encoding];
  if (constant === undefined) return 'unknown';
  out.emit(X.MOVI, target(bits(word, 0, 5)), 0, 0, constant | 0, 0);
  return 'next';
}

function system(out: Emitter, word: number): Outcome {
  // Hints, among them those of pointer authentication and branch targets; barriers; msr of an immediate (interrupt masks).
  if ((word & 0xfffff01f) >>> 0 === 0xd503201f) return 'next';
  if ((word & 0xfffff000) >>> 0 === 0xd5033000) return 'next';
  if ((word & 0xfff8f01f) >>> 0 === 0xd500401f) return 'next';
  return bits(word, 20, 1) === 1 ? systemRegister(out, word) : 'unknown';
}

export function branch(out: Emitter, word: number, pc: number, count: number): Outcome {
  const top = word >>> 24;
  if ((top & 0x7c) === 0x14) {
    if (word >>> 31 === 1) out.emitAddress(X.MOVI, LINK, 0, 0, near(pc, 4));
    out.emitAddress(X.JMP, count, 0, 0, near(pc, signedBits(word, 0, 26) * 4));
    return 'end';
  }
  if (top === 0x54) return conditional(out, word, pc, count);
  if ((top & 0x7c) === 0x34) return compareBranch(out, word, pc, count);
  if ((top & 0xfe) === 0xd6) return indirect(out, word, pc, count);
  if (top === 0xd4) return exception(out, word);
  if (top === 0xd5 && bits(word, 22, 2) === 0) return system(out, word);
  return 'unknown';
}
