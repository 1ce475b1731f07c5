// The system registers of arm64 that hold what is written to them: numbers of the engine's registers behind the general ones.

export const SYSTEM_REGISTERS = {
  /** The current task, in Linux. */
  sp_el0: 32,
  /** The offset of this CPU's variables. */
  tpidr_el1: 33,
  tpidr_el0: 34,
  tpidrro_el0: 35,
  /** Masks of interrupts. */
  daif: 36,
  ttbr0_el1: 37,
  ttbr1_el1: 38,
  icc_pmr_el1: 39,
} as const;

/** The name of such a register, in small letters. */
export type SystemRegister = keyof typeof SYSTEM_REGISTERS;

/** By op0, op1, CRn, CRm, op2, as mrs and msr encode them (bits 5 to 20). */
export const BY_ENCODING: Readonly<Record<number, SystemRegister>> = {
  [encoding(3, 0, 4, 1, 0)]: 'sp_el0',
  [encoding(3, 0, 13, 0, 4)]: 'tpidr_el1',
  [encoding(3, 3, 13, 0, 2)]: 'tpidr_el0',
  [encoding(3, 3, 13, 0, 3)]: 'tpidrro_el0',
  [encoding(3, 3, 4, 2, 1)]: 'daif',
  [encoding(3, 0, 2, 0, 0)]: 'ttbr0_el1',
  [encoding(3, 0, 2, 0, 1)]: 'ttbr1_el1',
  [encoding(3, 0, 4, 6, 0)]: 'icc_pmr_el1',
};

/** Registers that read as a fixed value. */
export const CONSTANTS: Readonly<Record<number, number>> = {
  // CurrentEL: EL1
  [encoding(3, 0, 4, 2, 2)]: 4,
  // MPIDR_EL1, MIDR_EL1: one core of no particular make
  [encoding(3, 0, 0, 0, 5)]: 0x80000000,
  [encoding(3, 0, 0, 0, 0)]: 0x410fd0b0,
  // TCR_EL1: addresses of 48 bits in both halves
  [encoding(3, 0, 2, 0, 2)]: 0x100010,
  // CTR_EL0: lines of 64 bytes; DCZID_EL0: dc zva prohibited; CNTFRQ_EL0
  [encoding(3, 3, 0, 0, 1)]: 0x84448004,
  [encoding(3, 3, 0, 0, 7)]: 0x10,
  [encoding(3, 3, 14, 0, 0)]: 62500000,
};

/** CNTVCT_EL0 and CNTPCT_EL0, and their self-synchronised forms: counters. */
export const COUNTERS: readonly number[] = [
  encoding(3, 3, 14, 0, 2),
  encoding(3, 3, 14, 0, 1),
  encoding(3, 3, 14, 0, 6),
  encoding(3, 3, 14, 0, 5),
];
/** NZCV. */
export const FLAGS = encoding(3, 3, 4, 2, 0);

function encoding(op0: number, op1: number, crn: number, crm: number, op2: number): number {
  return (op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2;
}
