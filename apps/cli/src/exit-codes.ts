// Every exit code of btfq and what it means. Scripts rely on these numbers: never reuse one.

export const ExitCode = {
  /** The question is answered, the file is written. */
  answered: 0,
  /** The answer is no, or it is partial: an unresolved relocation, a file that was skipped, an unknown name. */
  no: 1,
  /** Wrong usage: an unknown command or flag, a missing argument. */
  usage: 2,
  /** Bad input: a file that cannot be read or is not what it should be. */
  badInput: 3,
  /** The index is missing, damaged, or was written by a newer version. */
  badIndex: 4,
  /** A defect of btfq itself; the stack is on stderr. */
  defect: 70,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** One line a code, in order: what `btfq help exit-codes` and the man page print. */
export const EXIT_CODE_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [ExitCode.answered, 'answered'],
  [ExitCode.no, 'the answer is no, or it is partial: an unresolved relocation, a skipped file, an unknown name'],
  [ExitCode.usage, 'wrong usage'],
  [ExitCode.badInput, 'bad input'],
  [ExitCode.badIndex, 'the index is missing, damaged or from a newer version'],
  [ExitCode.defect, 'a defect of btfq itself'],
];
