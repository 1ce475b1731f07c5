// In which registers a machine passes arguments, as DWARF numbers them: what dwarves' arch__nr_register_params,
// arch__set_register_params and arch__agg_use_two_regs know.

import { Machine } from '@btfq/elf';

/** A machine's calling convention. */
export interface RegisterParams {
  /** How many arguments go into registers; 0 where nothing is known of the machine. */
  readonly count: number;
  /** The DW_OP_reg of each, empty where they are not known. */
  readonly registers: readonly number[];
  /** Whether an aggregate of two words takes two registers. */
  readonly twoRegisters: boolean;
}

const REG0 = 0x50;
const register = (number: number) => REG0 + number;
const inOrder = [0, 1, 2, 3, 4, 5, 6, 7].map(register);
const ARC = 93;

export function registerParams(machine: number): RegisterParams {
  switch (machine) {
    case Machine.S390:
      return { count: 5, registers: [2, 3, 4, 5, 6].map(register), twoRegisters: false };
    case Machine.X86_64:
      return { count: 6, registers: [5, 4, 1, 2, 8, 9].map(register), twoRegisters: true };
    case Machine.Sparc:
    case Machine.Sparc64:
      return { count: 6, registers: [], twoRegisters: true };
    case Machine.Arm:
    case Machine.Aarch64:
      return { count: 8, registers: inOrder, twoRegisters: true };
    case ARC:
    case Machine.Mips:
    case Machine.Ppc:
    case Machine.Ppc64:
    case Machine.Riscv:
      return { count: 8, registers: [], twoRegisters: true };
    default:
      return { count: 0, registers: [], twoRegisters: true };
  }
}
