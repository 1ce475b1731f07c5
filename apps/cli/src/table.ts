// The table of commands, in the order in which help lists them. A command's file is loaded only when it is asked for.
import type { Command } from './command.ts';

export interface CommandRow {
  /** One line for the list of commands. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** By name; two words are a command of a group: `btf dump`. */
export const COMMANDS: Readonly<Record<string, CommandRow>> = {
  'btf dump': { summary: 'print the types of a file as bpftool does', load: () => import('./commands/btf-dump.ts') },
  help: { summary: 'explain a command or the exit codes', load: () => import('./commands/help.ts') },
};
