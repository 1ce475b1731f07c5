// btfq help: the list of commands, one command, or the exit codes.
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT_CODE_MEANINGS, ExitCode } from '../exit-codes.ts';
import { formatCommandHelp, formatCommandList } from '../help.ts';
import { nearest } from '../nearest.ts';

export const command = defineCommand({
  args: '[COMMAND...]',
  about: `
Explains a command, with its options and examples. Without an argument, lists the commands.`,
  flags: {},
  examples: [
    { line: 'btfq help field', shows: 'a command' },
    { line: 'btfq help exit-codes', shows: 'the exit codes' },
    { line: 'btfq help man | man -l -', shows: 'the man page' },
  ],
  async run(flags, io, commands) {
    const name = flags.args.join(' ');
    if (name === 'exit-codes') {
      if (flags.json) io.json(Object.fromEntries(EXIT_CODE_MEANINGS));
      else for (const [code, meaning] of EXIT_CODE_MEANINGS) io.print(`${String(code).padStart(2)}  ${meaning}`);
      return ExitCode.answered;
    }
    if (name === 'man') {
      io.write(await (await import('../man-page.ts')).formatManPage(commands));
      return ExitCode.answered;
    }
    const row = commands[name];
    if (row) {
      io.print(
        formatCommandHelp(name, (await row.load()).command, io.style, Math.min(100, io.terminal.columns ?? 100)),
      );
      return ExitCode.answered;
    }
    const group = Object.entries(commands).filter(([one]) => one.startsWith(`${name} `));
    if (name !== '' && group.length === 0) {
      const near = nearest(name, Object.keys(commands))[0];
      throw new UsageError(
        `unknown command ${name}`,
        near === undefined ? undefined : `Did you mean \`btfq help ${near}\`?`,
      );
    }
    if (name === '') io.print(formatCommandList(commands, io.style));
    else for (const [one, { summary }] of group) io.print(`btfq ${one}  ${summary}`);
    return ExitCode.answered;
  },
});
