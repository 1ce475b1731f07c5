// From argv to an exit code: find the command, read its flags, run it, report what it throws.
import type { Command } from './command.ts';
import { UsageError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import { findCommand } from './find-command.ts';
import { type FlagValues, parseFlags } from './flags.ts';
import type { Io } from './io.ts';
import { reportError } from './report.ts';
import { COMMANDS } from './table.ts';

/** Runs one command line (without `node` and the script) and says how the process should end. Never throws. */
export async function runCli(argv: readonly string[], io: Io & { wantsJson: boolean }): Promise<ExitCode> {
  try {
    if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
      io.print((await import('./version.ts')).versionLine());
      return ExitCode.answered;
    }
    const found = findCommand(argv, COMMANDS);
    if (found === undefined) return await help(argv, io);
    const { name, rest } = found;
    const { command } = await COMMANDS[name]!.load();
    const flags = parseFlags(rest, command.flags, `btfq ${name}`);
    if (flags.help) return await help([name], io);
    io.wantsJson = flags['json'] === true;
    checkArgs(name, command, flags.args);
    return await command.run(flags as unknown as FlagValues<Command['flags']>, io, COMMANDS);
  } catch (error) {
    io.wantsJson ||= argv.includes('--json');
    return reportError(error, io);
  }
}

async function help(words: readonly string[], io: Io): Promise<ExitCode> {
  const { command } = await COMMANDS['help']!.load();
  const args = words.filter((word) => !word.startsWith('-'));
  return command.run({ args, json: false, help: false } as never, io, COMMANDS);
}

/** Checks the number of arguments against `PATH...`, `STRUCT FIELD`, `KERNEL KERNEL [NAME]`. Throws `UsageError`. */
function checkArgs(name: string, command: Command, args: readonly string[]): void {
  if (command.args.startsWith('=')) return;
  const words = command.args.split(' ').filter(Boolean);
  const needed = words.filter((word) => !word.startsWith('['));
  const most = words.some((word) => word.replace(/\]$/, '').endsWith('...')) ? Number.POSITIVE_INFINITY : words.length;
  const hint = `Usage: btfq ${name} ${command.args}`.trimEnd();
  if (args.length < needed.length) throw new UsageError(`missing ${needed[args.length]!.replace('...', '')}`, hint);
  if (args.length > most) throw new UsageError(`unexpected ${args[most]}`, hint);
}
