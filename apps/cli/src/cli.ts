// From argv to an exit code: find the command, read its flags, run it, report what it throws.
import type { Command } from './command.ts';
import { UsageError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';
import { type FlagValues, parseFlags } from './flags.ts';
import type { Io } from './io.ts';
import { nearest } from './nearest.ts';
import { reportError } from './report.ts';
import { COMMANDS } from './table.ts';

/** Runs one command line (without `node` and the script) and says how the process should end. Never throws. */
export async function runCli(argv: readonly string[], io: Io & { wantsJson: boolean }): Promise<ExitCode> {
  try {
    if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
      io.print((await import('./version.ts')).versionLine());
      return ExitCode.answered;
    }
    const found = findCommand(argv);
    if (found === undefined) return await help(argv, io);
    const { name, rest } = found;
    const { command } = await COMMANDS[name]!.load();
    const flags = parseFlags(rest, command.flags, `btfq ${name}`);
    if (flags.help) return await help([name], io);
    io.wantsJson = flags['json'] === true;
    checkArgs(name, command, flags.args);
    return await command.run(flags as unknown as FlagValues<Command['flags']>, io);
  } catch (error) {
    io.wantsJson ||= argv.includes('--json');
    return reportError(error, io);
  }
}

async function help(words: readonly string[], io: Io): Promise<ExitCode> {
  const { command } = await import('./commands/help.ts');
  const args = words.filter((word) => !word.startsWith('-'));
  return command.run({ args, json: false, help: false } as never, io);
}

/**
 * The command's words and everything else of the line. Options may stand before the command, as bpftool takes them
 * (`-B vmlinux btf dump file x`), so a word that follows an option and is no command is taken for its value.
 * Undefined if the line holds no word at all. Throws `UsageError`.
 */
export function findCommand(argv: readonly string[]): { name: string; rest: string[] } | undefined {
  const names = Object.keys(COMMANDS);
  const first = wordAt(argv, 0, (word) => names.some((name) => name === word || name.startsWith(`${word} `)));
  if (first === undefined) return undefined;
  const word = argv[first]!;
  if (names.includes(word)) {
    const next = argv.findIndex((arg, index) => index > first && names.includes(`${word} ${arg}`));
    const between = argv.slice(first + 1, Math.max(first + 1, next)).every((arg) => arg.startsWith('-'));
    if (next < 0 || !between) return { name: word, rest: argv.toSpliced(first, 1) };
    return { name: `${word} ${argv[next]}`, rest: argv.toSpliced(next, 1).toSpliced(first, 1) };
  }

  const verbs = names.filter((name) => name.startsWith(`${word} `)).map((name) => name.slice(word.length + 1));
  if (verbs.length === 0) {
    const near = nearest(word, new Set(names.flatMap((name) => [name, name.split(' ')[0]!])))[0];
    throw new UsageError(
      `unknown command ${word}`,
      near === undefined ? '`btfq help` lists the commands.' : `Did you mean \`btfq ${near}\`?`,
    );
  }
  // bpftool takes any beginning of a verb, the first in its order winning: `btf d` is `btf dump`.
  const verbOf = (start: string) =>
    verbs.find((verb) => verb === start) ?? verbs.find((verb) => verb.startsWith(start));
  const second = wordAt(argv, first + 1, (start) => verbOf(start) !== undefined);
  if (second === undefined) {
    if (argv.includes('--help') || argv.includes('-h')) return undefined;
    throw new UsageError(
      `btfq ${word} needs one of: ${verbs.join(', ')}`,
      `\`btfq help ${word} ${verbs[0]}\` explains one.`,
    );
  }
  const verb = verbOf(argv[second]!);
  if (verb === undefined) {
    const near = nearest(argv[second]!, verbs)[0];
    throw new UsageError(
      `unknown command ${word} ${argv[second]}`,
      near === undefined ? `There are: ${verbs.join(', ')}.` : `Did you mean \`btfq ${word} ${near}\`?`,
    );
  }
  return { name: `${word} ${verb}`, rest: argv.toSpliced(second, 1).toSpliced(first, 1) };
}

/** The index of the next word that is no option; one after an option must be `known`, or it is the option's value. */
function wordAt(argv: readonly string[], from: number, known: (word: string) => boolean): number | undefined {
  for (let index = from; index < argv.length; index++) {
    const word = argv[index]!;
    if (word.startsWith('-')) continue;
    const before = argv[index - 1];
    const mayBeValue = index > from && before !== undefined && before.startsWith('-') && !before.includes('=');
    if (mayBeValue && !known(word)) continue;
    return index;
  }
  return undefined;
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
