// Flags of a command: their definitions, and the values that a command gets, typed by them.
import { parseArgs } from 'node:util';
import { UsageError } from './errors.ts';
import { nearest } from './nearest.ts';

/** One flag. `value` is the word that help shows for its value; a flag without one is a switch. */
export interface FlagDef {
  readonly help: string;
  readonly value?: string;
  readonly short?: string;
  /** Other names that mean the same, not shown in help. */
  readonly alias?: readonly string[];
  readonly kind?: 'text' | 'number' | 'list';
  readonly choices?: readonly string[];
  readonly default?: string | number | boolean;
  /** What a shell may offer for the value. */
  readonly complete?: 'file' | 'directory' | 'kernel' | 'module';
}

export type FlagDefs = Readonly<Record<string, FlagDef>>;

type Camel<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;

type FlagValue<D extends FlagDef> = D extends { kind: 'list' }
  ? readonly string[]
  : D extends { value: string }
    ?
        | (D extends { kind: 'number' } ? number : D extends { choices: readonly (infer C)[] } ? C : string)
        | (D extends { default: string | number } ? never : undefined)
    : boolean;

/** The values of a command's flags by camelCase name, with the positional arguments in `args`. */
export type FlagValues<F extends FlagDefs> = { readonly [K in keyof F & string as Camel<K>]: FlagValue<F[K]> } & {
  readonly args: readonly string[];
  readonly json: boolean;
};

/** Flags that every command has. */
export const COMMON_FLAGS = {
  json: { help: 'print the answer as JSON', short: 'j' },
  help: { help: 'show this help', short: 'h' },
} as const satisfies FlagDefs;

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/**
 * Reads `argv` by the definitions; options may stand anywhere, `--` ends them. A long option may be cut short while it
 * stays unique, as getopt_long allows. Throws `UsageError` for what is unknown or lacks its value, naming what is near.
 */
export function parseFlags(
  argv: readonly string[],
  defs: FlagDefs,
  commandLine: string,
): Record<string, unknown> & { args: string[]; help: boolean } {
  const all: FlagDefs = { ...COMMON_FLAGS, ...defs };
  const nameOf = new Map<string, string>();
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const [name, def] of Object.entries(all)) {
    const type = def.value === undefined ? 'boolean' : 'string';
    for (const spelling of [name, ...(def.alias ?? [])]) {
      nameOf.set(spelling, name);
      options[spelling] = { type };
    }
    if (def.short !== undefined) options[name]!.short = def.short;
  }
  const expanded = argv.map((arg) => expandAbbreviation(arg, nameOf));
  const { tokens } = parseArgs({ args: expanded, options, strict: false, allowPositionals: true, tokens: true });

  const values: Record<string, unknown> = {};
  for (const [name, def] of Object.entries(all)) {
    values[camel(name)] = def.kind === 'list' ? [] : (def.default ?? (def.value === undefined ? false : undefined));
  }
  const args: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') args.push(token.value);
    if (token.kind !== 'option') continue;
    const name = nameOf.get(token.name);
    if (name === undefined) throw unknownFlag(token.rawName, [...nameOf.keys()], commandLine);
    const def = all[name]!;
    if (def.value === undefined) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
      values[camel(name)] = true;
      continue;
    }
    if (token.value === undefined)
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${def.value}`);
    const value = checkValue(token.rawName, token.value, def);
    if (def.kind === 'list') (values[camel(name)] as unknown[]).push(value);
    else values[camel(name)] = value;
  }
  return { ...values, args, help: values['help'] === true };
}

/** `--pre` becomes `--pretty` when no other flag starts so. */
function expandAbbreviation(arg: string, nameOf: ReadonlyMap<string, string>): string {
  const word = /^--([^=]+)(=.*)?$/s.exec(arg);
  if (!word || nameOf.has(word[1]!)) return arg;
  const longer = [...nameOf.keys()].filter((name) => name.startsWith(word[1]!));
  return longer.length === 1 ? `--${longer[0]}${word[2] ?? ''}` : arg;
}

function checkValue(rawName: string, value: string, def: FlagDef): string | number {
  if (def.choices && !def.choices.includes(value)) {
    const near = nearest(value, def.choices)[0];
    throw new UsageError(
      `${rawName} ${value}: not one of ${def.choices.join(', ')}`,
      near === undefined ? undefined : `Did you mean ${rawName} ${near}?`,
    );
  }
  if (def.kind !== 'number') return value;
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < 0) {
    throw new UsageError(`${rawName} ${value}: not a whole number`);
  }
  return number;
}

function unknownFlag(rawName: string, known: readonly string[], commandLine: string): UsageError {
  const near = nearest(rawName.replace(/^-+/, ''), known)[0];
  return new UsageError(
    `unknown option ${rawName}`,
    near === undefined ? `\`${commandLine} --help\` lists the options.` : `Did you mean --${near}?`,
  );
}
