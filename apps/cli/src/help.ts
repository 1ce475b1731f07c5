// Help as text: the list of commands, and one command with its options and examples.
import type { Command, CommandTable } from './command.ts';
import { COMMON_FLAGS, type FlagDef } from './flags.ts';
import { PLAIN, type Style } from './render/style.ts';
import { wrap } from './render/wrap.ts';

const INTRO = 'btfq answers questions about the types of Linux kernels.';

const START = [
  ['btfq ingest kernels/', 'read kernels (vmlinux, .deb, .rpm, BTFHub trees, ...) into btfq.db'],
  ['btfq field task_struct pid', 'the offset of a field in each of them'],
  ['btfq relocs vmlinux prog.bpf.o', 'does this BPF object fit that kernel?'],
  ['btfq bundle prog.bpf.o -o btfs.tar.gz', 'the BTF to ship for kernels that have none'],
] as const;

/** What `btfq` alone and `btfq help` print. */
export function formatCommandList(commands: CommandTable, style: Style = PLAIN): string {
  const names = Object.keys(commands);
  const width = Math.max(...names.map((name) => name.length));
  const startWidth = Math.max(...START.map(([line]) => line.length));
  return [
    INTRO,
    '',
    style.head('Start with'),
    ...START.map(([line, shows]) => `  ${style.name(line.padEnd(startWidth))}  ${style.dim(shows)}`),
    '',
    style.head('Commands'),
    ...names.map((name) => `  ${style.name(name.padEnd(width))}  ${commands[name]!.summary}`),
    '',
    '`btfq COMMAND --help` explains a command, with examples. `btfq help exit-codes` lists the exit codes.',
  ].join('\n');
}

/** `-B, --base-btf FILE` */
export function formatFlag(name: string, def: FlagDef): string {
  return `${def.short === undefined ? '    ' : `-${def.short}, `}--${name}${def.value === undefined ? '' : ` ${def.value}`}`;
}

/** What `btfq COMMAND --help` prints, in lines of at most `width` where they can be broken. */
export function formatCommandHelp(name: string, command: Command, style: Style = PLAIN, width = 100): string {
  const flags: [string, FlagDef][] = Object.entries({ ...command.flags, ...COMMON_FLAGS });
  const flagWidth = Math.max(...flags.map(([flag, def]) => formatFlag(flag, def).length));
  const lines = [
    `${style.head('Usage')}  btfq ${[name, command.args.replace(/^=/, ''), '[options]'].filter(Boolean).join(' ')}`,
    '',
    wrap(command.about, width),
    '',
    style.head('Options'),
    ...flags.map(([flag, def]) => `  ${style.name(formatFlag(flag, def).padEnd(flagWidth))}  ${flagHelp(def)}`),
  ];
  if (command.examples.length > 0) {
    lines.push('', style.head('Examples'));
    for (const example of command.examples) lines.push(`  ${style.dim(`# ${example.shows}`)}`, `  ${example.line}`);
  }
  return lines.join('\n');
}

function flagHelp(def: FlagDef): string {
  const extra: string[] = [];
  if (def.choices) extra.push(`one of ${def.choices.join(', ')}`);
  if (def.kind === 'list') extra.push('may be repeated');
  if (def.default !== undefined && def.default !== false) extra.push(`default ${def.default}`);
  return extra.length === 0 ? def.help : `${def.help} (${extra.join('; ')})`;
}
