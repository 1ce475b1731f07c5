// Which command a line means.
import type { CommandTable } from './command.ts';
import { UsageError } from './errors.ts';
import { nearest } from './nearest.ts';

/**
 * The command's words and everything else of the line. Options may stand before the command, as bpftool takes them
 * (`-B vmlinux btf dump file x`), so a word that follows an option and is no command is taken for its value.
 * Undefined if the line holds no word at all. Throws `UsageError`.
 */
export function findCommand(
  argv: readonly string[],
  commands: CommandTable,
): { name: string; rest: string[] } | undefined {
  const names = Object.keys(commands);
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
