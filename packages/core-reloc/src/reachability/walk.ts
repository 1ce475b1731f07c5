// The walk through one program as the verifier takes it: each way on its own, with constants followed through registers,
// stack, calls and returns, and a way given up where an earlier one covered it. do_check of kernel/bpf/verifier.c.
//
// Long because it is one loop over one state: each method is the step of one class of instructions, and arithmetic, branches and the
// state itself are in files of their own.

import type { BpfProgram } from '../bpf-program.ts';
import { hasRegisterSource, InsnClass, LDDW, memorySize } from '../insn.ts';
import { AluOp, byteSwapped, compute, movedSigned } from './alu.ts';
import { branch, JumpOp } from './branch.ts';
import type { CodeFunction } from './code-function.ts';
import { PSEUDO_CALL } from './code-references.ts';
import {
  containsState,
  copyState,
  FP,
  type Frame,
  forgetStack,
  fresh,
  learn,
  loadStack,
  type MachineState,
  newFrame,
  NONNULL,
  storeStack,
  type Value,
  widen,
} from './machine-state.ts';
import { constant, known, low32, ofBits, type Scalar, signExtended } from './scalar.ts';
import { NO_RETURN, writesThrough } from './stack-effects.ts';

/** BPF_MODE(code) of atomic operations, of loads that extend a sign, and of legacy packet loads. */
const Mode = { Mem: 0x60, MemSigned: 0x80, Atomic: 0xc0 } as const;
/** MAX_CALL_FRAMES. */
const MAX_FRAMES = 8;
/** States kept for one place and one chain of calls; with more they are merged. */
const MAX_STATES = 96;

/** What the walk asks about the object and the kernel it is loaded on. */
export interface Surroundings {
  readonly littleEndian: boolean;
  /** The function at a place; undefined where none starts there. */
  functionAt(section: string, offset: number): CodeFunction | undefined;
  /** Bytes of a read-only data section; undefined for one that programs can change, or where a byte is not known. */
  readOnly(section: string, offset: number, size: number): bigint | undefined;
  /** Whether the kernel knows the content of a section, even where `readOnly` does not. */
  isFrozen(section: string): boolean;
  /** What loading the address of an extern gives. */
  extern(name: string): Value;
  /** The register that a poisoned instruction would have written. */
  poisonedRegister(code: CodeFunction, at: number): number | undefined;
}

/** Something that an instruction does, where it can be reached. */
export interface WalkEvents {
  /** An instruction is about to be executed. */
  reached(code: CodeFunction, at: number, precise: boolean): void;
  context(
    code: CodeFunction,
    at: number,
    access: { off: number; size: number; write: boolean; precise: boolean },
  ): void;
  call(code: CodeFunction, at: number, registers: readonly Value[], precise: boolean): void;
  /** A field's offset of the kernel decides where the stack, the context or data are accessed. */
  offset(code: CodeFunction, at: number): void;
  /** A function that is verified on its own is called. */
  globalCall(code: CodeFunction, precise: boolean): void;
}

/** Instructions that may still be executed; shared by the walks of one program. */
export interface Budget {
  left: number;
}

interface Seen {
  states: MachineState[];
  wide: MachineState | undefined;
}

/** Walks from the first instruction of `root`. False where the budget did not last. */
export function walk(root: CodeFunction, around: Surroundings, events: WalkEvents, budget: Budget): boolean {
  const loaded = new Map<BpfProgram, Set<number>>();
  for (;;) {
    const run = new Walk(around, events, budget, loaded);
    const end = run.from(root);
    // a load from a slot that was not kept: what was pruned may have differed there
    if (end !== 'again') return end === 'done';
  }
}

class Walk {
  private readonly work: MachineState[] = [];
  private readonly seen = new Map<string, Map<number, Seen>>();
  private again = false;
  private readonly around: Surroundings;
  private readonly events: WalkEvents;
  private readonly budget: Budget;
  /** Stack slots that are ever read back, by function: the only ones worth keeping apart. */
  private readonly loaded: Map<BpfProgram, Set<number>>;

  constructor(around: Surroundings, events: WalkEvents, budget: Budget, loaded: Map<BpfProgram, Set<number>>) {
    this.around = around;
    this.events = events;
    this.budget = budget;
    this.loaded = loaded;
  }

  from(root: CodeFunction): 'done' | 'again' | 'limit' {
    const frame = newFrame(root, 0, '');
    if (!root.program.subprogram) frame.registers[1] = { kind: 'ctx', off: 0 };
    this.work.push({ frames: [frame], imprecise: false });
    for (let state = this.work.pop(); state !== undefined; state = this.work.pop()) {
      let current: MachineState | undefined = state;
      let entered = true;
      while (current !== undefined) {
        const top = current.frames.at(-1) as Frame;
        const { code, at } = top;
        if (at < 0 || at >= code.count) break;
        if (entered || code.joins[at] === 1) {
          current = this.unlessSeen(current);
          if (current === undefined) break;
        }
        if (this.budget.left-- <= 0) return 'limit';
        this.events.reached(code, at, !current.imprecise);
        const depth: number = current.frames.length;
        current = this.step(current);
        if (this.again) return 'again';
        entered = current !== undefined && current.frames.length !== depth;
      }
    }
    return 'done';
  }

  /** The state to go on with, perhaps a wider one; undefined where an earlier one covers it. */
  private unlessSeen(state: MachineState): MachineState | undefined {
    const top = state.frames.at(-1) as Frame;
    const key = `${top.chain}|${top.code.program.section.index}:${top.code.program.offset}`;
    let places = this.seen.get(key);
    if (places === undefined) this.seen.set(key, (places = new Map()));
    let seen = places.get(top.at);
    if (seen === undefined) places.set(top.at, (seen = { states: [], wide: undefined }));
    if (seen.wide !== undefined && containsState(seen.wide, state)) return undefined;
    for (const earlier of seen.states) if (containsState(earlier, state)) return undefined;
    if (seen.states.length < MAX_STATES) {
      seen.states.push(copyState(state));
      return state;
    }
    const wide = widen(seen.wide ?? (seen.states.at(-1) as MachineState), state);
    if (seen.wide !== undefined && containsState(seen.wide, wide)) return undefined;
    seen.wide = copyState(wide);
    return wide;
  }

  /** Executes one instruction; the state to go on with. */
  private step(state: MachineState): MachineState | undefined {
    const top = state.frames.at(-1) as Frame;
    const { code, at, registers } = top;
    const opcode = code.opcode[at]!;
    const to = code.destination[at]!;
    switch (opcode & 7) {
      case InsnClass.Alu:
      case InsnClass.Alu64:
        if (to < FP) registers[to] = this.alu(code, at, registers);
        break;
      case InsnClass.Ld:
        if (opcode === LDDW) {
          if (to < FP) registers[to] = this.immediate64(code, at);
          top.at = at + 2;
          return state;
        }
        clobber(registers);
        break;
      case InsnClass.Ldx:
        this.load(state, top, at);
        break;
      case InsnClass.St:
      case InsnClass.Stx:
        this.store(state, top, at);
        break;
      default:
        return this.jump(state, top, at);
    }
    top.at = at + 1;
    return state;
  }

  private alu(code: CodeFunction, at: number, registers: readonly Value[]): Value {
    const opcode = code.opcode[at]!;
    const op = opcode & 0xf0;
    const bits = (opcode & 7) === InsnClass.Alu64 ? 64 : 32;
    const off = code.off[at]!;
    const imm = code.imm[at]!;
    const left = registers[code.destination[at]!] as Value;
    if (op === AluOp.End) {
      if (left.kind !== 'scalar') return fresh();
      const unconditional = bits === 64;
      const toBig = hasRegisterSource(opcode);
      return byteSwapped(left, imm, unconditional || toBig === this.around.littleEndian);
    }
    const immediate = code.open[at] === 1 ? fresh() : constant(BigInt(imm));
    const right = hasRegisterSource(opcode) ? (registers[code.source[at]!] as Value) : immediate;
    if (op === AluOp.Mov) {
      if (off === 0 && bits === 64) return right;
      if (right.kind !== 'scalar') return fresh();
      if (right.doubtful) return { ...(off === 0 ? low32(right) : fresh()), doubtful: true };
      if (off === 0) return low32(right);
      return off === 8 || off === 16 || off === 32 ? movedSigned(right, off, bits) : fresh();
    }
    if (left.kind === 'scalar' && right.kind === 'scalar') {
      // signed division
      if (off !== 0) return fresh();
      const result = compute(op, left, right, bits);
      if (left.doubtful || right.doubtful) return { ...result, doubtful: true };
      return result === left || result === right ? { ...result } : result;
    }
    return bits === 64 ? movedPointer(op, left, right) : fresh();
  }

  private immediate64(code: CodeFunction, at: number): Value {
    const reference = code.references[at];
    if (reference === undefined) {
      const low = BigInt(code.imm[at]! >>> 0);
      const high = at + 1 < code.count ? BigInt(code.imm[at + 1]! >>> 0) : 0n;
      return code.source[at] === 0 ? constant(low | (high << 32n)) : NONNULL;
    }
    switch (reference.kind) {
      case 'data':
        return { kind: 'data', section: reference.section, off: reference.offset };
      case 'map':
        return { kind: 'map', name: reference.name };
      case 'callback':
        return { kind: 'function', section: reference.section, offset: reference.offset };
      case 'extern':
        return this.around.extern(reference.name);
      case 'call':
        return fresh();
    }
  }

  private load(state: MachineState, top: Frame, at: number): void {
    const { code, registers } = top;
    const opcode = code.opcode[at]!;
    const size = memorySize(opcode);
    const base = registers[code.source[at]!] as Value;
    const off = code.off[at]!;
    const to = code.destination[at]!;
    let value: Value = size === 8 ? fresh() : { ...ofBits(size * 8) };
    if (code.open[at] === 1 && base.kind !== 'scalar') this.events.offset(code, at);
    switch (base.kind) {
      case 'stack':
        if (base.off !== undefined) value = this.loadSlot(state, base.frame, base.off + off, size);
        break;
      case 'ctx':
        this.context(state, code, at, base.off, off, size, false);
        break;
      case 'data': {
        const number = base.off === undefined ? undefined : this.around.readOnly(base.section, base.off + off, size);
        if (number !== undefined) value = constant(number);
        else if (this.around.isFrozen(base.section)) value = { ...(value as Scalar), doubtful: true };
        break;
      }
      default:
    }
    const signed = (opcode & 0xe0) === Mode.MemSigned;
    if (to < FP) registers[to] = signed ? (value.kind === 'scalar' ? signExtended(value, size * 8) : fresh()) : value;
  }

  private loadSlot(state: MachineState, frameIndex: number, off: number, size: number): Value {
    const frame = state.frames[frameIndex];
    if (frame === undefined) return fresh();
    const slots = this.slotsOf(frame);
    for (let base = Math.floor(off / 8) * 8; base < off + size; base += 8) {
      if (slots.has(base)) continue;
      slots.add(base);
      this.again = true;
    }
    return loadStack(frame, off, size, this.around.littleEndian);
  }

  /** The slots of a function that are read back: loads by the frame pointer are seen beforehand. */
  private slotsOf(frame: Frame): Set<number> {
    const { program } = frame.code;
    let slots = this.loaded.get(program);
    if (slots === undefined) {
      slots = new Set();
      const { code } = frame;
      for (let at = 0; at < code.count; at++) {
        const opcode = code.opcode[at]!;
        if ((opcode & 7) !== InsnClass.Ldx || code.source[at] !== FP) continue;
        slots.add(Math.floor(code.off[at]! / 8) * 8);
      }
      this.loaded.set(program, slots);
    }
    return slots;
  }

  private context(
    state: MachineState,
    code: CodeFunction,
    at: number,
    base: number | undefined,
    off: number,
    size: number,
    write: boolean,
  ): void {
    if (base === undefined) return;
    this.events.context(code, at, { off: base + off, size, write, precise: !state.imprecise });
  }

  private store(state: MachineState, top: Frame, at: number): void {
    const { code, registers } = top;
    const opcode = code.opcode[at]!;
    const size = memorySize(opcode);
    const base = registers[code.destination[at]!] as Value;
    const off = code.off[at]!;
    const source = code.source[at]!;
    const atomic = (opcode & 7) === InsnClass.Stx && (opcode & 0xe0) === Mode.Atomic;
    const value: Value = atomic
      ? fresh()
      : (opcode & 7) === InsnClass.St
        ? constant(BigInt(code.imm[at]!))
        : (registers[source] as Value);
    const imm = code.imm[at]!;
    if (code.open[at] === 1 && base.kind !== 'scalar') this.events.offset(code, at);
    if (atomic && imm === LOAD_ACQUIRE) {
      // the one form that reads through the source
      if (code.destination[at]! < FP) registers[code.destination[at]!] = fresh();
      return;
    }
    if (base.kind === 'ctx') this.context(state, code, at, base.off, off, size, true);
    if (base.kind === 'stack') this.storeSlot(state, base, off, size, value);
    if (atomic) {
      // what was there comes back: to the source, or to r0 (cmpxchg)
      if (imm === CMPXCHG) registers[0] = fresh();
      else if ((imm & FETCH) !== 0 && source < FP) registers[source] = fresh();
    }
  }

  private storeSlot(
    state: MachineState,
    base: { frame: number; off: number | undefined },
    off: number,
    size: number,
    value: Value,
  ): void {
    if (base.off === undefined) {
      for (const frame of base.frame < 0 ? state.frames : [state.frames[base.frame]]) frame?.stack.clear();
      return;
    }
    const frame = state.frames[base.frame];
    if (frame === undefined) return;
    const slots = this.slotsOf(frame);
    const place = base.off + off;
    if (!slots.has(Math.floor(place / 8) * 8)) return;
    const stored = value.kind === 'scalar' && size < 8 ? truncated(value, size) : value;
    storeStack(frame, place, size, stored, this.around.littleEndian);
  }

  private jump(state: MachineState, top: Frame, at: number): MachineState | undefined {
    const { code, registers } = top;
    const opcode = code.opcode[at]!;
    const wide = (opcode & 7) === InsnClass.Jmp;
    const target = at + 1 + code.off[at]!;
    switch (opcode & 0xf0) {
      case JumpOp.Ja:
        if (hasRegisterSource(opcode)) return this.anywhere(state, top);
        top.at = wide ? target : at + 1 + code.imm[at]!;
        return state;
      case JumpOp.Call:
        return this.call(state, top, at);
      case JumpOp.Exit:
        return leave(state);
      case JumpOp.MayGoto:
        this.push(state, target);
        top.at = at + 1;
        return state;
      default:
    }
    const left = registers[code.destination[at]!] as Value;
    const right = hasRegisterSource(opcode) ? (registers[code.source[at]!] as Value) : constant(BigInt(code.imm[at]!));
    if (left.kind !== 'scalar' || right.kind !== 'scalar') {
      const equal = wide ? pointerEquals(left, right) : undefined;
      const op = opcode & 0xf0;
      if (equal !== undefined && (op === JumpOp.Equal || op === JumpOp.NotEqual)) {
        top.at = equal === (op === JumpOp.Equal) ? target : at + 1;
        return state;
      }
      this.push(state, target);
      top.at = at + 1;
      return state;
    }
    const ways = branch(opcode & 0xf0, left, right, wide ? 64 : 32);
    const { taken, fallThrough } = ways;
    if (taken !== undefined && fallThrough !== undefined) {
      if (left.doubtful || right.doubtful) state.imprecise = true;
      const other = copyState(state);
      (other.frames.at(-1) as Frame).at = target;
      learn(other, left, taken.left);
      learn(other, right, taken.right);
      this.work.push(other);
    }
    const way = fallThrough ?? taken;
    if (way === undefined) return undefined;
    top.at = fallThrough === undefined ? target : at + 1;
    learn(state, left, way.left);
    learn(state, right, way.right);
    return state;
  }

  /** A second way from here. */
  private push(state: MachineState, target: number): void {
    const other = copyState(state);
    (other.frames.at(-1) as Frame).at = target;
    this.work.push(other);
  }

  /** gotox: which targets the table holds is not followed. */
  private anywhere(state: MachineState, top: Frame): undefined {
    state.imprecise = true;
    for (let register = 0; register < FP; register++) top.registers[register] = fresh();
    top.stack.clear();
    for (let at = 0; at < top.code.count; at++) if (top.code.opcode[at] !== 0) this.push(state, at);
  }

  private call(state: MachineState, top: Frame, at: number): MachineState | undefined {
    const { code, registers } = top;
    const reference = code.references[at];
    this.events.call(code, at, registers, !state.imprecise);
    top.at = at + 1;
    if (reference?.kind === 'call' && code.source[at] === PSEUDO_CALL) {
      const callee = this.around.functionAt(reference.section, reference.offset);
      if (callee !== undefined && !callee.global) return this.enter(state, callee, at);
      if (callee !== undefined) this.events.globalCall(callee, !state.imprecise);
      this.lendMemory(state, registers, undefined);
    } else if (reference?.kind === 'extern') {
      if (NO_RETURN.has(reference.name)) return undefined;
      this.callbacks(state, top, at);
      this.lendMemory(state, registers, undefined);
    } else {
      this.callbacks(state, top, at);
      this.lendMemory(state, registers, code.imm[at]);
      const poisoned = this.around.poisonedRegister(code, at);
      clobber(registers);
      if (poisoned !== undefined && poisoned < FP) registers[poisoned] = fresh();
      return state;
    }
    clobber(registers);
    return state;
  }

  private enter(state: MachineState, callee: CodeFunction, at: number): MachineState | undefined {
    if (state.frames.length >= MAX_FRAMES) return undefined;
    const caller = state.frames.at(-1) as Frame;
    const chain = `${caller.chain}|${caller.code.program.section.index}:${caller.code.program.offset}:${at}`;
    const frame = newFrame(callee, state.frames.length, chain);
    for (let register = 1; register <= 5; register++) frame.registers[register] = caller.registers[register] as Value;
    state.frames.push(frame);
    return state;
  }

  /** Functions handed to the kernel are verified as if called once more, with arguments of the kernel's. */
  private callbacks(state: MachineState, top: Frame, at: number): void {
    for (let register = 1; register <= 5; register++) {
      const value = top.registers[register] as Value;
      if (value.kind !== 'function') continue;
      const callee = this.around.functionAt(value.section, value.offset);
      for (const frame of state.frames) if (frame.stack.size > 0) state.imprecise = true;
      for (const frame of state.frames) frame.stack.clear();
      if (callee === undefined || state.frames.length >= MAX_FRAMES) continue;
      const other = copyState(state);
      const caller = other.frames.at(-1) as Frame;
      const place = `${caller.code.program.section.index}:${caller.code.program.offset}:${at}`;
      const frame = newFrame(callee, other.frames.length, `${caller.chain}|${place}*`, true);
      clobber(caller.registers);
      // the loop's own context comes back as one of the arguments: which, the kind of helper decides
      const lent = top.registers.slice(1, 6).find((argument) => argument.kind === 'stack');
      for (const argument of [2, 3, 4])
        if (lent !== undefined) frame.registers[argument] = { ...lent, off: undefined } as Value;
      other.frames.push(frame);
      this.work.push(other);
    }
  }

  /** Stack that a call is given the address of may have other content after it. */
  private lendMemory(state: MachineState, registers: readonly Value[], helper: number | undefined): void {
    for (let register = 1; register <= 5; register++) {
      const value = registers[register] as Value;
      if (value.kind !== 'stack') continue;
      if (helper !== undefined && !writesThrough(helper, register)) continue;
      const frames = value.frame < 0 ? state.frames : [state.frames[value.frame]];
      const size = registers[register + 1];
      const bytes = register < 5 && size?.kind === 'scalar' ? known(size) : undefined;
      for (const frame of frames) {
        if (frame === undefined) continue;
        const { off } = value;
        const end = off !== undefined && bytes !== undefined && bytes <= 512n ? off + Number(bytes) : 0;
        const sized = end !== 0;
        if (forgetStack(frame, off ?? -512, end) && !sized) state.imprecise = true;
      }
    }
  }
}

/** Atomic operations, in the immediate: BPF_FETCH, BPF_CMPXCHG, BPF_LOAD_ACQ. */
const FETCH = 0x01;
const CMPXCHG = 0xf1;
const LOAD_ACQUIRE = 0x100;

/** r0 to r5 do not survive a call. */
function clobber(registers: Value[]): void {
  for (let i = 0; i <= 5; i++) registers[i] = fresh();
}

/** Goes back to the caller; undefined at the program's end. */
function leave(state: MachineState): MachineState | undefined {
  const done = state.frames.pop() as Frame;
  const caller = state.frames.at(-1);
  if (caller === undefined || done.callback) return undefined;
  clobber(caller.registers);
  caller.registers[0] = done.registers[0] as Value;
  return state;
}

function movedPointer(op: number, left: Value, right: Value): Value {
  const [pointer, distance] = left.kind === 'scalar' ? [right, left] : [left, right];
  if (distance.kind !== 'scalar' || (op !== AluOp.Add && op !== AluOp.Sub)) return fresh();
  if (op === AluOp.Sub && pointer !== left) return fresh();
  const by = known(distance);
  switch (pointer.kind) {
    case 'stack':
    case 'ctx':
    case 'data': {
      if (by === undefined || pointer.off === undefined) return { ...pointer, off: undefined };
      const step = Number(BigInt.asIntN(32, by));
      return { ...pointer, off: op === AluOp.Add ? pointer.off + step : pointer.off - step };
    }
    default:
      return fresh();
  }
}

/** Whether two values are equal, where that is certain: an address is not 0. */
function pointerEquals(left: Value, right: Value): boolean | undefined {
  const number = left.kind === 'scalar' ? left : right.kind === 'scalar' ? right : undefined;
  if (number === undefined) return undefined;
  return known(number) === 0n ? false : undefined;
}

function truncated(value: Scalar, size: number): Value {
  const number = known(value);
  if (number !== undefined) return constant(BigInt.asUintN(size * 8, number));
  return { ...ofBits(size * 8) };
}
