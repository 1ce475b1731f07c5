// The opcodes behind 0f.
import * as X from '../micro-op.ts';
import { NOTHING, Stop, register } from '../emit.ts';
import * as A from './arithmetic.ts';
import { jumpIf, near, type Outcome } from './branches.ts';
import { BITS, type Instruction, OTHER, THIRD, VALUE, type Width } from './instruction.ts';

/** movzx and movsx: from 8 or 16 bits. */
function extend(i: Instruction, opcode: number): void {
  const from: Width = opcode & 1 ? 1 : 0;
  const isSigned = opcode >= 0xbe;
  const width = i.width();
  i.modrm();
  const { out } = i;
  const result = i.resultFor(i.reg, width, THIRD);
  if (i.isMemory) {
    const load = isSigned ? (width === 3 ? [X.LDS8, X.LDS16] : [X.LDS8W, X.LDS16W]) : [X.LD8, X.LD16];
    out.emit(load[from]!, result, i.base, 0, i.low, i.high);
  } else {
    const x = i.fromRegister(i.rm, from, VALUE);
    const move = isSigned ? (width === 3 ? [X.SX8, X.SX16] : [X.SX8W, X.SX16W]) : [X.ZX8, X.ZX16];
    out.emit(move[from]!, result, x, 0);
  }
  i.toRegister(i.reg, width, result);
}

function conditionalMove(i: Instruction, condition: number): void {
  const width = i.width();
  i.modrm();
  const { out } = i;
  const x = i.fromOperand(width, VALUE);
  out.readsFlags();
  if (width === 2) {
    // A 32-bit register is cut even where the condition does not hold.
    out.emit(X.CSEL, THIRD, x, register(i.reg), condition, 0);
    out.emit(X.MOV32, register(i.reg), THIRD, 0);
    return;
  }
  const result = i.resultFor(i.reg, width, THIRD);
  out.emit(X.CSEL, result, x, register(i.reg), condition, 0);
  i.toRegister(i.reg, width, result);
}

function compareExchange(i: Instruction, width: Width): Outcome {
  i.modrm();
  const { out } = i;
  if (i.isMemory) {
    const x = i.fromRegister(i.reg, width, OTHER);
    const address = i.address();
    out.changesFlags();
    out.emit(X.CMPXCHG, x, address, BITS[width] / 8);
    out.flagState = 'subtraction';
    return 'next';
  }
  if (width < 2) return 'unknown';
  A.combine(i, A.CMP, width, NOTHING, register(0), register(i.rm));
  out.readsFlags();
  out.emit(X.MOV64, VALUE, register(i.rm), 0);
  out.emit(X.CSEL, THIRD, register(i.reg), register(i.rm), 4, 0);
  i.toRegister(i.rm, width, THIRD);
  out.emit(X.CSEL, THIRD, register(0), VALUE, 4, 0);
  i.toRegister(0, width, THIRD);
  return 'next';
}

function exchangeAdd(i: Instruction, width: Width): void {
  i.modrm();
  const { out } = i;
  const x = i.fromOperand(width, VALUE);
  if (x !== VALUE) out.emit(X.MOV64, VALUE, x, 0);
  const y = i.fromRegister(i.reg, width, OTHER);
  A.combine(i, A.ADD, width, THIRD, VALUE, y);
  // Memory first: it may fault. Of two registers that are the same, the sum is what remains.
  if (i.isMemory) i.toOperand(width, THIRD);
  i.toRegister(i.reg, width, VALUE);
  if (!i.isMemory) i.toOperand(width, THIRD);
}

/** 0f 01: system instructions with one encoding each. */
function group7(i: Instruction): Outcome {
  const byte = i.byte();
  // clac, stac
  if (byte === 0xca || byte === 0xcb) return 'next';
  if (byte === 0xf9) {
    // rdtscp: the third register is the number of the CPU.
    i.out.emit(X.RDTSC, VALUE, 0, 0);
    i.out.emit(X.MOV32, register(0), VALUE, 0);
    i.out.emit(X.SHR64I, register(2), VALUE, 0, 32, 0);
    i.out.emit(X.MOVI, register(1), 0, 0);
    return 'next';
  }
  return 'unknown';
}

/** 0f ae: fences, and with a memory operand clflush; the other ones are not known. */
function group15(i: Instruction): Outcome {
  i.modrm();
  const kind = i.reg & 7;
  if (!i.isMemory) return kind >= 5 && i.repeat === 0 ? 'next' : 'unknown';
  return kind === 7 ? 'next' : 'unknown';
}

/** 0f c7: cmpxchg8b and cmpxchg16b. */
function group9(i: Instruction): Outcome {
  i.modrm();
  if ((i.reg & 7) !== 1 || !i.isMemory) return 'unknown';
  const address = i.address();
  i.out.changesFlags();
  i.out.emit(X.CMPXCHG16B, 0, address, 0, i.rex & 8 ? 8 : 4, 0);
  return 'next';
}

function swapBytes(i: Instruction, opcode: number): Outcome {
  const number = (opcode & 7) | ((i.rex & 1) << 3);
  if (i.operandSize && !(i.rex & 8)) return 'unknown';
  i.out.emit(i.rex & 8 ? X.BSWAP64 : X.BSWAP32, register(number), register(number), 0);
  return 'next';
}

/** Decodes an instruction whose opcode is 0f and this byte. */
export function twoByte(i: Instruction, opcode: number, count: number): Outcome {
  const { out } = i;
  if (opcode >= 0x40 && opcode < 0x50) {
    conditionalMove(i, opcode & 15);
    return 'next';
  }
  if (opcode >= 0x80 && opcode < 0x90) {
    const displacement = i.long();
    jumpIf(i, opcode & 15, near(i.pc, displacement), count);
    return 'next';
  }
  if (opcode >= 0x90 && opcode < 0xa0) {
    i.modrm();
    out.readsFlags();
    out.emit(X.SETCC, VALUE, 0, 0, opcode & 15, 0);
    i.toOperand(0, VALUE);
    return 'next';
  }
  if (opcode >= 0xc8 && opcode < 0xd0) return swapBytes(i, opcode);
  const width: Width = opcode & 1 ? i.width() : 0;
  switch (opcode) {
    case 0x00: {
      // verr and verw, which code uses for what they flush.
      i.modrm();
      if ((i.reg & 7) < 4) return 'unknown';
      i.fromOperand(1, VALUE);
      A.combine(i, A.CMP, 3, NOTHING, VALUE, VALUE);
      return 'next';
    }
    case 0x01:
      return group7(i);
    case 0x0b:
      out.emit(X.STOP, Stop.trap, 0, 0);
      return 'end';
    case 0x0d:
    case 0x18:
    case 0x19:
    case 0x1a:
    case 0x1b:
    case 0x1c:
    case 0x1d:
    case 0x1e:
    case 0x1f: {
      // prefetches, endbr64 and long nops: of their operand only the length matters.
      const { at } = out;
      i.modrm();
      out.at = at;
      return 'next';
    }
    case 0x31:
      out.emit(X.RDTSC, VALUE, 0, 0);
      out.emit(X.MOV32, register(0), VALUE, 0);
      out.emit(X.SHR64I, register(2), VALUE, 0, 32, 0);
      return 'next';
    case 0xa2:
      out.emit(X.CPUID, 0, 0, 0);
      return 'next';
    case 0xa3:
    case 0xab:
    case 0xb3:
    case 0xbb:
      i.modrm();
      A.bitTest(i, i.width(), (opcode >> 3) & 3, undefined);
      return 'next';
    case 0xa4:
    case 0xac:
      i.modrm(1);
      A.doubleShift(i, i.width(), opcode === 0xac, i.byte());
      return 'next';
    case 0xa5:
    case 0xad:
      i.modrm();
      A.doubleShift(i, i.width(), opcode === 0xad, undefined);
      return 'next';
    case 0xae:
      return group15(i);
    case 0xaf: {
      i.modrm();
      const y = i.fromOperand(i.width(), VALUE);
      A.multiply(i, i.width(), register(i.reg), y);
      return 'next';
    }
    case 0xb0:
    case 0xb1:
      return compareExchange(i, width);
    case 0xb6:
    case 0xb7:
    case 0xbe:
    case 0xbf:
      extend(i, opcode);
      return 'next';
    case 0xb8:
      if (i.repeat !== 0xf3) return 'unknown';
      i.modrm();
      A.countBits(i, i.width(), X.POPCNT);
      return 'next';
    case 0xb9:
      // ud1: like ud2, the compiler's way to say that this is never reached, or a warning of a sanitizer.
      out.emit(X.STOP, Stop.trap, 0, 0);
      return 'end';
    case 0xba:
      i.modrm(1);
      if ((i.reg & 7) < 4) return 'unknown';
      A.bitTest(i, i.width(), i.reg & 3, i.byte());
      return 'next';
    case 0xbc:
    case 0xbd:
      i.modrm();
      if (i.repeat === 0xf3) A.countBits(i, i.width(), opcode === 0xbc ? X.TZCNT : X.LZCNT);
      else A.countBits(i, i.width(), opcode === 0xbc ? X.BSF : X.BSR);
      return 'next';
    case 0xc0:
    case 0xc1:
      exchangeAdd(i, width);
      return 'next';
    case 0xc3:
      // movnti
      i.modrm();
      i.toOperand(i.width(), register(i.reg));
      return 'next';
    case 0xc7:
      return group9(i);
    default:
      return 'unknown';
  }
}
