// What user space does to an object before it loads it: flags of the command line, or named shapes in a file.
import type { RequirementOptions } from '@btfq/load-check';
import { InputError, UsageError } from '../errors.ts';

/** One shape. */
export interface Shape {
  /** undefined for that of the command line. */
  readonly name: string | undefined;
  /** The object's file name that it is for; undefined for every object. */
  readonly object: string | undefined;
  readonly options: RequirementOptions;
}

/** Flags that say how an object is loaded. */
export interface ShapeFlags {
  readonly set: readonly string[];
  readonly attach: readonly string[];
  readonly skip: readonly string[];
  readonly maxEntries: readonly string[];
  readonly all: boolean;
  readonly loader?: string | undefined;
}

/** The shape of the flags. Throws `UsageError`. */
export function shapeOfFlags(flags: ShapeFlags): RequirementOptions {
  return {
    set: new Map(flags.set.map((text) => pair(text, '--set', number))),
    attach: new Map(flags.attach.map((text) => pair(text, '--attach', String))),
    skip: new Set(flags.skip.flatMap((text) => text.split(','))),
    maxEntries: new Map(flags.maxEntries.map((text) => pair(text, '--max-entries', (value) => Number(number(value))))),
    // cilium's loader knows no programs that are off
    all: flags.all || flags.loader === 'cilium',
  };
}

function pair<T>(text: string, flag: string, read: (value: string) => T): [string, T] {
  const at = text.indexOf('=');
  if (at <= 0) throw new UsageError(`${flag} takes NAME=VALUE, not '${text}'`);
  return [text.slice(0, at), read(text.slice(at + 1))];
}

function number(text: string): bigint {
  if (text === 'true' || text === 'false') return text === 'true' ? 1n : 0n;
  if (!/^-?(0x[0-9a-fA-F]+|\d+)$/.test(text)) throw new UsageError(`'${text}' is not a number`);
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
}

/**
 * Reads a file of shapes, YAML or JSON; `docs/shapes.schema.json` is its schema. Throws `InputError` that names the place.
 */
export async function readShapes(text: string, path: string): Promise<Shape[]> {
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new InputError('bad-shapes', `${path}: ${(cause as Error).message}`, { path, cause });
  }
  const fault = (place: string, expected: string) =>
    new InputError('bad-shapes', `${path}: ${place}: expected ${expected}`, {
      path,
      hint: 'docs/shapes.schema.json is the schema of such files.',
    });
  const { shapes } = record(value, 'the file', fault);
  if (!Array.isArray(shapes)) throw fault('shapes', 'a list');
  return shapes.map((each, i): Shape => {
    const place = `shapes[${i}]`;
    const shape = record(each, place, fault);
    for (const key of Object.keys(shape))
      if (!KEYS.has(key)) throw fault(`${place}.${key}`, `one of ${[...KEYS].join(', ')}`);
    const { name, object, skip = [], all = false } = shape;
    if (typeof name !== 'string' || name === '') throw fault(`${place}.name`, 'a name');
    if (object !== undefined && typeof object !== 'string') throw fault(`${place}.object`, "an object's file name");
    if (!Array.isArray(skip) || !skip.every((one) => typeof one === 'string')) throw fault(`${place}.skip`, 'names');
    if (typeof all !== 'boolean') throw fault(`${place}.all`, 'true or false');
    const set = entries(shape['set'], `${place}.set`, fault).map(([key, one]): [string, bigint] => {
      if (typeof one === 'boolean') return [key, one ? 1n : 0n];
      if (typeof one === 'number' && Number.isSafeInteger(one)) return [key, BigInt(one)];
      if (typeof one === 'string' && /^-?(0x[0-9a-fA-F]+|\d+)$/.test(one)) return [key, number(one)];
      throw fault(`${place}.set.${key}`, 'a whole number');
    });
    const attach = entries(shape['attach'], `${place}.attach`, fault).map(([key, one]): [string, string] => {
      if (typeof one !== 'string') throw fault(`${place}.attach.${key}`, 'a target');
      return [key, one];
    });
    const maxEntries = entries(shape['maxEntries'], `${place}.maxEntries`, fault).map(
      ([key, one]): [string, number] => {
        if (typeof one !== 'number' || !Number.isInteger(one) || one < 0) {
          throw fault(`${place}.maxEntries.${key}`, 'a number of entries');
        }
        return [key, one];
      },
    );
    const options = {
      set: new Map(set),
      attach: new Map(attach),
      skip: new Set(skip as string[]),
      maxEntries: new Map(maxEntries),
      all,
    };
    return { name, object, options };
  });
}

const KEYS: ReadonlySet<string> = new Set(['name', 'object', 'set', 'attach', 'skip', 'maxEntries', 'all']);

type Fault = (place: string, expected: string) => InputError;

function record(value: unknown, place: string, fault: Fault): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(place, 'a mapping');
  return value as Record<string, unknown>;
}

function entries(value: unknown, place: string, fault: Fault): [string, unknown][] {
  return value === undefined ? [] : Object.entries(record(value, place, fault));
}
