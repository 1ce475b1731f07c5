// The micro-operations that instructions are decoded into. The engine (assembly/engine.ts) executes them, the decoders emit them:
// both import this file, so it must be TypeScript and AssemblyScript at once, hence plain constants.
//
// A record has 16 bytes: op (16 bits), a, b, c (addresses of registers in the engine's memory, 16 bits each), imm (64 bits). Branches
// have the link to their target's record in place of b and c.

// Constants and moves: a = imm; a = b, widened from the low 8, 16 or 32 bits (W: sign-extended to 32 bits, then zero-extended).
export const MOVI = 0;
export const MOV64 = 1;
export const MOV32 = 2;
export const SX8 = 3;
export const SX16 = 4;
export const SX32 = 5;
export const SX8W = 6;
export const SX16W = 7;
export const ZX8 = 8;
export const ZX16 = 9;

// Into and out of parts of a register, as x86 writes 8 and 16 bits; FIELD: bits of b at a place of a (imm: place, width).
export const INS8 = 10;
export const INS8H = 11;
export const INS16 = 12;
export const EXT8H = 13;
export const FIELD = 14;

// a = b op c, or b op imm, with no flags. 32-bit results are zero-extended.
export const ADD64 = 15;
export const ADD64I = 16;
export const ADD32 = 17;
export const ADD32I = 18;
export const SUB64 = 19;
export const SUB32 = 20;
export const AND64 = 21;
export const AND64I = 22;
export const AND32 = 23;
export const OR64 = 24;
export const OR64I = 25;
export const OR32 = 26;
export const XOR64 = 27;
export const XOR64I = 28;
export const XOR32 = 29;
export const SHL64 = 30;
export const SHL64I = 31;
export const SHL32 = 32;
export const SHL32I = 33;
export const SHR64 = 34;
export const SHR64I = 35;
export const SHR32 = 36;
export const SHR32I = 37;
export const SAR64 = 38;
export const SAR64I = 39;
export const SAR32 = 40;
export const SAR32I = 41;
export const ROR64 = 42;
export const ROR64I = 43;
export const ROR32 = 44;
export const ROR32I = 45;
export const MUL64 = 46;
export const MUL32 = 47;
export const MULHU64 = 48;
export const MULHS64 = 49;
export const NOT64 = 50;
export const NOT32 = 51;
export const UDIV64 = 52;
export const UDIV32 = 53;
export const SDIV64 = 54;
export const SDIV32 = 55;
export const BSWAP64 = 56;
export const BSWAP32 = 57;
export const REV16 = 58;
export const RBIT64 = 59;
export const RBIT32 = 60;
export const CLZ64 = 61;
export const CLZ32 = 62;
export const EXTR64 = 63;
export const EXTR32 = 64;

// a = b + (c << shift) + displacement (imm: displacement, shift); LEAX32 keeps the low 32 bits.
export const LEAX = 65;
export const LEAX32 = 66;

// The same with flags. N: any width; the left shift that brings it to the top of 64 bits is in imm, or in c where imm is an operand.
export const ADDF64 = 67;
export const ADDF64I = 68;
export const ADDF32 = 69;
export const ADDF32I = 70;
export const SUBF64 = 71;
export const SUBF64I = 72;
export const SUBF32 = 73;
export const SUBF32I = 74;
export const ANDF64 = 75;
export const ANDF64I = 76;
export const ANDF32 = 77;
export const ANDF32I = 78;
export const CMP64 = 79;
export const CMP64I = 80;
export const CMP32 = 81;
export const CMP32I = 82;
export const TEST64 = 83;
export const TEST64I = 84;
export const TEST32 = 85;
export const TEST32I = 86;
export const CMPNI = 87;
export const TESTNI = 88;
export const ADDFN = 89;
export const SUBFN = 90;
export const ANDFN = 91;
export const ORFN = 92;
export const XORFN = 93;
export const ADCFN = 94;
export const SBBFN = 95;
export const INCFN = 96;
export const DECFN = 97;

// Shifts and bit tests with flags (imm: kind, width in bits; count in c), and the double-width ones (a by b).
export const SHIFTF = 98;
export const DSHIFTF = 99;
export const BITF = 100;
export const BSF = 101;
export const BSR = 102;
export const TZCNT = 103;
export const LZCNT = 104;
export const POPCNT = 105;
export const IMULF = 106;

// x86 multiplication and division over rdx:rax (b: operand, c: width in bits).
export const MULX = 107;
export const IMULX = 108;
export const DIVX = 109;
export const IDIVX = 110;

// Flags as a word; a bit of it; a condition as 0 or 1; a = condition ? b : c (imm: condition).
export const GETF = 111;
export const SETF = 112;
export const CLC = 113;
export const STC = 114;
export const CMC = 115;
export const CLD = 116;
export const STD = 117;
export const CLI = 118;
export const STI = 119;
export const SETCC = 120;
export const CSEL = 121;

// arm64: flags of addition and of bitwise and, which set the carry otherwise than x86 does; carry in; conditional compare; NZCV.
export const ADDN64 = 122;
export const ADDN32 = 123;
export const ANDN64 = 124;
export const ANDN32 = 125;
export const ADCN64 = 126;
export const ADCN32 = 127;
export const ADCSN64 = 128;
export const ADCSN32 = 129;
export const CCMP64 = 130;
export const CCMP32 = 131;
export const CCMN64 = 132;
export const CCMN32 = 133;
export const GETNZCV = 134;
export const SETNZCV = 135;

// Loads a = [b + imm], zero- or sign-extended, and stores [b + imm] = a.
export const LD8 = 136;
export const LD16 = 137;
export const LD32 = 138;
export const LD64 = 139;
export const LDS8 = 140;
export const LDS16 = 141;
export const LDS32 = 142;
export const LDS8W = 143;
export const LDS16W = 144;
export const ST8 = 145;
export const ST16 = 146;
export const ST32 = 147;
export const ST64 = 148;

// x86: stack, compare and exchange ([b], a: new value, c: width), strings (a: kind, b: width, c: repeat), exclusive stores of arm64.
export const PUSH = 149;
export const POP = 150;
export const CMPXCHG = 151;
export const CMPXCHG16B = 152;
export const STRING = 153;
export const SETMON = 154;
export const STXR = 155;

// Branches. a: instructions that end with this one; link: the target's record once known; imm: the target.
export const JMP = 156;
export const JMPR = 157;
export const CALL = 158;
export const CALLR = 159;
export const RET = 160;
export const JCC = 161;
export const JO = 162;
export const JNO = 163;
export const JB = 164;
export const JAE = 165;
export const JE = 166;
export const JNE = 167;
export const JBE = 168;
export const JA = 169;
export const JS = 170;
export const JNS = 171;
export const JL = 172;
export const JGE = 173;
export const JLE = 174;
export const JG = 175;
export const JRZ64 = 176;
export const JRNZ64 = 177;
export const JRZ32 = 178;
export const JRNZ32 = 179;
export const JBZ = 180;
export const JBNZ = 181;

// Leaving: a hooked address (imm: its number); a stop (a: why).
export const HOOK = 182;
export const STOP = 183;
export const CPUID = 184;
export const RDTSC = 185;
