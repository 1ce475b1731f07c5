// x86-64 code to micro-operations, a block at a time: from an address to the first jump that is always taken. The opcode maps of
// Intel's Software Developer's Manual, volume 2, appendix A, as far as compilers and hand-written code use them in kernels: no
// floating point, no vectors. What is not known here becomes a stop, reached only if it is run.
//
// Long because the one-byte opcode map is one switch; 0f's map, arithmetic and branches are in files of their own.
import * as X from '../micro-op.ts';
import { type CodeSource, type Emitter, NOTHING, Stop, register } from '../emit.ts';
import * as A from './arithmetic.ts';
import { Instruction, NoCode, OTHER, THIRD, VALUE, type Width } from './instruction.ts';
import { jumpIf, near, type Outcome } from './branches.ts';
import { twoByte } from './two-byte.ts';

const RAX = register(0);
const RSP = register(4);
const RBP = register(5);
/** Instructions in a block. */
const LONGEST_BLOCK = 64;

function call(i: Instruction, target: number, count: number): Outcome {
  i.out.emitAddress(X.CALL, count, 0, 0, target);
  i.out.emitAddress(X.MOVI, NOTHING, 0, 0, i.pc);
  return 'end';
}

function pop(i: Instruction): void {
  i.modrm();
  // pop with rsp in its address uses the increased rsp: no compiler writes that, and here it is not known.
  i.out.emit(X.POP, VALUE, 0, 0);
  i.toOperand(i.operandSize ? 1 : 3, VALUE);
}

function exchange(i: Instruction, width: Width): void {
  const { out } = i;
  const x = i.fromRegister(i.reg, width, OTHER);
  const y = i.fromOperand(width, VALUE);
  out.emit(X.MOV64, THIRD, y, 0);
  if (i.isMemory) i.store(width, x);
  else {
    if (x !== OTHER) out.emit(X.MOV64, OTHER, x, 0);
    i.toRegister(i.rm, width, OTHER);
  }
  i.toRegister(i.reg, width, THIRD);
}

/** fe and ff. */
function group45(i: Instruction, opcode: number, count: number): Outcome {
  const width = opcode === 0xfe ? 0 : i.width();
  i.modrm();
  const kind = i.reg & 7;
  if (kind < 2) {
    A.stepOperand(i, width, kind === 1);
    return 'next';
  }
  if (opcode === 0xfe || kind === 3 || kind === 5 || kind === 7) return 'unknown';
  const target = i.fromOperand(3, VALUE);
  if (kind === 6) {
    i.out.emit(X.PUSH, 0, target, 0);
    return 'next';
  }
  if (kind === 2) i.out.emitAddress(X.CALLR, count, target, 0, i.pc);
  else i.out.emit(X.JMPR, count, target, 0);
  return 'end';
}

function stringOperation(i: Instruction, opcode: number): Outcome {
  if (i.addressSize || i.segment !== 0) return 'unknown';
  const width = opcode & 1 ? i.width() : 0;
  const kind = { 164: 0, 166: 1, 170: 2, 172: 3, 174: 4 }[opcode & 0xfe]!;
  const repeat = i.repeat === 0xf3 ? 1 : i.repeat === 0xf2 ? 2 : 0;
  if (kind === 1 || kind === 4) i.out.changesFlags();
  else i.out.readsFlags();
  i.out.emit(X.STRING, kind, 1 << width, repeat);
  return 'next';
}

/** cbw, cwde, cdqe (98); cwd, cdq, cqo (99). */
function extendAccumulator(i: Instruction, opcode: number): void {
  const { out } = i;
  const width = i.width();
  if (opcode === 0x98) {
    if (width === 3) out.emit(X.SX32, RAX, RAX, 0);
    else if (width === 2) out.emit(X.SX16W, RAX, RAX, 0);
    else {
      out.emit(X.SX8, VALUE, RAX, 0);
      out.emit(X.INS16, RAX, VALUE, 0);
    }
    return;
  }
  out.emit(width === 1 ? X.SX16 : width === 2 ? X.SX32 : X.MOV64, VALUE, RAX, 0);
  out.emit(X.SAR64I, VALUE, VALUE, 0, 63, 0);
  i.toRegister(2, width, VALUE);
}

function moveImmediate(i: Instruction, opcode: number): void {
  const number = (opcode & 7) | ((i.rex & 1) << 3);
  const { out } = i;
  if (opcode < 0xb8) {
    out.emit(X.MOVI, VALUE, 0, 0, i.byte(), 0);
    i.toRegister(number, 0, VALUE);
    return;
  }
  const width = i.width();
  if (width === 1) {
    out.emit(X.MOVI, VALUE, 0, 0, i.word(), 0);
    i.toRegister(number, 1, VALUE);
  } else {
    const low = i.long();
    out.emit(X.MOVI, register(number), 0, 0, low, width === 3 ? i.long() : 0);
  }
}

/** The one-byte opcodes from 80 on, in their order. */
function upperHalf(i: Instruction, opcode: number, count: number): Outcome {
  const { out } = i;
  const width: Width = opcode & 1 ? i.width() : 0;
  switch (opcode) {
    case 0x80:
    case 0x81:
    case 0x83: {
      const bytes = opcode === 0x83 ? 0 : width;
      i.modrm(bytes === 0 ? 1 : bytes === 1 ? 2 : 4);
      A.intoOperand(i, i.reg & 7, width, undefined, i.immediate(bytes));
      return 'next';
    }
    case 0x84:
    case 0x85:
      i.modrm();
      A.intoOperand(i, A.TEST, width, i.fromRegister(i.reg, width, OTHER));
      return 'next';
    case 0x86:
    case 0x87:
      i.modrm();
      exchange(i, width);
      return 'next';
    case 0x88:
    case 0x89:
      i.modrm();
      if (i.isMemory) i.store(width, i.fromRegister(i.reg, width, OTHER));
      else i.move(i.rm, width, i.fromRegister(i.reg, width, OTHER));
      return 'next';
    case 0x8a:
    case 0x8b:
      i.modrm();
      if (i.isMemory && width >= 2) i.load(width, register(i.reg));
      else i.move(i.reg, width, i.fromOperand(width, VALUE));
      return 'next';
    case 0x8d: {
      i.isLea = true;
      i.modrm();
      i.isLea = false;
      if (!i.isMemory) return 'unknown';
      const full = i.width();
      const result = i.resultFor(i.reg, full, VALUE);
      out.emit(full === 3 ? X.ADD64I : X.ADD32I, result, i.base, 0, i.low, i.high);
      i.toRegister(i.reg, full, result);
      return 'next';
    }
    case 0x8f:
      pop(i);
      return 'next';
    case 0x90:
    case 0x91:
    case 0x92:
    case 0x93:
    case 0x94:
    case 0x95:
    case 0x96:
    case 0x97: {
      i.isMemory = false;
      i.reg = (opcode & 7) | ((i.rex & 1) << 3);
      i.rm = 0;
      if (i.reg !== 0) exchange(i, i.width());
      return 'next';
    }
    case 0x98:
    case 0x99:
      extendAccumulator(i, opcode);
      return 'next';
    case 0x9c:
      out.readsFlags();
      out.emit(X.GETF, VALUE, 0, 0);
      out.emit(X.PUSH, 0, VALUE, 0);
      return 'next';
    case 0x9d:
      out.emit(X.POP, VALUE, 0, 0);
      out.changesFlags();
      out.emit(X.SETF, 0, VALUE, 0);
      return 'next';
    case 0xa4:
    case 0xa5:
    case 0xa6:
    case 0xa7:
    case 0xaa:
    case 0xab:
    case 0xac:
    case 0xad:
    case 0xae:
    case 0xaf:
      return stringOperation(i, opcode);
    case 0xa8:
    case 0xa9:
      A.combineImmediate(i, A.TEST, width, NOTHING, RAX, i.immediate(width));
      return 'next';
    case 0xc0:
    case 0xc1:
      i.modrm(1);
      A.shiftOperand(i, width, i.byte());
      return 'next';
    case 0xd0:
    case 0xd1:
      i.modrm();
      A.shiftOperand(i, width, 1);
      return 'next';
    case 0xd2:
    case 0xd3:
      i.modrm();
      A.shiftOperand(i, width, undefined);
      return 'next';
    case 0xc2:
      out.emit(X.RET, count, 0, 0, i.word(), 0);
      return 'end';
    case 0xc3:
      out.emit(X.RET, count, 0, 0);
      return 'end';
    case 0xc6:
    case 0xc7: {
      i.modrm(width === 0 ? 1 : width === 1 ? 2 : 4);
      if ((i.reg & 7) !== 0) return 'unknown';
      const value = i.immediate(width);
      const into = i.isMemory || width < 2 ? VALUE : register(i.rm);
      out.emit(X.MOVI, into, 0, 0, value, width === 3 && value < 0 ? -1 : 0);
      i.toOperand(width, into);
      return 'next';
    }
    case 0xc9:
      out.emit(X.LD64, VALUE, RBP, 0);
      out.emit(X.ADD64I, RSP, RBP, 0, 8, 0);
      out.emit(X.MOV64, RBP, VALUE, 0);
      return 'next';
    case 0xcc:
      out.emit(X.STOP, Stop.breakpoint, 0, 0);
      return 'end';
    case 0xe3: {
      const target = near(i.pc + 1, i.signedByte());
      out.readsFlags();
      out.emitAddress(i.addressSize ? X.JRZ32 : X.JRZ64, count, 0, 0, target);
      out.emit(X.MOVI, NOTHING, register(1), 0);
      return 'next';
    }
    case 0xe8: {
      const displacement = i.long();
      return call(i, near(i.pc, displacement), count);
    }
    case 0xe9:
    case 0xeb: {
      const displacement = opcode === 0xeb ? i.signedByte() : i.long();
      out.emitAddress(X.JMP, count, 0, 0, near(i.pc, displacement));
      return 'end';
    }
    case 0xf4:
      out.emit(X.STOP, Stop.halt, 0, 0);
      return 'end';
    case 0xf5:
    case 0xf8:
    case 0xf9:
      out.changesFlags();
      out.emit(opcode === 0xf5 ? X.CMC : opcode === 0xf8 ? X.CLC : X.STC, 0, 0, 0);
      return 'next';
    case 0xfa:
    case 0xfb:
    case 0xfc:
    case 0xfd:
      out.emit([X.CLI, X.STI, X.CLD, X.STD][opcode - 0xfa]!, 0, 0, 0);
      return 'next';
    case 0xf6:
    case 0xf7: {
      // Of this group only test has an immediate.
      const hasImmediate = ((i.peek() >> 3) & 7) < 2;
      i.modrm(hasImmediate ? (width === 0 ? 1 : width === 1 ? 2 : 4) : 0);
      A.group3(i, width);
      return 'next';
    }
    case 0xfe:
    case 0xff:
      return group45(i, opcode, count);
    default:
      if (opcode >= 0xb0 && opcode <= 0xbf) {
        moveImmediate(i, opcode);
        return 'next';
      }
      return 'unknown';
  }
}

function lowerHalf(i: Instruction, opcode: number, count: number): Outcome {
  const { out } = i;
  if (opcode < 0x40) {
    const op = opcode >> 3;
    const form = opcode & 7;
    if (form > 5) return 'unknown';
    const width: Width = form & 1 ? i.width() : 0;
    if (form >= 4) {
      const result = i.resultFor(0, width, THIRD);
      A.combineImmediate(i, op, width, result, RAX, i.immediate(width));
      if (op < A.CMP) i.toRegister(0, width, result);
      return 'next';
    }
    i.modrm();
    if (form >= 2) A.intoRegister(i, op, width, i.reg);
    else A.intoOperand(i, op, width, i.fromRegister(i.reg, width, OTHER));
    return 'next';
  }
  const number = (opcode & 7) | ((i.rex & 1) << 3);
  if (opcode < 0x58) {
    if (i.operandSize) return 'unknown';
    out.emit(X.PUSH, 0, register(number), 0);
    return 'next';
  }
  if (opcode < 0x60) {
    if (i.operandSize) return 'unknown';
    out.emit(X.POP, register(number), 0, 0);
    return 'next';
  }
  switch (opcode) {
    case 0x63: {
      const width = i.width();
      i.modrm();
      const result = i.resultFor(i.reg, width, THIRD);
      if (i.isMemory) out.emit(width === 3 ? X.LDS32 : X.LD32, result, i.base, 0, i.low, i.high);
      else out.emit(width === 3 ? X.SX32 : X.MOV32, result, register(i.rm), 0);
      i.toRegister(i.reg, width, result);
      return 'next';
    }
    case 0x68:
    case 0x6a:
      if (i.operandSize) return 'unknown';
      out.emitSigned(X.MOVI, VALUE, 0, 0, opcode === 0x6a ? i.signedByte() : i.long());
      out.emit(X.PUSH, 0, VALUE, 0);
      return 'next';
    case 0x69:
    case 0x6b: {
      const width = i.width();
      i.modrm(opcode === 0x6b ? 1 : width === 1 ? 2 : 4);
      const value = opcode === 0x6b ? i.signedByte() : i.immediate(width);
      const x = i.fromOperand(width, VALUE);
      out.emitSigned(X.MOVI, OTHER, 0, 0, value);
      A.multiply(i, width, x, OTHER);
      return 'next';
    }
    default:
      if (opcode < 0x70) return 'unknown';
      jumpIf(i, opcode & 15, near(i.pc + 1, i.signedByte()), count);
      return 'next';
  }
}

/** Decodes one instruction; its prefixes first. */
function decodeInstruction(i: Instruction, count: number): Outcome {
  for (let prefixes = 0; prefixes < 15; prefixes++) {
    const byte = i.byte();
    switch (byte) {
      case 0x66:
        i.operandSize = true;
        break;
      case 0x67:
        i.addressSize = true;
        break;
      case 0xf2:
      case 0xf3:
        i.repeat = byte;
        break;
      case 0x64:
      case 0x65:
        i.setSegment(byte);
        break;
      case 0xf0:
      case 0x26:
      case 0x2e:
      case 0x36:
      case 0x3e:
        break;
      default: {
        let opcode = byte;
        if (byte >= 0x40 && byte < 0x50) {
          i.rex = byte;
          opcode = i.byte();
        }
        if (opcode === 0x0f) return twoByte(i, i.byte(), count);
        return opcode < 0x80 ? lowerHalf(i, opcode, count) : upperHalf(i, opcode, count);
      }
    }
  }
  return 'unknown';
}

/** Decodes the block at an address (48 bits of it). `isHooked` addresses end it: they have blocks of their own. */
export function decodeX86Block(out: Emitter, code: CodeSource, start: number, isHooked: (pc: number) => boolean): void {
  const i = new Instruction(out, code);
  let pc = start;
  for (let count = 1; ; count++) {
    out.pc = pc;
    if (count > LONGEST_BLOCK || (pc !== start && isHooked(pc))) {
      out.emitAddress(X.JMP, count - 1, 0, 0, pc);
      return;
    }
    i.begin(pc);
    const record = out.at;
    let outcome: Outcome;
    try {
      outcome = decodeInstruction(i, count);
    } catch (error) {
      if (!(error instanceof NoCode)) throw error;
      out.at = record;
      out.emit(X.STOP, Stop.fetch, 0, 0);
      return;
    }
    if (outcome === 'unknown') {
      out.at = record;
      out.emit(X.STOP, Stop.unknown, 0, 0);
      return;
    }
    if (outcome === 'end') return;
    pc = i.pc % 0x1000000000000;
  }
}
