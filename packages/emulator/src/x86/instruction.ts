// One x86-64 instruction while it is decoded: its prefixes, its ModRM operand, and the reading and writing of operands by width.
// Intel's Software Developer's Manual, volume 2, chapter 2 (instruction format).
import * as X from '../micro-op.ts';
import { FS_BASE, GS_BASE } from '../machine.ts';
import { type CodeSource, type Emitter, NULL, highOf, register, temporary } from '../emit.ts';

/** Widths as the decoder counts them: 8, 16, 32, 64 bits. */
export type Width = 0 | 1 | 2 | 3;

const LOAD = [X.LD8, X.LD16, X.LD32, X.LD64] as const;
const STORE = [X.ST8, X.ST16, X.ST32, X.ST64] as const;
/** The shift that brings a width to the top of 64 bits. */
export const UP = [56, 48, 32, 0] as const;
export const BITS = [8, 16, 32, 64] as const;

// Temporaries, by use: an address, the values of operands.
export const ADDRESS = temporary(0);
export const VALUE = temporary(1);
export const OTHER = temporary(2);
export const THIRD = temporary(3);
export const FOURTH = temporary(4);

/** Bytes that run out: an unmapped page behind the instruction's beginning. */
export class NoCode {}

export class Instruction {
  readonly out: Emitter;
  readonly #code: CodeSource;
  /** Where the next byte is. */
  pc = 0;
  rex = 0;
  operandSize = false;
  addressSize = false;
  /** 0, or 0xf2 or 0xf3. */
  repeat = 0;
  segment = 0;
  // The ModRM byte's parts. For a memory operand: a register and a displacement.
  isMemory = false;
  reg = 0;
  rm = 0;
  base = NULL;
  low = 0;
  high = 0;

  constructor(out: Emitter, code: CodeSource) {
    this.out = out;
    this.#code = code;
  }

  begin(pc: number): void {
    this.pc = pc;
    this.rex = 0;
    this.operandSize = false;
    this.addressSize = false;
    this.repeat = 0;
    this.segment = 0;
    this.isLea = false;
  }

  /** The next byte, left where it is. */
  peek(): number {
    const value = this.byte();
    this.pc--;
    return value;
  }

  byte(): number {
    const value = this.#code.byteAt(this.pc);
    if (value < 0) throw new NoCode();
    this.pc++;
    return value;
  }

  signedByte(): number {
    return (this.byte() << 24) >> 24;
  }

  word(): number {
    return this.byte() | (this.byte() << 8);
  }

  /** 32 bits, signed. */
  long(): number {
    return this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24);
  }

  /** An immediate of an operand's width: at most 32 bits, sign-extended. */
  immediate(width: Width): number {
    if (width === 0) return this.signedByte();
    return width === 1 ? (this.word() << 16) >> 16 : this.long();
  }

  /** The width of an operand that is not a byte. */
  width(): Width {
    if (this.rex & 8) return 3;
    return this.operandSize ? 1 : 2;
  }

  /** Reads the ModRM byte and what belongs to it. `immediateBytes` follow it: rip counts from behind them. */
  modrm(immediateBytes = 0): void {
    const byte = this.byte();
    const mod = byte >> 6;
    this.reg = ((byte >> 3) & 7) | ((this.rex & 4) << 1);
    this.rm = (byte & 7) | ((this.rex & 1) << 3);
    this.isMemory = mod !== 3;
    if (this.isMemory) this.#memory(mod, byte & 7, immediateBytes);
  }

  #memory(mod: number, rm: number, immediateBytes: number): void {
    let base = register(this.rm);
    let index = NULL;
    let scale = 0;
    let displacement = 0;
    let isRelative = false;
    if (rm === 4) {
      const sib = this.byte();
      scale = sib >> 6;
      const indexNumber = ((sib >> 3) & 7) | ((this.rex & 2) << 2);
      if (indexNumber !== 4) index = register(indexNumber);
      base = register((sib & 7) | ((this.rex & 1) << 3));
      if ((sib & 7) === 5 && mod === 0) {
        base = NULL;
        displacement = this.long();
      }
    } else if (rm === 5 && mod === 0) {
      base = NULL;
      displacement = this.long();
      isRelative = true;
    }
    if (mod === 1) displacement = this.signedByte();
    else if (mod === 2) displacement = this.long();
    this.base = base;
    this.low = displacement | 0;
    this.high = displacement < 0 ? -1 : 0;
    if (isRelative) {
      const target = (this.pc + immediateBytes + displacement) % 0x1000000000000;
      this.low = target | 0;
      this.high = highOf(target);
    }
    const { out } = this;
    if (index !== NULL || this.addressSize) {
      // An address relative to rip has no index: its displacement stays as it is.
      if (isRelative) {
        out.emit(X.MOVI, ADDRESS, 0, 0, this.low, this.addressSize ? 0 : this.high);
      } else {
        out.emit(this.addressSize ? X.LEAX32 : X.LEAX, ADDRESS, base, index, this.low, scale);
      }
      this.#at(ADDRESS);
    }
    if (this.segment !== 0 && !this.isLea) {
      if (this.base === NULL) {
        this.base = this.segment;
      } else {
        out.emit(X.ADD64, ADDRESS, this.base, this.segment);
        this.base = ADDRESS;
      }
    }
  }

  /** lea ignores segments. */
  isLea = false;

  #at(base: number): void {
    this.base = base;
    this.low = 0;
    this.high = 0;
  }

  setSegment(prefix: number): void {
    this.segment = prefix === 0x64 ? register(FS_BASE) : register(GS_BASE);
  }

  /** The memory operand's address as a register: for what takes no displacement. */
  address(): number {
    if (this.low === 0 && this.high === 0) return this.base;
    this.out.emit(X.ADD64I, ADDRESS, this.base, 0, this.low, this.high);
    this.#at(ADDRESS);
    return ADDRESS;
  }

  load(width: Width, into: number): number {
    this.out.emit(LOAD[width], into, this.base, 0, this.low, this.high);
    return into;
  }

  store(width: Width, from: number): void {
    this.out.emit(STORE[width], from, this.base, 0, this.low, this.high);
  }

  /** Whether a byte register is ah, ch, dh or bh. */
  #isHigh(number: number): boolean {
    return this.rex === 0 && number >= 4 && number < 8;
  }

  /** The register that holds a general register's value in its low bits (its high bits may be anything). */
  fromRegister(number: number, width: Width, temp: number): number {
    if (width !== 0 || !this.#isHigh(number)) return register(number);
    this.out.emit(X.EXT8H, temp, register(number - 4), 0);
    return temp;
  }

  /** The value of the ModRM operand, likewise. */
  fromOperand(width: Width, temp: number): number {
    return this.isMemory ? this.load(width, temp) : this.fromRegister(this.rm, width, temp);
  }

  /** Where a result for a general register is to be made: there, or in a temporary that toRegister() then moves. */
  resultFor(number: number, width: Width, temp: number): number {
    return width >= 2 ? register(number) : temp;
  }

  /** Ends the writing of a general register: from a register that holds the value, zero-extended where it has 32 bits. */
  toRegister(number: number, width: Width, from: number): void {
    const { out } = this;
    if (width === 0) {
      if (this.#isHigh(number)) out.emit(X.INS8H, register(number - 4), from, 0);
      else out.emit(X.INS8, register(number), from, 0);
    } else if (width === 1) out.emit(X.INS16, register(number), from, 0);
    else if (from !== register(number)) out.emit(width === 2 ? X.MOV32 : X.MOV64, register(number), from, 0);
  }

  /** mov between general registers. A 32-bit register moved to itself loses its upper half. */
  move(number: number, width: Width, from: number): void {
    if (width === 2) this.out.emit(X.MOV32, register(number), from, 0);
    else this.toRegister(number, width, from);
  }

  resultForOperand(width: Width, temp: number): number {
    return this.isMemory ? temp : this.resultFor(this.rm, width, temp);
  }

  toOperand(width: Width, from: number): void {
    if (this.isMemory) this.store(width, from);
    else this.toRegister(this.rm, width, from);
  }
}
