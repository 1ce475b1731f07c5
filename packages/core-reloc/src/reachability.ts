// Which instructions can be reached once existence checks and constants are in place: the verifier drops branches that
// are never taken, so a poisoned instruction there does no harm. Constants are followed through registers, within one
// function; what is not known counts as anything, so "not reached" is certain and "reached" only possible.

import type { BpfObject } from './bpf-object.ts';
import { hasRegisterSource, Insn, INSN_SIZE, InsnClass, LDDW } from './insn.ts';

const REGISTERS = 11;
/** Slots looked at for one object: the verifier's own limit for a program. What is beyond counts as reached. */
const MAX_SLOTS = 1_000_000;
/** BPF_OP(code), shared by ALU and JMP classes. */
const Op = { Ja: 0x00, Mov: 0xb0, Call: 0x80, Exit: 0x90, MayGoto: 0xe0 } as const;
/** BPF_MODE(code) of atomic operations, which are of class STX. */
const ATOMIC = 0xc0;

/** Register values: 64 bits unsigned, or undefined where anything is possible. */
type Registers = (bigint | undefined)[];

/**
 * The relocations, by index, whose instruction no function can reach. `code` is the object's code as `applyRelocations`
 * gives it.
 */
export function unreachableRelocations(object: BpfObject, code: ReadonlyMap<string, Uint8Array>): Set<number> {
  const dead = new Set<number>();
  const reached = new Map<string, Uint8Array | undefined>();
  let slots = 0;
  for (const { index, section, program, insnOff } of object.relocations) {
    const bytes = code.get(section);
    if (program === undefined || bytes === undefined) continue;
    const key = `${section} ${program.offset}`;
    if (!reached.has(key)) {
      const own = bytes.subarray(program.offset, program.offset + program.size);
      slots += program.size / INSN_SIZE;
      reached.set(key, slots > MAX_SLOTS ? undefined : reachableSlots(own, object.littleEndian));
    }
    if (reached.get(key)?.[(insnOff - program.offset) / INSN_SIZE] === 0) dead.add(index);
  }
  return dead;
}

/** For each instruction slot of a function 1 where it can be reached from the first; the second of a lddw counts as 0. */
export function reachableSlots(code: Uint8Array, littleEndian: boolean): Uint8Array {
  const count = Math.trunc(code.length / INSN_SIZE);
  const before: (Registers | undefined)[] = new Array(count);
  const work: number[] = [];
  const flow = (to: number, registers: Registers) => {
    if (to < 0 || to >= count) return;
    const known = before[to];
    if (known === undefined) before[to] = registers.slice();
    else if (!merge(known, registers)) return;
    work.push(to);
  };
  flow(0, new Array(REGISTERS).fill(undefined));
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    const registers = (before[at] as Registers).slice();
    for (const next of step(new Insn(code, at * INSN_SIZE, littleEndian), code, at, littleEndian, registers)) {
      flow(next, registers);
    }
  }
  return Uint8Array.from(before, (registers) => (registers === undefined ? 0 : 1));
}

/** Forgets what two ways to one place do not agree on; whether that changed anything. */
function merge(known: Registers, other: Registers): boolean {
  let changed = false;
  for (let i = 0; i < REGISTERS; i++) {
    if (known[i] === undefined || known[i] === other[i]) continue;
    known[i] = undefined;
    changed = true;
  }
  return changed;
}

/** Executes one instruction on `registers`; the slots that may follow. */
function step(insn: Insn, code: Uint8Array, at: number, littleEndian: boolean, registers: Registers): number[] {
  const { code: opcode, destinationRegister: to, sourceRegister: from } = insn;
  switch (opcode & 7) {
    case InsnClass.Alu:
    case InsnClass.Alu64: {
      const wide = (opcode & 7) === InsnClass.Alu64;
      // MOV with an offset extends a sign
      const plainMove = (opcode & 0xf0) === Op.Mov && insn.off === 0;
      const value = hasRegisterSource(opcode) ? registers[from] : immediate(insn.imm);
      registers[to] = plainMove ? truncate(value, wide) : undefined;
      return [at + 1];
    }
    case InsnClass.Ld: {
      if (opcode !== LDDW) {
        forgetScratch(registers);
        return [at + 1];
      }
      const second = (at + 1) * INSN_SIZE;
      const whole = from === 0 && second + INSN_SIZE <= code.length;
      const high = whole ? new Insn(code, second, littleEndian).imm : 0;
      registers[to] = whole ? BigInt(insn.imm >>> 0) | (BigInt(high >>> 0) << 32n) : undefined;
      return [at + 2];
    }
    case InsnClass.Ldx:
      registers[to] = undefined;
      return [at + 1];
    case InsnClass.Stx:
      // atomic operations give back what was there, to the source register, to r0, or (load-acquire) the destination
      if ((opcode & 0xe0) === ATOMIC) for (const register of [0, from, to]) registers[register] = undefined;
      return [at + 1];
    case InsnClass.St:
      return [at + 1];
    default:
      return jump(insn, at, registers);
  }
}

function jump(insn: Insn, at: number, registers: Registers): number[] {
  const { code } = insn;
  const wide = (code & 7) === InsnClass.Jmp;
  const target = at + 1 + insn.off;
  switch (code & 0xf0) {
    case Op.Ja:
      return [wide ? target : at + 1 + insn.imm];
    case Op.Call:
      forgetScratch(registers);
      return [at + 1];
    case Op.Exit:
      return [];
    case Op.MayGoto:
      return [at + 1, target];
    default: {
      const left = truncate(registers[insn.destinationRegister], wide);
      const right = truncate(hasRegisterSource(code) ? registers[insn.sourceRegister] : immediate(insn.imm), wide);
      if (left === undefined || right === undefined) return [at + 1, target];
      const taken = compare(code & 0xf0, left, right, wide ? 64 : 32);
      return taken === undefined ? [at + 1, target] : [taken ? target : at + 1];
    }
  }
}

/** r0 to r5 do not survive a call. */
function forgetScratch(registers: Registers): void {
  for (let i = 0; i <= 5; i++) registers[i] = undefined;
}

/** An immediate as 64-bit instructions see it: extended by its sign. */
function immediate(imm: number): bigint {
  return BigInt.asUintN(64, BigInt(imm));
}

function truncate(value: bigint | undefined, wide: boolean): bigint | undefined {
  return value === undefined ? undefined : BigInt.asUintN(wide ? 64 : 32, value);
}

/** Whether a conditional jump is taken; undefined for operations that are not known. */
function compare(op: number, left: bigint, right: bigint, bits: 32 | 64): boolean | undefined {
  const signedLeft = BigInt.asIntN(bits, left);
  const signedRight = BigInt.asIntN(bits, right);
  switch (op) {
    case 0x10:
      return left === right;
    case 0x20:
      return left > right;
    case 0x30:
      return left >= right;
    case 0x40:
      return (left & right) !== 0n;
    case 0x50:
      return left !== right;
    case 0x60:
      return signedLeft > signedRight;
    case 0x70:
      return signedLeft >= signedRight;
    case 0xa0:
      return left < right;
    case 0xb0:
      return left <= right;
    case 0xc0:
      return signedLeft < signedRight;
    case 0xd0:
      return signedLeft <= signedRight;
    default:
      return undefined;
  }
}
