// The modules of one kernel as they are stored: a directory, which says what is new against the set that it is a difference
// from, and parts of about a megabyte with the modules that changed or came. Each is a zstd frame of its own.
//
//   directory: new strings | new keys | names that went, that came | which changed | which of them are kept as they are |
//   how many are in each part

import type { Codec } from '../codec/codec.ts';
import { VarintReader } from '../varints.ts';
import { ModuleDeltaReader, NO_MODULE } from './module-delta.ts';
import type { PortableModule } from './portable-module.ts';
import { appendTables, copyTables, emptyTables, type SetTables } from './set-tables.ts';

export const MAX_PART_BYTES = 1 << 28;

/** A module of a set: without its kernel's numbers, or its bytes as they are, with the distilled base that it is over. */
export type SetModule = PortableModule | RawModule;

export interface RawModule {
  readonly btf: Uint8Array;
  readonly base: Uint8Array | undefined;
}

export function isRaw(module: SetModule): module is RawModule {
  return 'btf' in module;
}

/** Modules by name, in order of their names. */
export interface ModuleSet {
  readonly tables: SetTables;
  readonly modules: ReadonlyMap<string, SetModule>;
}

export const NO_MODULES: ModuleSet = { tables: emptyTables(), modules: new Map() };

/** Reads a stored set, part by part, as they are asked for. */
export interface StoredSet {
  /** A part, 0 the directory. */
  part(number: number): Uint8Array;
}

/**
 * The set that is stored as a difference from `base`. With `only`, just the module of this name: `base` need not have others
 * then. Throws RangeError, or the codec's errors, where the data is damaged.
 */
export function decodeModuleSet(base: ModuleSet, stored: StoredSet, codec: Codec, only?: string): ModuleSet {
  const tables = copyTables(base.tables);
  const unpack = (number: number) => codec.unzstd(stored.part(number), MAX_PART_BYTES);
  const { names, changed, raw, parts } = readDirectory(new VarintReader(unpack(0)), namesOf(base), tables);
  const modules = new Map<string, SetModule>();
  for (const name of names) {
    const before = base.modules.get(name) ?? UNKNOWN;
    modules.set(name, before);
  }
  let part = 0;
  let first = 0; // of the modules in the part
  let reader: ModuleDeltaReader | undefined;
  let rawPart = parts.length;
  let at = 0; // among those that are not raw
  for (const name of changed) {
    const isKept = raw.has(name);
    if (isKept) rawPart++;
    else {
      while (part < parts.length && at >= first + parts[part]!) {
        first += parts[part++]!;
        reader = undefined;
      }
    }
    if (only === undefined || only === name) {
      if (isKept) modules.set(name, readRaw(unpack(rawPart)));
      else {
        reader ??= new ModuleDeltaReader(unpack(part + 1));
        if (at - first >= reader.count) throw new RangeError('a part lacks a module');
        const before = base.modules.get(name);
        modules.set(name, reader.read(at - first, before === undefined || isRaw(before) ? NO_MODULE : before));
      }
    }
    if (!isKept) at++;
  }
  return { tables, modules };
}

/** A module that was not asked for. */
const UNKNOWN: RawModule = { btf: new Uint8Array(0), base: undefined };

function namesOf({ modules }: ModuleSet): string[] {
  return [...modules.keys()];
}

export interface Directory {
  readonly names: readonly string[];
  readonly changed: readonly string[];
  readonly raw: ReadonlySet<string>;
  readonly parts: readonly number[];
}

/** Reads a directory, and enters its strings and keys. Throws RangeError where it is damaged. */
export function readDirectory(input: VarintReader, before: readonly string[], tables: SetTables): Directory {
  const strings = input.nextBytes(input.next());
  const keys = input.next();
  const lo = input.nextBytes(keys * 4);
  const hi = input.nextBytes(keys * 2);
  const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const keysLo = Int32Array.from({ length: keys }, (_, i) => view(lo).getInt32(i * 4, true));
  const keysHi = Int32Array.from({ length: keys }, (_, i) => view(hi).getUint16(i * 2, true) | (input.next() << 16));
  appendTables(tables, { strings, keysLo, keysHi });
  const gone = new Set(readGaps(input, before.length));
  const came = new TextDecoder().decode(input.nextBytes(input.next()));
  const names = before.filter((_, i) => !gone.has(i));
  if (came !== '') names.push(...came.split('\0'));
  names.sort(byName);
  if (new Set(names).size !== names.length) throw new RangeError('a module is there twice');
  const changed = readGaps(input, names.length).map((i) => names[i]!);
  const raw = new Set(readGaps(input, changed.length).map((i) => changed[i]!));
  const count = input.next();
  if (count > changed.length) throw new RangeError('there are too many parts');
  const parts = Array.from({ length: count }, () => input.next());
  return { names, changed, raw, parts };
}

export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ascending numbers, by how far each is from the one before. */
function readGaps(input: VarintReader, limit: number): number[] {
  const count = input.next();
  if (count > limit) throw new RangeError('there are too many modules');
  const found: number[] = [];
  for (let at = -1; found.length < count; ) {
    at += input.next() + 1;
    if (at >= limit) throw new RangeError('there is no such module');
    found.push(at);
  }
  return found;
}

function readRaw(part: Uint8Array): RawModule {
  const input = new VarintReader(part);
  const btf = input.nextBytes(input.next()).slice();
  const base = input.next() === 1 ? input.nextBytes(input.next()).slice() : undefined;
  return { btf, base };
}
