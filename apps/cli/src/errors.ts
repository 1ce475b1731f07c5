// What goes wrong at the edge, as opposed to inside a library: wrong usage, and files that cannot be had.

/** The command line does not say what to do. Ends with exit code 2; `hint` is the next step. */
export class UsageError extends Error {
  readonly code = 'usage';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}

/** A file that cannot be read, written or understood. Ends with exit code 3; `hint` is the next step. */
export class InputError extends Error {
  readonly code: string;
  readonly path: string | undefined;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { path?: string; hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'InputError';
    this.code = code;
    this.path = options.path;
    this.hint = options.hint;
  }
}
