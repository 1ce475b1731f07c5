// Writing an answer into the instruction: relo_core.c bpf_core_patch_insn and bpf_core_poison_insn.

import {
  CALL,
  hasRegisterSource,
  Insn,
  INSN_SIZE,
  InsnClass,
  LDDW,
  memorySize,
  memorySizeBits,
  POISON_IMM,
} from './insn.ts';
import { Errno, type ReasonCode, type Resolution, type UnexpectedValue } from './result.ts';

const SHRT_MAX = 32767n;

/** What became of the instruction. */
export interface Patch {
  /** 0, or a positive error number: the instruction is then to be taken as it was. */
  readonly errno: number;
  /** Why it failed or was poisoned. */
  readonly reason: ReasonCode | undefined;
  readonly poisoned: boolean;
  /** What the instruction, or the target, has where another value is expected. */
  readonly values?: UnexpectedValue;
}

const APPLIED: Patch = { errno: 0, reason: undefined, poisoned: false };
const bad = (reason: ReasonCode, errno: number = Errno.Invalid): Patch => ({ errno, reason, poisoned: false });
const unexpected = (got: bigint, expected: bigint): Patch => ({
  ...bad('unexpected-value'),
  values: { got, expected },
});

/** Bytes of the instruction at an offset: 16 for lddw, 8 else; fewer where the code ends before. */
export function instructionSize(code: Uint8Array, offset: number): number {
  const size = code[offset] === LDDW ? 2 * INSN_SIZE : INSN_SIZE;
  return Math.max(0, Math.min(size, code.length - offset));
}

/** Patches the instruction at `offset` of `code` in place. `answer` must not be a failed one. */
export function patchInstruction(code: Uint8Array, offset: number, littleEndian: boolean, answer: Resolution): Patch {
  const insn = new Insn(code, offset, littleEndian);
  switch (insn.code & 7) {
    case InsnClass.Alu:
    case InsnClass.Alu64:
      if (hasRegisterSource(insn.code)) return bad('bad-instruction');
      if (answer.poison) return poison(insn, answer.reason);
      if (answer.validate && unsigned(insn.imm) !== answer.original) {
        return unexpected(unsigned(insn.imm), answer.original);
      }
      insn.imm = low(answer.value);
      return APPLIED;
    case InsnClass.Ldx:
    case InsnClass.St:
    case InsnClass.Stx:
      return patchAccess(insn, answer);
    case InsnClass.Ld:
      return patchImmediate64(insn, code, offset, littleEndian, answer);
    default:
      return bad('bad-instruction');
  }
}

function patchAccess(insn: Insn, answer: Resolution): Patch {
  if (answer.poison) return poison(insn, answer.reason);
  if (answer.validate && unsigned(insn.off) !== answer.original) return unexpected(unsigned(insn.off), answer.original);
  if (answer.value > SHRT_MAX) {
    return { ...bad('value-too-big', Errno.Range), values: { got: answer.value, expected: SHRT_MAX } };
  }
  if (answer.memorySizeMismatch) return poison(insn, 'memory-size');
  if (answer.newSize !== answer.originalSize) {
    const size = memorySize(insn.code);
    if (size !== answer.originalSize) {
      const values = { got: BigInt(size), expected: BigInt(answer.originalSize) };
      return { ...bad('unexpected-memory-size'), values };
    }
    const bits = memorySizeBits(answer.newSize);
    if (bits === undefined) return bad('bad-memory-size');
    insn.code = (insn.code & ~0x18) | bits;
  }
  insn.off = Number(answer.value);
  return APPLIED;
}

function patchImmediate64(
  insn: Insn,
  code: Uint8Array,
  offset: number,
  littleEndian: boolean,
  answer: Resolution,
): Patch {
  if (insn.code !== LDDW) return bad('bad-instruction');
  if (offset + 2 * INSN_SIZE > code.length) return bad('truncated-instruction');
  const second = new Insn(code, offset + INSN_SIZE, littleEndian);
  const plain = insn.sourceRegister === 0 && insn.off === 0;
  if (!plain || second.code !== 0 || second.registers !== 0 || second.off !== 0) return bad('bad-instruction');
  if (answer.poison) {
    poison(second, answer.reason);
    return poison(insn, answer.reason);
  }
  const value = BigInt(insn.imm >>> 0) | (BigInt(second.imm >>> 0) << 32n);
  if (answer.validate && value !== answer.original) return unexpected(value, answer.original);
  insn.imm = low(answer.value);
  second.imm = low(answer.value >> 32n);
  return APPLIED;
}

function poison(insn: Insn, reason: ReasonCode | undefined): Patch {
  insn.code = CALL;
  insn.registers = 0;
  insn.off = 0;
  insn.imm = POISON_IMM;
  return { errno: 0, reason, poisoned: true };
}

/** A signed number as C converts it to u64. */
function unsigned(value: number): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

function low(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}
