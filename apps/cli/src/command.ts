// The shape of a command: one file in commands/, one row in cli.ts.
import type { ExitCode } from './exit-codes.ts';
import type { FlagDefs, FlagValues } from './flags.ts';
import type { Io } from './io.ts';

/** A line to paste, and what it shows. */
export interface Example {
  readonly line: string;
  readonly shows: string;
}

export interface Command<F extends FlagDefs = FlagDefs> {
  /**
   * The positional arguments as help shows them: `STRUCT FIELD`, `PATH...`, `[NAME]`. The frame checks their number;
   * words of any other shape (`file FILE [format raw|c]`) are for `run` to check: then start with `=`.
   */
  readonly args: string;
  readonly flags: F;
  /** A paragraph or two below the usage line: what the answer means, what it is good for. */
  readonly about: string;
  readonly examples: readonly Example[];
  /** Parse, one library call, print. What it throws is reported by the frame with the exit code that fits. */
  run(flags: FlagValues<F>, io: Io, commands: CommandTable): Promise<ExitCode> | ExitCode;
}

/** A command as the list of commands has it; its file is loaded only when it is asked for. */
export interface CommandRow {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** All commands by name; two words are a command of a group: `btf dump`. Handed in wherever it is needed: see cli.ts. */
export type CommandTable = Readonly<Record<string, CommandRow>>;

/** Gives `run` the types that follow from `flags`. */
export function defineCommand<const F extends FlagDefs>(command: Command<F>): Command {
  return command as unknown as Command;
}
