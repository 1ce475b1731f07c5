// The state of one way through a program: frames with registers and what is known of their stack. struct
// bpf_verifier_state, bpf_func_state and bpf_reg_state of the kernel, as far as branches can depend on them.

import type { CodeFunction } from './code-function.ts';
import { constant, containsScalar, known, ofBits, type Scalar, UNKNOWN } from './scalar.ts';

/** A pointer, with its byte offset where that is known. `nonnull`: any address that is certainly not 0. */
export type Pointer =
  | { readonly kind: 'stack'; readonly frame: number; readonly off: number | undefined }
  | { readonly kind: 'ctx'; readonly off: number | undefined }
  | { readonly kind: 'data'; readonly section: string; readonly off: number | undefined }
  | { readonly kind: 'map'; readonly name: string }
  | { readonly kind: 'function'; readonly section: string; readonly offset: number }
  | { readonly kind: 'nonnull' };

/**
 * What a register holds. Copies of one value are one object: what a branch learns of it holds for all of them
 * (the kernel's register ids).
 */
export type Value = Scalar | Pointer;

/** 8 bytes of stack: a value, or bytes of which some are known, in memory order. */
export type StackSlot = Value | readonly (number | undefined)[];

/** A function that is being executed. */
export interface Frame {
  readonly code: CodeFunction;
  /** The slot of the next instruction; in a caller, where it goes on after the call. */
  at: number;
  readonly registers: Value[];
  /** By offset from the frame pointer, in multiples of 8. */
  readonly stack: Map<number, StackSlot>;
  /** The callers and their places, as a key. */
  readonly chain: string;
  /** A callback: what follows its end is not known. */
  readonly callback: boolean;
}

export interface MachineState {
  readonly frames: Frame[];
  /** Something was given up that the verifier may know: what is reached from here is only possible. */
  imprecise: boolean;
}

export const REGISTERS = 11;
/** The frame pointer. */
export const FP = 10;
export const NONNULL: Pointer = { kind: 'nonnull' };

/** A value of its own of which nothing is known. */
export function fresh(): Scalar {
  return { ...UNKNOWN };
}

export function newFrame(code: CodeFunction, index: number, chain: string, callback = false): Frame {
  const registers: Value[] = Array.from({ length: REGISTERS }, fresh);
  registers[FP] = { kind: 'stack', frame: index, off: 0 };
  return { code, at: 0, registers, stack: new Map(), chain, callback };
}

export function copyState(state: MachineState): MachineState {
  return {
    frames: state.frames.map((frame) => ({
      ...frame,
      registers: frame.registers.slice(),
      stack: new Map(frame.stack),
    })),
    imprecise: state.imprecise,
  };
}

/** Replaces a value by what was learnt of it, wherever it is held. */
export function learn(state: MachineState, value: Value, better: Value): void {
  if (value === better) return;
  for (const { registers, stack } of state.frames) {
    for (let i = 0; i < REGISTERS; i++) if (registers[i] === value) registers[i] = better;
    for (const [offset, slot] of stack) if (slot === value) stack.set(offset, better);
  }
}

/** Whether every state that `inner` stands for is one that `outer` stands for too. */
export function containsState(outer: MachineState, inner: MachineState): boolean {
  if (outer.imprecise && !inner.imprecise) return false;
  for (let i = outer.frames.length - 1; i >= 0; i--) {
    const a = outer.frames[i] as Frame;
    const b = inner.frames[i] as Frame;
    const live = liveIn(b, i === outer.frames.length - 1);
    for (let register = 0; register < FP; register++) {
      if ((live & (1 << register)) === 0) continue;
      if (!containsValue(a.registers[register] as Value, b.registers[register] as Value)) return false;
    }
    for (const [offset, slot] of a.stack) {
      const other = b.stack.get(offset);
      if (other === undefined || !containsSlot(slot, other)) return false;
    }
  }
  return true;
}

const CALLEE_SAVED = 0b11_1100_0000;

function liveIn(frame: Frame, top: boolean): number {
  const live = frame.code.live[frame.at] ?? 0;
  return top ? live : live & CALLEE_SAVED;
}

function containsValue(outer: Value, inner: Value): boolean {
  if (outer === inner) return true;
  if (outer.kind === 'scalar') {
    if (inner.kind === 'scalar') return containsScalar(outer, inner);
    // a stack pointer must not be taken for anything else, since stores through it change what is known
    return inner.kind !== 'stack' && inner.kind !== 'ctx' && containsScalar(outer, UNKNOWN);
  }
  if (outer.kind !== inner.kind) return false;
  switch (outer.kind) {
    case 'stack':
      return inner.kind === 'stack' && outer.frame === inner.frame && sameOrAny(outer.off, inner.off);
    case 'ctx':
      return inner.kind === 'ctx' && sameOrAny(outer.off, inner.off);
    case 'data':
      return inner.kind === 'data' && outer.section === inner.section && sameOrAny(outer.off, inner.off);
    case 'map':
      return inner.kind === 'map' && outer.name === inner.name;
    case 'function':
      return inner.kind === 'function' && outer.section === inner.section && outer.offset === inner.offset;
    case 'nonnull':
      return true;
  }
}

function sameOrAny(outer: number | undefined, inner: number | undefined): boolean {
  return outer === undefined || outer === inner;
}

function containsSlot(outer: StackSlot, inner: StackSlot): boolean {
  if (!isBytes(outer)) return !isBytes(inner) && containsValue(outer, inner);
  if (isBytes(inner)) return outer.every((byte, i) => byte === undefined || byte === inner[i]);
  return outer.every((byte) => byte === undefined) && inner.kind !== 'stack' && inner.kind !== 'ctx';
}

export function isBytes(slot: StackSlot): slot is readonly (number | undefined)[] {
  return Array.isArray(slot);
}

/** One state that stands for both; what they do not agree on is given up. */
export function widen(a: MachineState, b: MachineState): MachineState {
  const frames = b.frames.map((frame, i) => {
    const other = a.frames[i] as Frame;
    const live = liveIn(frame, i === b.frames.length - 1);
    const registers = frame.registers.map((value, register) =>
      register === FP
        ? value
        : (live & (1 << register)) === 0
          ? fresh()
          : join(other.registers[register] as Value, value),
    );
    const stack = new Map<number, StackSlot>();
    for (const [offset, slot] of frame.stack) {
      const before = other.stack.get(offset);
      if (before === undefined) continue;
      if (!isBytes(slot) && !isBytes(before)) stack.set(offset, join(before, slot));
      else if (isBytes(slot) && isBytes(before)) {
        stack.set(
          offset,
          slot.map((byte, k) => (byte === before[k] ? byte : undefined)),
        );
      }
    }
    return { ...frame, registers, stack };
  });
  return { frames, imprecise: true };
}

function join(a: Value, b: Value): Value {
  if (containsValue(a, b)) return a;
  if (containsValue(b, a)) return b;
  if (a.kind === 'stack')
    return { ...a, frame: b.kind === 'stack' && b.frame !== a.frame ? -1 : a.frame, off: undefined };
  if (b.kind === 'stack') return { ...b, off: undefined };
  if (a.kind === 'ctx' && b.kind === 'ctx') return { kind: 'ctx', off: undefined };
  return fresh();
}

/** What a load of `size` bytes at `off` of a frame's stack gives. */
export function loadStack(frame: Frame, off: number, size: number, littleEndian: boolean): Value {
  const base = Math.floor(off / 8) * 8;
  const slot = frame.stack.get(base);
  if (slot === undefined || off - base + size > 8) return size === 8 ? fresh() : ofBits(size * 8);
  if (!isBytes(slot) && size === 8) return slot;
  const bytes = slotBytes(slot, littleEndian)?.slice(off - base, off - base + size);
  if (bytes === undefined || bytes.includes(undefined)) return size === 8 ? fresh() : { ...ofBits(size * 8) };
  let number = 0n;
  for (let i = 0; i < size; i++) {
    number = (number << 8n) | BigInt(bytes[littleEndian ? size - 1 - i : i]!);
  }
  return constant(number);
}

function slotBytes(slot: StackSlot, littleEndian: boolean): readonly (number | undefined)[] | undefined {
  if (isBytes(slot)) return slot;
  const number = slot.kind === 'scalar' ? known(slot) : undefined;
  return number === undefined ? undefined : bytesOf(number, 8, littleEndian);
}

function bytesOf(number: bigint, size: number, littleEndian: boolean): number[] {
  const bytes = Array.from({ length: size }, (_, i) => Number((number >> BigInt(8 * i)) & 0xffn));
  return littleEndian ? bytes : bytes.reverse();
}

/** Stores a value; undefined for one of which nothing is known. */
export function storeStack(frame: Frame, off: number, size: number, value: Value, littleEndian: boolean): void {
  const base = Math.floor(off / 8) * 8;
  if (off === base && size === 8) {
    frame.stack.set(base, value);
    return;
  }
  if (off - base + size > 8) {
    forgetStack(frame, off, off + size);
    return;
  }
  const before = frame.stack.get(base);
  const bytes = [...((before && slotBytes(before, littleEndian)) ?? new Array<undefined>(8).fill(undefined))];
  const number = value.kind === 'scalar' ? known(value) : undefined;
  const stored = number === undefined ? undefined : bytesOf(number, size, littleEndian);
  for (let i = 0; i < size; i++) bytes[off - base + i] = stored?.[i];
  frame.stack.set(base, bytes);
}

/** Forgets the bytes from `from` up to `to`; whether anything was known of them. */
export function forgetStack(frame: Frame, from: number, to: number): boolean {
  let lost = false;
  for (const [base, slot] of frame.stack) {
    if (base + 8 <= from || base >= to) continue;
    lost = true;
    if (from <= base && base + 8 <= to) frame.stack.delete(base);
    else if (isBytes(slot)) {
      frame.stack.set(
        base,
        slot.map((byte, i) => (base + i >= from && base + i < to ? undefined : byte)),
      );
    } else frame.stack.delete(base);
  }
  return lost;
}
