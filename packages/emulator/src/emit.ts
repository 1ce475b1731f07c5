// What a decoder writes to: records of micro-operations in the engine's memory. It also drops flags that nothing reads: where an
// instruction sets all flags and the one before that set them was not read, the earlier one becomes an operation without flags.
import * as X from './micro-op.ts';
import { DISCARD, REGISTERS, TEMPORARY, ZERO } from './machine.ts';

/** Where the decoders find the bytes of the guest's code. */
export interface CodeSource {
  /** The byte at an address (48 bits of it), or -1 where there is none. */
  byteAt(pc: number): number;
}

/** The address of a register in the engine's memory, as records name it. */
export function register(number: number): number {
  return REGISTERS + number * 8;
}

export const NOTHING = register(DISCARD);
export const NULL = register(ZERO);
export const temporary = (number: number): number => register(TEMPORARY + number);

/** Why the engine stops where a decoder says so. */
export const Stop = { unknown: 0, fetch: 1, trap: 2, breakpoint: 3, halt: 4, returned: 5 } as const;

const WITHOUT_FLAGS: Readonly<Record<number, number>> = {
  [X.ADDF64]: X.ADD64,
  [X.ADDF64I]: X.ADD64I,
  [X.ADDF32]: X.ADD32,
  [X.ADDF32I]: X.ADD32I,
  [X.SUBF64]: X.SUB64,
  [X.SUBF32]: X.SUB32,
  [X.ANDF64]: X.AND64,
  [X.ANDF64I]: X.AND64I,
  [X.ANDF32]: X.AND32,
  [X.ANDF32I]: X.AND64I,
  [X.ADDN64]: X.ADD64,
  [X.ADDN32]: X.ADD32,
  [X.ANDN64]: X.AND64,
  [X.ANDN32]: X.AND32,
};
/** Of any width: the operation on 64 and on 32 bits. Narrower results are cut where they are used. */
const WITHOUT_FLAGS_BY_WIDTH: Readonly<Record<number, readonly [number, number]>> = {
  [X.ADDFN]: [X.ADD64, X.ADD32],
  [X.SUBFN]: [X.SUB64, X.SUB32],
  [X.ANDFN]: [X.AND64, X.AND32],
  [X.ORFN]: [X.OR64, X.OR32],
  [X.XORFN]: [X.XOR64, X.XOR32],
};
const SHIFTS: Readonly<Record<number, readonly [number, number]>> = {
  4: [X.SHL64, X.SHL32],
  5: [X.SHR64, X.SHR32],
  6: [X.SHL64, X.SHL32],
  7: [X.SAR64, X.SAR32],
};

/** What the flags hold at a point of a block: the operands of a subtraction; of arm64's logic, a result without a carry. */
export type FlagState = 'unknown' | 'subtraction' | 'result';

/** Appends records; full() says when no block may begin any more. */
export class Emitter {
  /** The engine's memory as 32-bit words; renewed by the owner when that memory grows. */
  words: Int32Array = new Int32Array(0);
  /** Address of the next record. */
  at: number;
  /** Guest address (48 bits) of each record, counted from the arena's start. */
  readonly pcs: Float64Array;
  readonly start: number;
  readonly #end: number;
  pc = 0;
  flagState: FlagState = 'unknown';
  #flagRecord = 0;

  constructor(start: number, records: number) {
    this.start = start;
    this.#end = start + records * 16;
    this.at = start;
    this.pcs = new Float64Array(records);
  }

  /** A block has at most a thousand records. */
  full(): boolean {
    return this.#end - this.at < 16 * 1024;
  }

  reset(): void {
    this.at = this.start;
  }

  /** The guest address of the instruction that a record belongs to. */
  pcOf(record: number): number {
    return this.pcs[(record - this.start) >> 4]!;
  }

  beginBlock(): void {
    this.flagState = 'unknown';
    this.#flagRecord = 0;
  }

  emit(op: number, a: number, b: number, c: number, low = 0, high = 0): void {
    const word = this.at >> 2;
    const words = this.words;
    words[word] = op | (a << 16);
    words[word + 1] = b | (c << 16);
    words[word + 2] = low;
    words[word + 3] = high;
    this.pcs[(this.at - this.start) >> 4] = this.pc;
    this.at += 16;
  }

  /** Likewise with a 32-bit immediate, sign-extended to 64 bits. */
  emitSigned(op: number, a: number, b: number, c: number, value: number): void {
    this.emit(op, a, b, c, value | 0, value < 0 ? -1 : 0);
  }

  /** An operation with the address of code (48 bits, sign-extended) as its immediate. */
  emitAddress(op: number, a: number, b: number, c: number, pc: number): void {
    this.emit(op, a, b, c, lowOf(pc), highOf(pc));
  }

  /** Flags are read, or might be. */
  readsFlags(): void {
    this.#flagRecord = 0;
  }

  /** The next record sets all flags. */
  setsFlags(state: FlagState): void {
    if (this.#flagRecord !== 0) this.#dropFlags(this.#flagRecord);
    this.#flagRecord = this.at;
    this.flagState = state;
  }

  /** Flags change, and are made in a way that cannot be dropped. */
  changesFlags(): void {
    this.#flagRecord = 0;
    this.flagState = 'unknown';
  }

  #dropFlags(record: number): void {
    const word = record >> 2;
    const words = this.words;
    const op = words[word]! & 0xffff;
    const setOp = (to: number) => {
      words[word] = (words[word]! & 0xffff0000) | to;
    };
    const plain = WITHOUT_FLAGS[op];
    if (plain !== undefined) {
      setOp(plain);
      return;
    }
    const byWidth = WITHOUT_FLAGS_BY_WIDTH[op];
    if (byWidth !== undefined) {
      setOp(byWidth[words[word + 2] === 32 ? 1 : 0]);
      return;
    }
    if (op === X.SUBF64I || op === X.SUBF32I) {
      // b - imm is b + -imm; there is no operation for the former.
      const low = words[word + 2]!;
      words[word + 2] = -low | 0;
      words[word + 3] = low === 0 ? -words[word + 3]! | 0 : ~words[word + 3]!;
      setOp(op === X.SUBF64I ? X.ADD64I : X.ADD32I);
      return;
    }
    if (op === X.SHIFTF) {
      const width = (words[word + 2]! >> 8) & 0xff;
      const shift = SHIFTS[words[word + 2]! & 0xff];
      if (shift !== undefined && width >= 32) setOp(shift[width === 32 ? 1 : 0]);
    }
    if (op === X.IMULF) {
      const width = (words[word + 2]! >> 8) & 0xff;
      if (width >= 32) setOp(width === 32 ? X.MUL32 : X.MUL64);
    }
  }
}

export function lowOf(pc: number): number {
  return pc | 0;
}

/** The upper half of a 48-bit address, sign-extended to 64 bits. */
export function highOf(pc: number): number {
  return (Math.floor(pc / 0x100000000) << 16) >> 16;
}
