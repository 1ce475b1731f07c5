// A SPEC from a file, and what is wrong with it as an error with its line.
import { readOffsetsSpec } from '@btfq/btf-index';
import { type OffsetsError, type OffsetsSpec, TABLE_LANGUAGES, type TableLanguage } from '@btfq/offsets';
import { basename, extname } from 'node:path';
import { InputError, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';

/** A SPEC, its text and what its names begin with unless it says so itself. */
export interface SpecFile {
  readonly spec: OffsetsSpec;
  readonly text: string;
  readonly path: string;
  readonly name: string;
}

/** Reads a SPEC. Throws `InputError` with `path:line:column`. */
export async function readSpecFile(io: Io, path: string): Promise<SpecFile> {
  const text = new TextDecoder().decode(io.readFile(path));
  const name = path === '-' ? 'offsets' : basename(path, extname(path));
  try {
    return { spec: await readOffsetsSpec(text), text, path, name };
  } catch (error) {
    throw placedError(path, error);
  }
}

/** What speaks of a SPEC as an error that names its file and line; other errors as they are. */
export function placedError(path: string, error: unknown): unknown {
  if ((error as Error).name !== 'OffsetsError') return error;
  const { code, message, line, column, expected, hint } = error as OffsetsError;
  const at = line === undefined ? path : `${path}:${line}:${column}`;
  return new InputError(code, `${at}: ${message}${expected === undefined ? '' : `; expected ${expected}`}`, {
    path,
    hint: hint ?? 'docs/offsets.schema.json is the schema of such files.',
    cause: error,
  });
}

const ENDINGS: Readonly<Record<string, TableLanguage>> = {
  '.h': 'c',
  '.c': 'c',
  '.hpp': 'c',
  '.go': 'go',
  '.rs': 'rust',
  '.ts': 'ts',
  '.mts': 'ts',
  '.py': 'python',
  '.zig': 'zig',
  '.json': 'json',
  '.csv': 'csv',
};

/** The language that `--lang` says, or else the ending of OUT; undefined where neither does. Throws `UsageError`. */
export function languageOf(lang: string | undefined, out: string | undefined): TableLanguage | undefined {
  if (lang !== undefined) return lang as TableLanguage;
  if (out === undefined || out === '-') return undefined;
  const found = ENDINGS[extname(out)];
  if (found === undefined)
    throw new UsageError(
      `no language has the file name extension of ${out}`,
      `Choose one with --lang ${TABLE_LANGUAGES.join('|')}.`,
    );
  return found;
}
