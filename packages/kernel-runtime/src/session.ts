// What the answers work on: the machine, the caller's descriptors, the places of fields, the clock.
import type { Files } from './files.ts';
import type { Machine } from './machine.ts';

/** Places of fields that answers write, from the kernel's own BTF. */
export interface ProgramFields {
  readonly jitedByte: number;
  readonly jitedBit: number;
  readonly bpfFunc: number;
}

export interface Session {
  readonly machine: Machine;
  readonly files: Files;
  readonly fields: ProgramFields;
  /** The number of the argument that is the program, of the functions that compile it. */
  readonly programArgument: number;
  /** Nanoseconds. */
  time: bigint;
}
