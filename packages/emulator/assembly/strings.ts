// The x86 string instructions, with and without a repeat prefix. Long moves and fills go by whole runs within pages.
import { FLAG_OTHER, REGISTERS } from '../src/machine';
import { SUB, holds, setFlags } from './flags';
import { loadSized, readAt, readSpan, writeSized, writeSpan } from './memory';

const RAX: u32 = REGISTERS;
const RCX: u32 = REGISTERS + 8;
const RSI: u32 = REGISTERS + 48;
const RDI: u32 = REGISTERS + 56;

const MOVS: u32 = 0;
const CMPS: u32 = 1;
const STOS: u32 = 2;
const LODS: u32 = 3;

export const DONE: i32 = 0;
export const FAULT: i32 = 1;
/** Has gone far; the same instruction is to be run again, so that the budget is looked at. */
export const AGAIN: i32 = 2;

/** Steps that the last call took, beyond the first. */
export let stringSteps: i64 = 0;

function smaller(a: u64, b: u64): u64 {
  return a < b ? a : b;
}

/** One element; false is a fault. */
function element(kind: u32, size: u32): bool {
  const back = (load<u32>(FLAG_OTHER) & 0x400) !== 0;
  const stride: u64 = back ? 0 - <u64>size : <u64>size;
  const rsi = load<u64>(RSI);
  const rdi = load<u64>(RDI);
  const shift: u32 = 64 - size * 8;
  let value: u64 = load<u64>(RAX);
  if (kind <= CMPS || kind === LODS) {
    const at = readAt(rsi, size);
    if (at === 0) return false;
    value = loadSized(at, size);
  }
  if (kind === MOVS || kind === STOS) {
    if (!writeSized(rdi, value, size)) return false;
  } else if (kind === LODS) {
    if (size === 8) store<u64>(RAX, value);
    else if (size === 4) store<u64>(RAX, value);
    else if (size === 2) store<u16>(RAX, <u16>value);
    else store<u8>(RAX, <u8>value);
  } else {
    const at = readAt(rdi, size);
    if (at === 0) return false;
    setFlags(SUB | shift, value << shift, loadSized(at, size) << shift);
  }
  if (kind <= CMPS || kind === LODS) store<u64>(RSI, rsi + stride);
  if (kind !== LODS) store<u64>(RDI, rdi + stride);
  return true;
}

/** As many elements of a forward move or fill as lie within the pages at hand; 0 is a fault. */
function run(kind: u32, size: u32, count: u64): u64 {
  const rdi = load<u64>(RDI);
  const rsi = load<u64>(RSI);
  let bytes = smaller(count << ctz<u32>(size), 4096 - (rdi & 0xfff));
  if (count >> 56 !== 0) bytes = 4096 - (rdi & 0xfff);
  if (kind === MOVS) bytes = smaller(bytes, 4096 - (rsi & 0xfff));
  const elements = bytes >> ctz<u32>(size);
  if (elements === 0) return element(kind, size) ? 1 : 0;
  const length = elements << ctz<u32>(size);
  // A move onto itself a little further repeats a pattern: element by element.
  if (kind === MOVS && rdi > rsi && rdi - rsi < length) return element(kind, size) ? 1 : 0;
  let from: u32 = 0;
  if (kind === MOVS) {
    from = readSpan(rsi);
    if (from === 0) return 0;
  }
  const to = writeSpan(rdi);
  if (to === 0) return 0;
  if (kind === MOVS) {
    // Making the page writable may have moved what is read.
    from = readSpan(rsi);
    memory.copy(to, from, <u32>length);
    store<u64>(RSI, rsi + length);
  } else if (size === 1) {
    memory.fill(to, <u8>load<u64>(RAX), <u32>length);
  } else {
    const rax = load<u64>(RAX);
    for (let i: u32 = 0; i < <u32>length; i += size) {
      if (size === 8) store<u64>(to + i, rax);
      else if (size === 4) store<u32>(to + i, <u32>rax);
      else store<u16>(to + i, <u16>rax);
    }
  }
  store<u64>(RDI, rdi + length);
  return elements;
}

/** Runs a string instruction. repeat: 0 once, 1 rep or repe, 2 repne. */
export function stringInstruction(kind: u32, size: u32, repeat: u32): i32 {
  stringSteps = 0;
  if (repeat === 0) return element(kind, size) ? DONE : FAULT;
  const forward = (load<u32>(FLAG_OTHER) & 0x400) === 0;
  const moves = kind === MOVS || kind === STOS;
  let count = load<u64>(RCX);
  while (count !== 0) {
    if (stringSteps > 4096) return AGAIN;
    stringSteps++;
    let done: u64 = 1;
    if (moves && forward) {
      done = run(kind, size, count);
      if (done === 0) return FAULT;
      stringSteps += <i64>(done >> 6);
    } else if (!element(kind, size)) return FAULT;
    count -= done;
    store<u64>(RCX, count);
    if (!moves && kind !== LODS && holds(4) !== (repeat === 1)) return DONE;
  }
  return DONE;
}
