// The man page and the page of all commands, from the same definitions as `--help`.
import type { Command, CommandTable } from './command.ts';
import { EXIT_CODE_MEANINGS } from './exit-codes.ts';
import { COMMON_FLAGS, type FlagDef } from './flags.ts';
import { formatCommandHelp, formatFlag } from './help.ts';

const ENVIRONMENT = [
  ['BTFQ_DB', 'the index that commands use when --db is not given'],
  ['NO_COLOR', 'when set and not empty, nothing is coloured'],
  ['FORCE_COLOR', 'when set, output is coloured even when it is piped'],
] as const;

/** Every command with its definition, in the table's order. */
export async function loadAll(commands: CommandTable): Promise<[string, string, Command][]> {
  const rows = Object.entries(commands);
  return Promise.all(
    rows.map(
      async ([name, row]): Promise<[string, string, Command]> => [name, row.summary, (await row.load()).command],
    ),
  );
}

/** `btfq.1` in the man macros. */
export async function formatManPage(commands: CommandTable): Promise<string> {
  const lines = [
    '.\\" Written from the definitions of the commands by the tests of apps/cli (vitest -u).',
    '.TH BTFQ 1 "" "btfq" "User Commands"',
    '.SH NAME',
    'btfq \\- answers questions about the types of Linux kernels',
    '.SH SYNOPSIS',
    '.B btfq',
    '.I COMMAND',
    '.RI [ ARGUMENT... ]',
    '.RI [ OPTION... ]',
    '.SH DESCRIPTION',
    'Which kernels have a field, at what offset, will this BPF object work on them, and which few bytes of BTF must it',
    'carry to run on those without BTF of their own.',
    'The answer goes to standard output, everything else to standard error.',
    '.SH COMMANDS',
  ];
  for (const [name, , command] of await loadAll(commands)) {
    lines.push(`.SS "btfq ${roff(`${name} ${command.args.replace(/^=/, '')}`.trim())}"`);
    for (const paragraph of command.about.trim().split('\n\n')) lines.push('.PP', roff(paragraph.replace(/\s+/g, ' ')));
    for (const [flag, def] of Object.entries<FlagDef>(command.flags)) {
      lines.push('.TP', `.B ${roff(formatFlag(flag, def).trim())}`, roff(def.help));
    }
    for (const example of command.examples) {
      lines.push('.PP', `${roff(example.shows)}:`, '.PP', '.RS 4', '.nf', roff(example.line), '.fi', '.RE');
    }
  }
  lines.push('.SH "COMMON OPTIONS"');
  for (const [flag, def] of Object.entries<FlagDef>(COMMON_FLAGS)) {
    lines.push('.TP', `.B ${roff(formatFlag(flag, def).trim())}`, roff(def.help));
  }
  lines.push('.SH "EXIT STATUS"');
  for (const [code, meaning] of EXIT_CODE_MEANINGS) lines.push('.TP', `.B ${code}`, roff(meaning));
  lines.push('.SH ENVIRONMENT');
  for (const [name, meaning] of ENVIRONMENT) lines.push('.TP', `.B ${name}`, roff(meaning));
  lines.push('.SH "SEE ALSO"', '.BR bpftool (8),', '.BR pahole (1)');
  return `${lines.join('\n')}\n`;
}

/** `docs/commands.md`: what `--help` says about every command, on one page. */
export async function formatReference(commands: CommandTable): Promise<string> {
  const lines = [
    '# The commands',
    '',
    'What `btfq COMMAND --help` says, on one page.',
    '',
    '<!-- Written from the definitions of the commands by the tests of apps/cli (vitest -u). -->',
  ];
  for (const [name, summary, command] of await loadAll(commands)) {
    lines.push('', `## btfq ${name}`, '', `${summary[0]!.toUpperCase()}${summary.slice(1)}.`, '');
    lines.push('```text', formatCommandHelp(name, command), '```');
  }
  lines.push('', '## Exit codes', '', '| code | meaning |', '|---|---|');
  for (const [code, meaning] of EXIT_CODE_MEANINGS) lines.push(`| ${code} | ${meaning} |`);
  lines.push('', '## Environment', '', '| variable | meaning |', '|---|---|');
  for (const [name, meaning] of ENVIRONMENT) lines.push(`| \`${name}\` | ${meaning} |`);
  return `${lines.join('\n')}\n`;
}

/** Text for roff: no line starts a macro, no hyphen is turned into a dash, and nothing but ASCII. */
function roff(text: string): string {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/"/g, '\\(dq')
    .replace(/^([.'])/gm, '\\&$1')
    .replace(/[^\n -~]/gu, (letter) => `\\[u${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);
}
