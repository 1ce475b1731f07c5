// Where the engine's memory holds what the engine (assembly/engine.ts) and its host both use, and the numbers they exchange. Like
// micro-op.ts it is TypeScript and AssemblyScript at once.

// 64 registers of 8 bytes. x86-64: 0 to 15 as instructions number them; arm64: 0 to 30, 31 is sp. The others are the decoders' own.
export const REGISTERS = 1024;
/** First of 16 registers that hold values between the micro-operations of one instruction. */
export const TEMPORARY = 40;
/** x86-64: the bases of the fs and gs segments. */
export const FS_BASE = 58;
export const GS_BASE = 59;
/** Reads as 0; nothing writes it. */
export const ZERO = 62;
/** Written and never read. */
export const DISCARD = 63;

export const PC = 1536;
/** The flags as last set: two operands shifted to the top of 64 bits, and their kind with the shift (see engine.ts). */
export const FLAG_A = 1544;
export const FLAG_B = 1552;
export const FLAG_KIND = 1560;
/** x86-64: the direction and interrupt flags, at their places in rflags. */
export const FLAG_OTHER = 1564;
/** Instructions that may still run (signed). */
export const BUDGET = 1568;
export const FAULT_ADDRESS = 1576;
export const FAULT_IS_WRITE = 1584;
/** arm64: the address of the exclusive monitor; 1 is none. */
export const MONITOR = 1592;
/** Counts how often decoded records have become invalid. */
export const GENERATION = 1600;
/** The record at which the engine left its loop; 0: between records, at PC. */
export const LEFT_AT = 1604;
/** Bytes of an access that crosses pages. */
export const BOUNCE = 1616;

export const READ_TLB = 4096;
export const WRITE_TLB = READ_TLB + 1024 * 16;
export const JUMP_CACHE = WRITE_TLB + 1024 * 16;
export const JUMP_ENTRIES = 16384;
export const PAGE_TABLE = JUMP_CACHE + JUMP_ENTRIES * 16;

// Flags of a page in the page table.
export const PAGE_WRITE = 1;
export const PAGE_CODE = 2;

// Why the engine left its loop.
export const LEFT_BUDGET = 0;
export const LEFT_FAULT = 1;
export const LEFT_STOP = 2;
export const LEFT_HOOK = 3;
export const LEFT_DIVIDE = 4;
