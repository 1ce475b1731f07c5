// The edges: files, stdout, stderr, the terminal. Commands reach the outside only through an `Io`, so that tests can
// stand in for it.
import type { Progress, ProgressUnit } from './render/progress.ts';
import type { Style } from './render/style.ts';

export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Which streams are terminals, and how wide stdout's is. Piped output has no width: nothing is cut or coloured. */
  readonly terminal: { readonly stdout: boolean; readonly stderr: boolean; readonly columns: number | undefined };
  /** Colours for stdout; plain text when piped, with NO_COLOR, or on a dumb terminal. */
  readonly style: Style;
  /** The command was asked for `--json`. */
  readonly wantsJson: boolean;

  /** A line of the answer. */
  print(line?: string): void;
  /** Bytes or text of the answer, as they are. */
  write(data: string | Uint8Array): void;
  /** The answer as one JSON value: big integers become numbers, or strings where a number would lose digits. */
  json(value: unknown): void;
  /** What was printed so far goes out now, for a command that goes on running. */
  flush(): void;
  /** Anything that is not the answer, on stderr. */
  note(line: string): void;

  /** `path` made absolute. */
  path(path: string): string;
  /**
   * The whole file; `-` is stdin. `allocate`: gives the memory to read it into, at least as large as asked for. Throws `InputError`
   * that says what is wrong with the path.
   */
  readFile(path: string, allocate?: (size: number) => Uint8Array): Uint8Array;
  /** Writes the whole file or none of it, with the folders that it needs; `-` is stdout. Throws `InputError`. */
  writeFile(path: string, data: Uint8Array | string): void;
  /** Removes a file if it is there. */
  removeFile(path: string): void;
  /** A progress bar on stderr when that is a terminal and `--json` was not asked for; else it does nothing. */
  progress(label: string, total: number, unit?: ProgressUnit): Progress;
  /** Aborted by Ctrl-C or a request to end: what runs until stopped listens to it. */
  readonly signal: AbortSignal;
}

/** JSON as `Io.json` prints it. */
export function formatJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, item: unknown) => {
      if (typeof item === 'bigint') return Number.isSafeInteger(Number(item)) ? Number(item) : item.toString();
      if (item instanceof Map) return Object.fromEntries(item);
      if (item instanceof Set) return [...item];
      return item;
    },
    2,
  );
}
