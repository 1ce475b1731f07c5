// What a command throws, as text on stderr and as an exit code.
import { ExitCode } from './exit-codes.ts';
import { formatJson, type Io } from './io.ts';

/** Errors that mean bad input, by class name: a class may be loaded twice, once bundled and once from its package. */
const INPUT_ERRORS = new Set([
  'InputError',
  'ElfError',
  'KernelTablesError',
  'BtfError',
  'RelocationError',
  'MinimizeError',
  'KernelSourceError',
  'DwarfError',
  'OffsetsError',
]);

/** Codes of `IndexError` that do not say that the index itself is bad. */
const INDEX_CODES: Readonly<Record<string, ExitCode>> = {
  'unknown-kernel': ExitCode.no,
  'unknown-module': ExitCode.no,
  'kernel-exists': ExitCode.no,
  'ambiguous-kernel': ExitCode.usage,
  'bad-filter': ExitCode.usage,
  'bad-identity': ExitCode.usage,
  'bad-path': ExitCode.usage,
};

/** The exit code for what was thrown; whatever is not known to be the user's or the input's fault is a defect. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof Error)) return ExitCode.defect;
  if (error.name === 'UsageError') return ExitCode.usage;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  // What the system refuses (a port that is taken, a folder that cannot be written) is no defect.
  if (typeof syscall === 'string') return ExitCode.badInput;
  if (error.name === 'IndexError') return INDEX_CODES[String(code)] ?? ExitCode.badIndex;
  return INPUT_ERRORS.has(error.name) ? ExitCode.badInput : ExitCode.defect;
}

/** Prints the error (with `--json` as an object) and returns its exit code. */
export function reportError(error: unknown, io: Io): ExitCode {
  const exitCode = exitCodeOf(error);
  const { message, stack, ...fields } = error instanceof Error ? error : { message: String(error), stack: undefined };
  const { code, hint, cause: _cause, name: _name, ...details } = fields as Record<string, unknown>;
  if (io.wantsJson) {
    io.note(formatJson({ error: { code: code ?? 'defect', message, ...details, ...(hint ? { hint } : {}) } }));
    return exitCode;
  }
  io.note(`btfq: ${exitCode === ExitCode.defect ? (stack ?? message) : message}`);
  if (typeof hint === 'string') io.note(hint);
  if (exitCode === ExitCode.defect) io.note('This is a defect of btfq; please report it with the command line above.');
  return exitCode;
}
