// What reading a table may throw where bytes are damaged: the other tables may still be whole.

const NAMES = /^(?:Btf|Elf|KernelTables|Emulator|Range)Error$/;

/** Whether an error comes from damaged bytes, and not from a defect of this program. */
export function isReadError(error: unknown): error is Error {
  return error instanceof Error && NAMES.test(error.name);
}
