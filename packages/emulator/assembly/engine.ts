// The loop that executes micro-operations (src/micro-op.ts), one record after the other, until something asks to leave it. A record
// names registers by their addresses in this memory. Branches know the record of their target once they have been taken; other
// jumps look into a cache. This file is long as the switch is one state machine and becomes one jump table: that makes it fast.
import {
  BUDGET,
  FLAG_A,
  FLAG_B,
  FLAG_OTHER,
  JUMP_CACHE,
  JUMP_ENTRIES,
  LEFT_AT,
  LEFT_BUDGET,
  LEFT_DIVIDE,
  LEFT_FAULT,
  LEFT_HOOK,
  LEFT_STOP,
  GENERATION,
  MONITOR,
  PC,
  REGISTERS,
} from '../src/machine';
import {
  MOVI,
  MOV64,
  MOV32,
  SX8,
  SX16,
  SX32,
  SX8W,
  SX16W,
  ZX8,
  ZX16,
  INS8,
  INS8H,
  INS16,
  EXT8H,
  FIELD,
  ADD64,
  ADD64I,
  ADD32,
  ADD32I,
  SUB64,
  SUB32,
  AND64,
  AND64I,
  AND32,
  OR64,
  OR64I,
  OR32,
  XOR64,
  XOR64I,
  XOR32,
  SHL64,
  SHL64I,
  SHL32,
  SHL32I,
  SHR64,
  SHR64I,
  SHR32,
  SHR32I,
  SAR64,
  SAR64I,
  SAR32,
  SAR32I,
  ROR64,
  ROR64I,
  ROR32,
  ROR32I,
  MUL64,
  MUL32,
  MULHU64,
  MULHS64,
  NOT64,
  NOT32,
  UDIV64,
  UDIV32,
  SDIV64,
  SDIV32,
  BSWAP64,
  BSWAP32,
  REV16,
  RBIT64,
  RBIT32,
  CLZ64,
  CLZ32,
  EXTR64,
  EXTR32,
  LEAX,
  LEAX32,
  ADDF64,
  ADDF64I,
  ADDF32,
  ADDF32I,
  SUBF64,
  SUBF64I,
  SUBF32,
  SUBF32I,
  ANDF64,
  ANDF64I,
  ANDF32,
  ANDF32I,
  CMP64,
  CMP64I,
  CMP32,
  CMP32I,
  TEST64,
  TEST64I,
  TEST32,
  TEST32I,
  CMPNI,
  TESTNI,
  ADDFN,
  SUBFN,
  ANDFN,
  ORFN,
  XORFN,
  ADCFN,
  SBBFN,
  INCFN,
  DECFN,
  SHIFTF,
  DSHIFTF,
  BITF,
  BSF,
  BSR,
  TZCNT,
  LZCNT,
  POPCNT,
  IMULF,
  MULX,
  IMULX,
  DIVX,
  IDIVX,
  GETF,
  SETF,
  CLC,
  STC,
  CMC,
  CLD,
  STD,
  CLI,
  STI,
  SETCC,
  CSEL,
  ADDN64,
  ADDN32,
  ANDN64,
  ANDN32,
  ADCN64,
  ADCN32,
  ADCSN64,
  ADCSN32,
  CCMP64,
  CCMP32,
  CCMN64,
  CCMN32,
  GETNZCV,
  SETNZCV,
  LD8,
  LD16,
  LD32,
  LD64,
  LDS8,
  LDS16,
  LDS32,
  LDS8W,
  LDS16W,
  ST8,
  ST16,
  ST32,
  ST64,
  PUSH,
  POP,
  CMPXCHG,
  CMPXCHG16B,
  STRING,
  SETMON,
  STXR,
  JMP,
  JMPR,
  CALL,
  CALLR,
  RET,
  JCC,
  JO,
  JNO,
  JB,
  JAE,
  JE,
  JNE,
  JBE,
  JA,
  JS,
  JNS,
  JL,
  JGE,
  JLE,
  JG,
  JRZ64,
  JRNZ64,
  JRZ32,
  JRNZ32,
  JBZ,
  JBNZ,
  HOOK,
  CPUID,
  RDTSC,
} from '../src/micro-op';
import {
  addCarry,
  bitTest,
  divide,
  doubleShift,
  mulhs,
  mulhu,
  multiply,
  multiplyShort,
  reverseBits,
  shift,
  step,
  subtractBorrow,
} from './arithmetic';
import { ADD, ADDN, ANDN, CF, OF, SF, SUB, ZF, flags, holds, setFlags, setWord } from './flags';
import { loadSized, readAt, write, writeSized } from './memory';
import { AGAIN as STRING_AGAIN, FAULT as STRING_FAULT, stringInstruction, stringSteps } from './strings';
export { flushJumps, flushPages, init, pageFlags, pagePlace, protectPages, setPage } from './memory';
export { flags, setWord } from './flags';

/** The record of the code at PC, decoded if need be. */
declare function lookup(): u32;
/** Answers a hooked address: 0 go on at PC, 1 leave, 2 run what is there. */
declare function hook(number: u32): i32;

const RSP: u32 = REGISTERS + 32;

function a(ip: u32): u64 {
  return load<u64>(<usize>load<u16>(ip, 2));
}

function b(ip: u32): u64 {
  return load<u64>(<usize>load<u16>(ip, 4));
}

function c(ip: u32): u64 {
  return load<u64>(<usize>load<u16>(ip, 6));
}

function set(ip: u32, value: u64): void {
  store<u64>(<usize>load<u16>(ip, 2), value);
}

/** Remembers where the loop was left: at a record, or (0) between two, with PC set. */
function leave(why: i32, ip: u32, budget: i64): i32 {
  store<u32>(LEFT_AT, ip);
  store<u64>(BUDGET, <u64>budget);
  return why;
}

/** Finds the target of a branch, whose address is in PC, and keeps it in the branch's record. */
function resolve(ip: u32): u32 {
  const generation = load<u32>(GENERATION);
  const target = lookup();
  if (generation === load<u32>(GENERATION)) store<u32>(ip, target, 4);
  return target;
}

function jumpEntry(target: u64): u32 {
  return JUMP_CACHE + (((<u32>target ^ <u32>(target >> 2)) & (JUMP_ENTRIES - 1)) << 4);
}

function lookupJump(target: u64): u32 {
  const record = lookup();
  const entry = jumpEntry(target);
  store<u64>(entry, target);
  store<u32>(entry, record, 8);
  return record;
}

function field(ip: u32): u64 {
  const place = <u64>load<u32>(ip, 8);
  const width = <u64>load<u32>(ip, 12);
  const bits: u64 = width === 64 ? ~(<u64>0) : (((<u64>1) << width) - 1) << place;
  return (a(ip) & ~bits) | ((b(ip) << place) & bits);
}

function extract(high: u64, low: u64, by: u64): u64 {
  return by === 0 ? low : (low >> by) | (high << (64 - by));
}

function divideSigned(x: i64, y: i64): u64 {
  if (y === 0) return 0;
  return y === -1 ? 0 - <u64>x : <u64>(x / y);
}

function nzcv(): u32 {
  const word = flags();
  return (word & SF ? 1 << 31 : 0) | (word & ZF ? 1 << 30 : 0) | (word & CF ? 0 : 1 << 29) | (word & OF ? 1 << 28 : 0);
}

/** cmpxchg at the address in b, of c bytes; false is a fault. */
function compareExchange(ip: u32): bool {
  const size = <u32>load<u16>(ip, 6);
  const address = b(ip);
  const at = readAt(address, size);
  if (at === 0) return false;
  const old = loadSized(at, size);
  const up = <u64>(64 - size * 8);
  const rax = load<u64>(REGISTERS) << up;
  if (rax === old << up) {
    if (!writeSized(address, a(ip), size)) return false;
  } else {
    // The processor writes the old value back, which faults where it may not.
    if (!writeSized(address, old, size)) return false;
    if (size === 1) store<u8>(REGISTERS, <u8>old);
    else if (size === 2) store<u16>(REGISTERS, <u16>old);
    else store<u64>(REGISTERS, old);
  }
  setFlags(SUB | <u32>up, rax, old << up);
  return true;
}

/** cmpxchg8b and cmpxchg16b: halves of `size` bytes. */
function compareExchangePair(address: u64, size: u32): bool {
  let at = readAt(address, size);
  if (at === 0) return false;
  const low = loadSized(at, size);
  at = readAt(address + size, size);
  if (at === 0) return false;
  const high = loadSized(at, size);
  const up = <u64>(64 - size * 8);
  const equal = load<u64>(REGISTERS) << up === low << up && load<u64>(REGISTERS + 16) << up === high << up;
  if (equal) {
    if (!writeSized(address, load<u64>(REGISTERS + 24), size)) return false;
    if (!writeSized(address + size, load<u64>(REGISTERS + 8), size)) return false;
  } else {
    store<u64>(REGISTERS, low);
    store<u64>(REGISTERS + 16, high);
  }
  setWord((flags() & ~ZF) | (equal ? ZF : 0));
  return true;
}

/** Runs from PC; gives why it left. */
export function run(): i32 {
  let budget = load<i64>(BUDGET);
  let ip = lookup();
  while (true) {
    switch (<i32>load<u16>(ip)) {
      case MOVI: {
        set(ip, load<u64>(ip, 8));
        ip += 16;
        continue;
      }
      case MOV64: {
        set(ip, b(ip));
        ip += 16;
        continue;
      }
      case MOV32: {
        set(ip, <u64>(<u32>b(ip)));
        ip += 16;
        continue;
      }
      case SX8: {
        set(ip, <u64>(<i64>(<i8>b(ip))));
        ip += 16;
        continue;
      }
      case SX16: {
        set(ip, <u64>(<i64>(<i16>b(ip))));
        ip += 16;
        continue;
      }
      case SX32: {
        set(ip, <u64>(<i64>(<i32>b(ip))));
        ip += 16;
        continue;
      }
      case SX8W: {
        set(ip, <u64>(<u32>(<i32>(<i8>b(ip)))));
        ip += 16;
        continue;
      }
      case SX16W: {
        set(ip, <u64>(<u32>(<i32>(<i16>b(ip)))));
        ip += 16;
        continue;
      }
      case ZX8: {
        set(ip, b(ip) & 0xff);
        ip += 16;
        continue;
      }
      case ZX16: {
        set(ip, b(ip) & 0xffff);
        ip += 16;
        continue;
      }
      case INS8: {
        set(ip, (a(ip) & ~(<u64>0xff)) | (b(ip) & 0xff));
        ip += 16;
        continue;
      }
      case INS8H: {
        set(ip, (a(ip) & ~(<u64>0xff00)) | ((b(ip) & 0xff) << 8));
        ip += 16;
        continue;
      }
      case INS16: {
        set(ip, (a(ip) & ~(<u64>0xffff)) | (b(ip) & 0xffff));
        ip += 16;
        continue;
      }
      case EXT8H: {
        set(ip, (b(ip) >> 8) & 0xff);
        ip += 16;
        continue;
      }
      case FIELD: {
        set(ip, field(ip));
        ip += 16;
        continue;
      }
      case ADD64: {
        set(ip, b(ip) + c(ip));
        ip += 16;
        continue;
      }
      case ADD64I: {
        set(ip, b(ip) + load<u64>(ip, 8));
        ip += 16;
        continue;
      }
      case ADD32: {
        set(ip, <u64>(<u32>(b(ip) + c(ip))));
        ip += 16;
        continue;
      }
      case ADD32I: {
        set(ip, <u64>(<u32>(b(ip) + load<u64>(ip, 8))));
        ip += 16;
        continue;
      }
      case SUB64: {
        set(ip, b(ip) - c(ip));
        ip += 16;
        continue;
      }
      case SUB32: {
        set(ip, <u64>(<u32>(b(ip) - c(ip))));
        ip += 16;
        continue;
      }
      case AND64: {
        set(ip, b(ip) & c(ip));
        ip += 16;
        continue;
      }
      case AND64I: {
        set(ip, b(ip) & load<u64>(ip, 8));
        ip += 16;
        continue;
      }
      case AND32: {
        set(ip, <u64>(<u32>(b(ip) & c(ip))));
        ip += 16;
        continue;
      }
      case OR64: {
        set(ip, b(ip) | c(ip));
        ip += 16;
        continue;
      }
      case OR64I: {
        set(ip, b(ip) | load<u64>(ip, 8));
        ip += 16;
        continue;
      }
      case OR32: {
        set(ip, <u64>(<u32>(b(ip) | c(ip))));
        ip += 16;
        continue;
      }
      case XOR64: {
        set(ip, b(ip) ^ c(ip));
        ip += 16;
        continue;
      }
      case XOR64I: {
        set(ip, b(ip) ^ load<u64>(ip, 8));
        ip += 16;
        continue;
      }
      case XOR32: {
        set(ip, <u64>(<u32>(b(ip) ^ c(ip))));
        ip += 16;
        continue;
      }
      case SHL64: {
        set(ip, b(ip) << (c(ip) & 63));
        ip += 16;
        continue;
      }
      case SHL64I: {
        set(ip, b(ip) << load<u64>(ip, 8));
        ip += 16;
        continue;
      }
      case SHL32: {
        set(ip, <u64>((<u32>b(ip)) << (<u32>c(ip) & 31)));
        ip += 16;
        continue;
      }
      case SHL32I: {
        set(ip, <u64>((<u32>b(ip)) << load<u32>(ip, 8)));
        ip += 16;
        continue;
      }
      case SHR64: {
        set(ip, b(ip) >> (c(ip) & 63));
        ip += 16;
        continue;
      }
      case SHR64I: {
        set(ip, b(ip) >> load<u64>(ip, 8));
        ip += 16;
        continue;
      }
      case SHR32: {
        set(ip, <u64>(<u32>b(ip) >> (<u32>c(ip) & 31)));
        ip += 16;
        continue;
      }
      case SHR32I: {
        set(ip, <u64>(<u32>b(ip) >> load<u32>(ip, 8)));
        ip += 16;
        continue;
      }
      case SAR64: {
        set(ip, <u64>(<i64>b(ip) >> (<i64>c(ip) & 63)));
        ip += 16;
        continue;
      }
      case SAR64I: {
        set(ip, <u64>(<i64>b(ip) >> load<i64>(ip, 8)));
        ip += 16;
        continue;
      }
      case SAR32: {
        set(ip, <u64>(<u32>(<i32>b(ip) >> (<i32>c(ip) & 31))));
        ip += 16;
        continue;
      }
      case SAR32I: {
        set(ip, <u64>(<u32>(<i32>b(ip) >> load<i32>(ip, 8))));
        ip += 16;
        continue;
      }
      case ROR64: {
        set(ip, rotr<u64>(b(ip), c(ip)));
        ip += 16;
        continue;
      }
      case ROR64I: {
        set(ip, rotr<u64>(b(ip), load<u64>(ip, 8)));
        ip += 16;
        continue;
      }
      case ROR32: {
        set(ip, <u64>rotr<u32>(<u32>b(ip), <u32>c(ip)));
        ip += 16;
        continue;
      }
      case ROR32I: {
        set(ip, <u64>rotr<u32>(<u32>b(ip), load<u32>(ip, 8)));
        ip += 16;
        continue;
      }
      case MUL64: {
        set(ip, b(ip) * c(ip));
        ip += 16;
        continue;
      }
      case MUL32: {
        set(ip, <u64>(<u32>(b(ip) * c(ip))));
        ip += 16;
        continue;
      }
      case MULHU64: {
        set(ip, mulhu(b(ip), c(ip)));
        ip += 16;
        continue;
      }
      case MULHS64: {
        set(ip, mulhs(b(ip), c(ip)));
        ip += 16;
        continue;
      }
      case NOT64: {
        set(ip, ~b(ip));
        ip += 16;
        continue;
      }
      case NOT32: {
        set(ip, <u64>(<u32>~b(ip)));
        ip += 16;
        continue;
      }
      case UDIV64: {
        set(ip, c(ip) === 0 ? 0 : b(ip) / c(ip));
        ip += 16;
        continue;
      }
      case UDIV32: {
        set(ip, <u32>c(ip) === 0 ? 0 : <u64>(<u32>b(ip) / <u32>c(ip)));
        ip += 16;
        continue;
      }
      case SDIV64: {
        set(ip, divideSigned(<i64>b(ip), <i64>c(ip)));
        ip += 16;
        continue;
      }
      case SDIV32: {
        set(ip, <u64>(<u32>divideSigned(<i64>(<i32>b(ip)), <i64>(<i32>c(ip)))));
        ip += 16;
        continue;
      }
      case BSWAP64: {
        set(ip, bswap<u64>(b(ip)));
        ip += 16;
        continue;
      }
      case BSWAP32: {
        set(ip, <u64>bswap<u32>(<u32>b(ip)));
        ip += 16;
        continue;
      }
      case REV16: {
        set(ip, ((b(ip) & 0x00ff00ff00ff00ff) << 8) | ((b(ip) >> 8) & 0x00ff00ff00ff00ff));
        ip += 16;
        continue;
      }
      case RBIT64: {
        set(ip, reverseBits(b(ip)));
        ip += 16;
        continue;
      }
      case RBIT32: {
        set(ip, reverseBits(b(ip)) >> 32);
        ip += 16;
        continue;
      }
      case CLZ64: {
        set(ip, clz<u64>(b(ip)));
        ip += 16;
        continue;
      }
      case CLZ32: {
        set(ip, <u64>clz<u32>(<u32>b(ip)));
        ip += 16;
        continue;
      }
      case EXTR64: {
        set(ip, extract(b(ip), c(ip), load<u64>(ip, 8)));
        ip += 16;
        continue;
      }
      case EXTR32: {
        set(ip, <u64>(<u32>((((b(ip) & 0xffffffff) << 32) | (c(ip) & 0xffffffff)) >> load<u64>(ip, 8))));
        ip += 16;
        continue;
      }
      case LEAX: {
        set(ip, b(ip) + (c(ip) << (<u64>load<u32>(ip, 12))) + <u64>(<i64>load<i32>(ip, 8)));
        ip += 16;
        continue;
      }
      case LEAX32: {
        set(ip, <u64>(<u32>(b(ip) + (c(ip) << (<u64>load<u32>(ip, 12))) + <u64>(<i64>load<i32>(ip, 8)))));
        ip += 16;
        continue;
      }
      case ADDF64: {
        const x = b(ip);
        const y = c(ip);
        setFlags(ADD, x, y);
        set(ip, x + y);
        ip += 16;
        continue;
      }
      case ADDF64I: {
        const x = b(ip);
        const y = load<u64>(ip, 8);
        setFlags(ADD, x, y);
        set(ip, x + y);
        ip += 16;
        continue;
      }
      case ADDF32: {
        const x = b(ip) << 32;
        const y = c(ip) << 32;
        setFlags(ADD | 32, x, y);
        set(ip, (x + y) >> 32);
        ip += 16;
        continue;
      }
      case ADDF32I: {
        const x = b(ip) << 32;
        const y = load<u64>(ip, 8) << 32;
        setFlags(ADD | 32, x, y);
        set(ip, (x + y) >> 32);
        ip += 16;
        continue;
      }
      case SUBF64: {
        const x = b(ip);
        const y = c(ip);
        setFlags(SUB, x, y);
        set(ip, x - y);
        ip += 16;
        continue;
      }
      case SUBF64I: {
        const x = b(ip);
        const y = load<u64>(ip, 8);
        setFlags(SUB, x, y);
        set(ip, x - y);
        ip += 16;
        continue;
      }
      case SUBF32: {
        const x = b(ip) << 32;
        const y = c(ip) << 32;
        setFlags(SUB | 32, x, y);
        set(ip, (x - y) >> 32);
        ip += 16;
        continue;
      }
      case SUBF32I: {
        const x = b(ip) << 32;
        const y = load<u64>(ip, 8) << 32;
        setFlags(SUB | 32, x, y);
        set(ip, (x - y) >> 32);
        ip += 16;
        continue;
      }
      case ANDF64: {
        const x = b(ip);
        const y = c(ip);
        const result = x & y;
        setFlags(SUB, result, 0);
        set(ip, result);
        ip += 16;
        continue;
      }
      case ANDF64I: {
        const x = b(ip);
        const y = load<u64>(ip, 8);
        const result = x & y;
        setFlags(SUB, result, 0);
        set(ip, result);
        ip += 16;
        continue;
      }
      case ANDF32: {
        const x = b(ip) << 32;
        const y = c(ip) << 32;
        const result = x & y;
        setFlags(SUB | 32, result, 0);
        set(ip, result >> 32);
        ip += 16;
        continue;
      }
      case ANDF32I: {
        const x = b(ip) << 32;
        const y = load<u64>(ip, 8) << 32;
        const result = x & y;
        setFlags(SUB | 32, result, 0);
        set(ip, result >> 32);
        ip += 16;
        continue;
      }
      case CMP64: {
        const x = b(ip);
        const y = c(ip);
        setFlags(SUB, x, y);
        ip += 16;
        continue;
      }
      case CMP64I: {
        const x = b(ip);
        const y = load<u64>(ip, 8);
        setFlags(SUB, x, y);
        ip += 16;
        continue;
      }
      case CMP32: {
        const x = b(ip) << 32;
        const y = c(ip) << 32;
        setFlags(SUB | 32, x, y);
        ip += 16;
        continue;
      }
      case CMP32I: {
        const x = b(ip) << 32;
        const y = load<u64>(ip, 8) << 32;
        setFlags(SUB | 32, x, y);
        ip += 16;
        continue;
      }
      case TEST64: {
        const x = b(ip);
        const y = c(ip);
        const result = x & y;
        setFlags(SUB, result, 0);
        ip += 16;
        continue;
      }
      case TEST64I: {
        const x = b(ip);
        const y = load<u64>(ip, 8);
        const result = x & y;
        setFlags(SUB, result, 0);
        ip += 16;
        continue;
      }
      case TEST32: {
        const x = b(ip) << 32;
        const y = c(ip) << 32;
        const result = x & y;
        setFlags(SUB | 32, result, 0);
        ip += 16;
        continue;
      }
      case TEST32I: {
        const x = b(ip) << 32;
        const y = load<u64>(ip, 8) << 32;
        const result = x & y;
        setFlags(SUB | 32, result, 0);
        ip += 16;
        continue;
      }
      case CMPNI: {
        const shift = <u64>load<u16>(ip, 6);
        setFlags(SUB | <u32>shift, b(ip) << shift, load<u64>(ip, 8) << shift);
        ip += 16;
        continue;
      }
      case TESTNI: {
        const shift = <u64>load<u16>(ip, 6);
        setFlags(SUB | <u32>shift, (b(ip) & load<u64>(ip, 8)) << shift, 0);
        ip += 16;
        continue;
      }
      case ADDFN: {
        const shift = load<u64>(ip, 8);
        const x = b(ip) << shift;
        const y = c(ip) << shift;
        setFlags(ADD | <u32>shift, x, y);
        set(ip, (x + y) >> shift);
        ip += 16;
        continue;
      }
      case SUBFN: {
        const shift = load<u64>(ip, 8);
        const x = b(ip) << shift;
        const y = c(ip) << shift;
        setFlags(SUB | <u32>shift, x, y);
        set(ip, (x - y) >> shift);
        ip += 16;
        continue;
      }
      case ANDFN: {
        const shift = load<u64>(ip, 8);
        const result = (b(ip) & c(ip)) << shift;
        setFlags(SUB | <u32>shift, result, 0);
        set(ip, result >> shift);
        ip += 16;
        continue;
      }
      case ORFN: {
        const shift = load<u64>(ip, 8);
        const result = (b(ip) | c(ip)) << shift;
        setFlags(SUB | <u32>shift, result, 0);
        set(ip, result >> shift);
        ip += 16;
        continue;
      }
      case XORFN: {
        const shift = load<u64>(ip, 8);
        const result = (b(ip) ^ c(ip)) << shift;
        setFlags(SUB | <u32>shift, result, 0);
        set(ip, result >> shift);
        ip += 16;
        continue;
      }
      case ADCFN: {
        const shift = load<u64>(ip, 8);
        set(ip, addCarry(b(ip) << shift, c(ip) << shift, (flags() & CF) !== 0, <u32>shift, false) >> shift);
        ip += 16;
        continue;
      }
      case SBBFN: {
        const shift = load<u64>(ip, 8);
        set(ip, subtractBorrow(b(ip) << shift, c(ip) << shift, (flags() & CF) !== 0, <u32>shift) >> shift);
        ip += 16;
        continue;
      }
      case INCFN: {
        const shift = load<u64>(ip, 8);
        set(ip, step(b(ip) << shift, true, <u32>shift) >> shift);
        ip += 16;
        continue;
      }
      case DECFN: {
        const shift = load<u64>(ip, 8);
        set(ip, step(b(ip) << shift, false, <u32>shift) >> shift);
        ip += 16;
        continue;
      }
      case SHIFTF: {
        set(ip, shift(load<u8>(ip, 8), b(ip), c(ip), load<u8>(ip, 9)));
        ip += 16;
        continue;
      }
      case DSHIFTF: {
        set(ip, doubleShift(load<u8>(ip, 8), a(ip), b(ip), c(ip), load<u8>(ip, 9)));
        ip += 16;
        continue;
      }
      case BITF: {
        set(ip, bitTest(load<u8>(ip, 8), b(ip), c(ip), load<u8>(ip, 9)));
        ip += 16;
        continue;
      }
      case BSF: {
        const value = b(ip);
        if (value !== 0) set(ip, ctz<u64>(value));
        setWord((flags() & ~ZF) | (value === 0 ? ZF : 0));
        ip += 16;
        continue;
      }
      case BSR: {
        const value = b(ip);
        if (value !== 0) set(ip, 63 - clz<u64>(value));
        setWord((flags() & ~ZF) | (value === 0 ? ZF : 0));
        ip += 16;
        continue;
      }
      case TZCNT: {
        const value = b(ip);
        const width = <u64>load<u16>(ip, 6);
        const result = value === 0 ? width : ctz<u64>(value);
        set(ip, result);
        setWord((value === 0 ? CF : 0) | (result === 0 ? ZF : 0));
        ip += 16;
        continue;
      }
      case LZCNT: {
        const value = b(ip);
        const width = <u64>load<u16>(ip, 6);
        const result = clz<u64>(value) + width - 64;
        set(ip, result);
        setWord((value === 0 ? CF : 0) | (result === 0 ? ZF : 0));
        ip += 16;
        continue;
      }
      case POPCNT: {
        const value = b(ip);
        set(ip, popcnt<u64>(value));
        setWord(value === 0 ? ZF : 0);
        ip += 16;
        continue;
      }
      case IMULF: {
        set(ip, multiplyShort(b(ip), c(ip), load<u8>(ip, 9)));
        ip += 16;
        continue;
      }
      case MULX: {
        multiply(b(ip), load<u16>(ip, 6), false);
        ip += 16;
        continue;
      }
      case IMULX: {
        multiply(b(ip), load<u16>(ip, 6), true);
        ip += 16;
        continue;
      }
      case DIVX: {
        if (!divide(b(ip), load<u16>(ip, 6), false)) return leave(LEFT_DIVIDE, ip, budget);
        ip += 16;
        continue;
      }
      case IDIVX: {
        if (!divide(b(ip), load<u16>(ip, 6), true)) return leave(LEFT_DIVIDE, ip, budget);
        ip += 16;
        continue;
      }
      case GETF: {
        set(ip, <u64>(flags() | load<u32>(FLAG_OTHER) | 2));
        ip += 16;
        continue;
      }
      case SETF: {
        const word = <u32>b(ip);
        setWord(word & 0x8d5);
        store<u32>(FLAG_OTHER, word & 0x600);
        ip += 16;
        continue;
      }
      case CLC: {
        setWord(flags() & ~CF);
        ip += 16;
        continue;
      }
      case STC: {
        setWord(flags() | CF);
        ip += 16;
        continue;
      }
      case CMC: {
        setWord(flags() ^ CF);
        ip += 16;
        continue;
      }
      case CLD: {
        store<u32>(FLAG_OTHER, load<u32>(FLAG_OTHER) & ~(<u32>0x400));
        ip += 16;
        continue;
      }
      case STD: {
        store<u32>(FLAG_OTHER, load<u32>(FLAG_OTHER) | 0x400);
        ip += 16;
        continue;
      }
      case CLI: {
        store<u32>(FLAG_OTHER, load<u32>(FLAG_OTHER) & ~(<u32>0x200));
        ip += 16;
        continue;
      }
      case STI: {
        store<u32>(FLAG_OTHER, load<u32>(FLAG_OTHER) | 0x200);
        ip += 16;
        continue;
      }
      case SETCC: {
        set(ip, holds(load<u32>(ip, 8)) ? 1 : 0);
        ip += 16;
        continue;
      }
      case CSEL: {
        set(ip, holds(load<u32>(ip, 8)) ? b(ip) : c(ip));
        ip += 16;
        continue;
      }
      case ADDN64: {
        const x = b(ip);
        const y = c(ip);
        setFlags(ADDN, x, y);
        set(ip, x + y);
        ip += 16;
        continue;
      }
      case ANDN64: {
        const x = b(ip);
        const y = c(ip);
        const result = x & y;
        setFlags(ANDN, result, 0);
        set(ip, result);
        ip += 16;
        continue;
      }
      case ADDN32: {
        const x = b(ip) << 32;
        const y = c(ip) << 32;
        setFlags(ADDN | 32, x, y);
        set(ip, (x + y) >> 32);
        ip += 16;
        continue;
      }
      case ANDN32: {
        const x = b(ip) << 32;
        const y = c(ip) << 32;
        const result = x & y;
        setFlags(ANDN | 32, result, 0);
        set(ip, result >> 32);
        ip += 16;
        continue;
      }
      case ADCN64: {
        set(ip, b(ip) + c(ip) + <u64>((flags() & CF) ^ CF));
        ip += 16;
        continue;
      }
      case ADCN32: {
        set(ip, <u64>(<u32>(b(ip) + c(ip) + <u64>((flags() & CF) ^ CF))));
        ip += 16;
        continue;
      }
      case ADCSN64: {
        set(ip, addCarry(b(ip), c(ip), (flags() & CF) === 0, 0, true));
        ip += 16;
        continue;
      }
      case ADCSN32: {
        set(ip, addCarry(b(ip) << 32, c(ip) << 32, (flags() & CF) === 0, 32, true) >> 32);
        ip += 16;
        continue;
      }
      case CCMP64: {
        if (holds(load<u8>(ip, 8))) setFlags(SUB, b(ip), c(ip));
        else setWord(load<u32>(ip, 12));
        ip += 16;
        continue;
      }
      case CCMP32: {
        if (holds(load<u8>(ip, 8))) setFlags(SUB | 32, b(ip) << 32, c(ip) << 32);
        else setWord(load<u32>(ip, 12));
        ip += 16;
        continue;
      }
      case CCMN64: {
        if (holds(load<u8>(ip, 8))) setFlags(ADDN, b(ip), c(ip));
        else setWord(load<u32>(ip, 12));
        ip += 16;
        continue;
      }
      case CCMN32: {
        if (holds(load<u8>(ip, 8))) setFlags(ADDN | 32, b(ip) << 32, c(ip) << 32);
        else setWord(load<u32>(ip, 12));
        ip += 16;
        continue;
      }
      case GETNZCV: {
        set(ip, <u64>nzcv());
        ip += 16;
        continue;
      }
      case SETNZCV: {
        const value = <u32>b(ip);
        setWord(
          ((value >> 31) & 1 ? SF : 0) |
            ((value >> 30) & 1 ? ZF : 0) |
            ((value >> 29) & 1 ? 0 : CF) |
            ((value >> 28) & 1 ? OF : 0),
        );
        ip += 16;
        continue;
      }
      case LD8: {
        const at = readAt(b(ip) + load<u64>(ip, 8), 1);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        set(ip, <u64>load<u8>(at));
        ip += 16;
        continue;
      }
      case LD16: {
        const at = readAt(b(ip) + load<u64>(ip, 8), 2);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        set(ip, <u64>load<u16>(at));
        ip += 16;
        continue;
      }
      case LD32: {
        const at = readAt(b(ip) + load<u64>(ip, 8), 4);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        set(ip, <u64>load<u32>(at));
        ip += 16;
        continue;
      }
      case LD64: {
        const at = readAt(b(ip) + load<u64>(ip, 8), 8);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        set(ip, load<u64>(at));
        ip += 16;
        continue;
      }
      case LDS8: {
        const at = readAt(b(ip) + load<u64>(ip, 8), 1);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        set(ip, <u64>(<i64>load<i8>(at)));
        ip += 16;
        continue;
      }
      case LDS16: {
        const at = readAt(b(ip) + load<u64>(ip, 8), 2);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        set(ip, <u64>(<i64>load<i16>(at)));
        ip += 16;
        continue;
      }
      case LDS32: {
        const at = readAt(b(ip) + load<u64>(ip, 8), 4);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        set(ip, <u64>(<i64>load<i32>(at)));
        ip += 16;
        continue;
      }
      case LDS8W: {
        const at = readAt(b(ip) + load<u64>(ip, 8), 1);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        set(ip, <u64>(<u32>(<i32>load<i8>(at))));
        ip += 16;
        continue;
      }
      case LDS16W: {
        const at = readAt(b(ip) + load<u64>(ip, 8), 2);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        set(ip, <u64>(<u32>(<i32>load<i16>(at))));
        ip += 16;
        continue;
      }
      case ST8: {
        if (!write<u8>(b(ip) + load<u64>(ip, 8), a(ip))) return leave(LEFT_FAULT, ip, budget);
        ip += 16;
        continue;
      }
      case ST16: {
        if (!write<u16>(b(ip) + load<u64>(ip, 8), a(ip))) return leave(LEFT_FAULT, ip, budget);
        ip += 16;
        continue;
      }
      case ST32: {
        if (!write<u32>(b(ip) + load<u64>(ip, 8), a(ip))) return leave(LEFT_FAULT, ip, budget);
        ip += 16;
        continue;
      }
      case ST64: {
        if (!write<u64>(b(ip) + load<u64>(ip, 8), a(ip))) return leave(LEFT_FAULT, ip, budget);
        ip += 16;
        continue;
      }
      case PUSH: {
        const rsp = load<u64>(RSP) - 8;
        if (!write<u64>(rsp, b(ip))) return leave(LEFT_FAULT, ip, budget);
        store<u64>(RSP, rsp);
        ip += 16;
        continue;
      }
      case POP: {
        const rsp = load<u64>(RSP);
        const at = readAt(rsp, 8);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        store<u64>(RSP, rsp + 8);
        set(ip, load<u64>(at));
        ip += 16;
        continue;
      }
      case CMPXCHG: {
        if (!compareExchange(ip)) return leave(LEFT_FAULT, ip, budget);
        ip += 16;
        continue;
      }
      case CMPXCHG16B: {
        if (!compareExchangePair(b(ip), load<u32>(ip, 8))) return leave(LEFT_FAULT, ip, budget);
        ip += 16;
        continue;
      }
      case STRING: {
        const outcome = stringInstruction(load<u16>(ip, 2), load<u16>(ip, 4), load<u16>(ip, 6));
        budget -= stringSteps;
        if (outcome === STRING_FAULT) return leave(LEFT_FAULT, ip, budget);
        if (outcome === STRING_AGAIN) {
          if (budget <= 0) return leave(LEFT_BUDGET, ip, budget);
          continue;
        }
        ip += 16;
        continue;
      }
      case SETMON: {
        store<u64>(MONITOR, b(ip));
        ip += 16;
        continue;
      }
      case STXR: {
        if (load<u64>(MONITOR) !== b(ip)) set(ip, 1);
        else {
          if (!writeSized(b(ip), c(ip), load<u32>(ip, 8))) return leave(LEFT_FAULT, ip, budget);
          set(ip, 0);
        }
        store<u64>(MONITOR, 1);
        ip += 16;
        continue;
      }
      case JMP: {
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JMPR: {
        budget -= <i64>load<u16>(ip, 2);
        const target = b(ip);
        const known = jumpEntry(target);
        if (load<u64>(known) === target && budget > 0) ip = load<u32>(known, 8);
        else {
          store<u64>(PC, target);
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = lookupJump(target);
        }
        continue;
      }
      case CALL: {
        const rsp = load<u64>(RSP) - 8;
        if (!write<u64>(rsp, load<u64>(ip, 24))) return leave(LEFT_FAULT, ip, budget);
        store<u64>(RSP, rsp);
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case CALLR: {
        const rsp = load<u64>(RSP) - 8;
        const target = b(ip);
        if (!write<u64>(rsp, load<u64>(ip, 8))) return leave(LEFT_FAULT, ip, budget);
        store<u64>(RSP, rsp);
        budget -= <i64>load<u16>(ip, 2);
        const known = jumpEntry(target);
        if (load<u64>(known) === target && budget > 0) ip = load<u32>(known, 8);
        else {
          store<u64>(PC, target);
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = lookupJump(target);
        }
        continue;
      }
      case RET: {
        const rsp = load<u64>(RSP);
        const at = readAt(rsp, 8);
        if (at === 0) return leave(LEFT_FAULT, ip, budget);
        const target = load<u64>(at);
        store<u64>(RSP, rsp + 8 + load<u64>(ip, 8));
        budget -= <i64>load<u16>(ip, 2);
        const known = jumpEntry(target);
        if (load<u64>(known) === target && budget > 0) ip = load<u32>(known, 8);
        else {
          store<u64>(PC, target);
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = lookupJump(target);
        }
        continue;
      }
      case JCC: {
        if (!holds(load<u8>(ip, 3))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u8>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JO: {
        if (
          !(
            <i64>(
              ((load<u64>(FLAG_A) ^ load<u64>(FLAG_B)) & (load<u64>(FLAG_A) ^ (load<u64>(FLAG_A) - load<u64>(FLAG_B))))
            ) < 0
          )
        ) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JNO: {
        if (
          <i64>(
            ((load<u64>(FLAG_A) ^ load<u64>(FLAG_B)) & (load<u64>(FLAG_A) ^ (load<u64>(FLAG_A) - load<u64>(FLAG_B))))
          ) < 0
        ) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JB: {
        if (!(load<u64>(FLAG_A) < load<u64>(FLAG_B))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JAE: {
        if (!(load<u64>(FLAG_A) >= load<u64>(FLAG_B))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JE: {
        if (!(load<u64>(FLAG_A) === load<u64>(FLAG_B))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JNE: {
        if (!(load<u64>(FLAG_A) !== load<u64>(FLAG_B))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JBE: {
        if (!(load<u64>(FLAG_A) <= load<u64>(FLAG_B))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JA: {
        if (!(load<u64>(FLAG_A) > load<u64>(FLAG_B))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JS: {
        if (!(<i64>(load<u64>(FLAG_A) - load<u64>(FLAG_B)) < 0)) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JNS: {
        if (!(<i64>(load<u64>(FLAG_A) - load<u64>(FLAG_B)) >= 0)) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JL: {
        if (!(load<i64>(FLAG_A) < load<i64>(FLAG_B))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JGE: {
        if (!(load<i64>(FLAG_A) >= load<i64>(FLAG_B))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JLE: {
        if (!(load<i64>(FLAG_A) <= load<i64>(FLAG_B))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JG: {
        if (!(load<i64>(FLAG_A) > load<i64>(FLAG_B))) {
          ip += 16;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JRZ64: {
        if (!(load<u64>(<usize>load<u16>(ip, 20)) === 0)) {
          ip += 32;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JRNZ64: {
        if (!(load<u64>(<usize>load<u16>(ip, 20)) !== 0)) {
          ip += 32;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JRZ32: {
        if (!(<u32>load<u64>(<usize>load<u16>(ip, 20)) === 0)) {
          ip += 32;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JRNZ32: {
        if (!(<u32>load<u64>(<usize>load<u16>(ip, 20)) !== 0)) {
          ip += 32;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JBZ: {
        if (!((load<u64>(<usize>load<u16>(ip, 20)) & load<u64>(ip, 24)) === 0)) {
          ip += 32;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case JBNZ: {
        if (!((load<u64>(<usize>load<u16>(ip, 20)) & load<u64>(ip, 24)) !== 0)) {
          ip += 32;
          continue;
        }
        budget -= <i64>load<u16>(ip, 2);
        const link = load<u32>(ip, 4);
        if (link !== 0 && budget > 0) ip = link;
        else {
          store<u64>(PC, load<u64>(ip, 8));
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
          ip = resolve(ip);
        }
        continue;
      }
      case HOOK: {
        store<u64>(BUDGET, <u64>budget);
        const answer = hook(load<u32>(ip, 8));
        budget = load<i64>(BUDGET);
        if (answer === 1) return leave(LEFT_HOOK, 0, budget);
        if (answer === 2) ip += 16;
        else {
          const target = load<u64>(PC);
          const known = jumpEntry(target);
          budget--;
          ip = load<u64>(known) === target && budget > 0 ? load<u32>(known, 8) : lookupJump(target);
          if (budget <= 0) return leave(LEFT_BUDGET, 0, budget);
        }
        continue;
      }
      case CPUID: {
        store<u64>(REGISTERS, 0);
        store<u64>(REGISTERS + 8, 0);
        store<u64>(REGISTERS + 16, 0);
        store<u64>(REGISTERS + 24, 0);
        ip += 16;
        continue;
      }
      case RDTSC: {
        const time = <u64>(0x4000000000000000 - budget);
        set(ip, time);
        ip += 16;
        continue;
      }
      default:
        return leave(LEFT_STOP, ip, budget);
    }
  }
}
