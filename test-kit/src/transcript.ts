// CLI tests as transcripts: Markdown that a person can read, with fenced blocks of what was typed and what came back.
//
//   ```console
//   $ btfq field task_struct nosuch
//   stderr: btfq: task_struct has no field nosuch
//   exit 1
//   ```
//
// Lines of stdout stand as they are, those of stderr after `stderr: `, and `exit N` closes a command that did not exit 0.
// A test replays the file and compares the whole text, so a wrong transcript shows as a readable difference:
//
//   await expect(await replayTranscript(markdown, run)).toMatchFileSnapshot(path);

/** What a command answered. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs one command: its words after `btfq`, quotes taken off as a shell would. */
export type RunCommand = (args: string[]) => CommandResult | Promise<CommandResult>;

/** Runs every `$ btfq ...` line of a transcript, in order, and gives the transcript with the answers that came. */
export async function replayTranscript(markdown: string, run: RunCommand): Promise<string> {
  const result: string[] = [];
  let fenced = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      fenced = !fenced && line === '```console';
      result.push(line);
    } else if (!fenced) {
      result.push(line);
    } else if (line.startsWith('$ btfq')) {
      result.push(line, ...answerLines(await run(splitWords(line.slice('$ btfq'.length)))));
    }
  }
  return result.join('\n');
}

function answerLines({ stdout, stderr, exitCode }: CommandResult): string[] {
  const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
  const answer = [...lines(stdout), ...lines(stderr).map((line) => `stderr: ${line}`.trimEnd())];
  return exitCode === 0 ? answer : [...answer, `exit ${exitCode}`];
}

/** The words of a command line, with single quotes, double quotes and backslashes read as a shell reads them. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g)) {
    words.push(
      word.replace(
        /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g,
        (_, single, double, escaped) =>
          single ?? (double === undefined ? escaped : (double as string).replace(/\\(["\\$`])/g, '$1')),
      ),
    );
  }
  return words;
}
