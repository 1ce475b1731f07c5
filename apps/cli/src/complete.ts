// What a shell may offer for the word under the cursor: commands, flags and their values, and from the index the names of
// structs, fields and kernels.
import type { Command, CommandTable } from './command.ts';
import { findCommand } from './find-command.ts';
import { COMMON_FLAGS, type FlagDef, type FlagDefs } from './flags.ts';
import type { Io } from './io.ts';

export interface Candidates {
  readonly words: readonly string[];
  /** Names of files may follow, too. */
  readonly files: boolean;
}

const NOTHING: Candidates = { words: [], files: false };
const FILES: Candidates = { words: [], files: true };

/** `words` are those of the line after `btfq`; the last one is being typed and may be empty. */
export async function complete(words: readonly string[], io: Io, commands: CommandTable): Promise<Candidates> {
  const current = words.at(-1) ?? '';
  const found = await offer(words.slice(0, -1), current, io, commands);
  return { ...found, words: [...new Set(found.words)].filter((word) => word.startsWith(current)) };
}

async function offer(before: readonly string[], current: string, io: Io, commands: CommandTable): Promise<Candidates> {
  const names = Object.keys(commands);
  const name = commandOf(before, commands);
  if (name === undefined) {
    const group = before.find((word) => names.some((one) => one.startsWith(`${word} `)));
    const inGroup = names.filter((one) => one.startsWith(`${group} `)).map((one) => one.slice(group!.length + 1));
    if (group !== undefined) return { words: inGroup, files: false };
    // A word that is no option's value and no command: nothing can follow.
    if (before.some((word, i) => !word.startsWith('-') && !before[i - 1]?.startsWith('-'))) return NOTHING;
    return { words: [...names.map((one) => one.split(' ')[0]!), '--help', '--version'], files: false };
  }
  const { command } = await commands[name]!.load();
  const flags: FlagDefs = { ...command.flags, ...COMMON_FLAGS };
  const pending = valueFlag(before.at(-1), flags);
  if (pending) return valuesOf(pending, before, flags, io);
  if (current.startsWith('-')) return { words: Object.keys(flags).map((flag) => `--${flag}`), files: false };
  const args = positionals(before, flags).slice(name.split(' ').length);
  const below = args.length === 0 ? names.filter((one) => one.startsWith(`${name} `)) : [];
  const found = await argument(command, args, current, before, flags, io, commands);
  return { ...found, words: [...below.map((one) => one.slice(name.length + 1)), ...found.words] };
}

function commandOf(words: readonly string[], commands: CommandTable): string | undefined {
  try {
    return findCommand(words, commands)?.name;
  } catch {
    return undefined;
  }
}

/** The flag that waits for its value, if `word` is one. */
function valueFlag(word: string | undefined, flags: FlagDefs): FlagDef | undefined {
  if (word === undefined || !word.startsWith('-') || word.includes('=')) return undefined;
  const def = word.startsWith('--')
    ? flags[word.slice(2)]
    : Object.values(flags).find((one) => one.short !== undefined && word.endsWith(one.short));
  return def?.value === undefined ? undefined : def;
}

async function valuesOf(def: FlagDef, before: readonly string[], flags: FlagDefs, io: Io): Promise<Candidates> {
  if (def.choices) return { words: def.choices, files: false };
  if (def.complete === 'kernel') return { words: await fromIndex('KERNEL', [], '', before, flags, io), files: false };
  if (def.complete === 'module') return { words: await fromIndex('MODULE', [], '', before, flags, io), files: false };
  return def.complete === undefined ? NOTHING : FILES;
}

/** The words of a line that are neither flags nor their values. */
function positionals(words: readonly string[], flags: FlagDefs): string[] {
  return words.filter((word, index) => !word.startsWith('-') && valueFlag(words[index - 1], flags) === undefined);
}

/** What the command expects at the place after `args`, by the word in its usage line. */
async function argument(
  command: Command,
  args: readonly string[],
  current: string,
  before: readonly string[],
  flags: FlagDefs,
  io: Io,
  commands: CommandTable,
): Promise<Candidates> {
  if (command.args.startsWith('=')) {
    // bpftool's own words are the lower-case ones of the usage line; files may stand anywhere among them.
    return { words: (command.args.match(/\b[a-z_]+\b/g) ?? []).filter((word) => !args.includes(word)), files: true };
  }
  const places = command.args.split(' ').filter(Boolean);
  const place = places[Math.min(args.length, places.length - 1)] ?? '';
  if (args.length >= places.length && !place.includes('...')) return NOTHING;
  const word = place.replace(/[[\].]/g, '');
  if (word === 'COMMAND') return { words: Object.keys(commands).flatMap((name) => name.split(' ')), files: false };
  if (word === 'SHELL') return { words: ['bash', 'zsh', 'fish'], files: false };
  if (['STRUCT', 'NAME', 'FIELD', 'KERNEL', 'SYMBOL'].includes(word)) {
    return { words: await fromIndex(word, args, current, before, flags, io), files: false };
  }
  return FILES;
}

/** Names out of the index that the line means; none if it cannot be opened: a shell's Tab is no place for errors. */
async function fromIndex(
  what: string,
  args: readonly string[],
  current: string,
  before: readonly string[],
  flags: FlagDefs,
  io: Io,
): Promise<readonly string[]> {
  try {
    const at = before.lastIndexOf('--db');
    const db = at >= 0 && flags['db'] ? before[at + 1] : undefined;
    const { namesFromIndex } = await import('./complete-names.ts');
    return namesFromIndex(what, args, current, db, io);
  } catch {
    return [];
  }
}
