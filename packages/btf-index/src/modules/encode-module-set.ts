// Writes a set of modules as a difference from another: see module-set.ts for its parts.

import { constants as zlib, zstdCompressSync } from 'node:zlib';
import { nodeCodec } from '../codec/node-codec.ts';
import { VarintReader, VarintWriter } from '../varints.ts';
import { ModuleDeltaReader, ModuleDeltaWriter, NO_MODULE } from './module-delta.ts';
import {
  byName,
  isRaw,
  MAX_PART_BYTES,
  type ModuleSet,
  type RawModule,
  readDirectory,
  type SetModule,
} from './module-set.ts';
import type { PortableModule } from './portable-module.ts';
import { copyTables, emptyTables, plainTables, type SetTables } from './set-tables.ts';
import { Role, rolesOf } from './word-roles.ts';

/** A part is closed when it has so many bytes, before compression. */
const PART_BYTES = 1 << 20;
/** Little data is compressed as well as can be; thousands of modules at once, quickly. */
const LEVEL = 19;
const LARGE_LEVEL = 6;
const LARGE_BYTES = 1 << 21;

export interface EncodedSet {
  /** The set with the numbers that it is stored with. */
  readonly set: ModuleSet;
  /** The directory, then the parts; compressed. */
  readonly parts: readonly Uint8Array[];
  /** Their bytes. */
  readonly bytes: number;
}

/** Tells modules, in any order, from a set. What is returned was decoded and compared. */
export function encodeModuleSet(base: ModuleSet, given: ModuleSet): EncodedSet {
  const isFirst = base.modules.size === 0 && base.tables.strings.count === 0;
  const tables = isFirst ? given.tables : copyTables(base.tables);
  const [firstString, firstKey] = [base.tables.strings.count, base.tables.keys.count];
  const renumber = isFirst ? (module: PortableModule) => module : renumbering(given.tables, tables);
  const modules = new Map<string, SetModule>();
  for (const name of [...given.modules.keys()].sort(byName)) {
    const module = given.modules.get(name) as SetModule;
    modules.set(name, isRaw(module) ? module : renumber(module));
  }
  const names = [...modules.keys()];
  const before = [...base.modules.keys()];
  const changed = names.filter((name) => !isSame(base.modules.get(name), modules.get(name) as SetModule));
  const writers: ModuleDeltaWriter[] = [];
  const raws: Uint8Array[] = [];
  for (const name of changed) {
    const module = modules.get(name) as SetModule;
    if (isRaw(module)) {
      raws.push(rawPart(module));
      continue;
    }
    let writer = writers.at(-1);
    if (writer === undefined || writer.length >= PART_BYTES) writers.push((writer = new ModuleDeltaWriter()));
    const from = base.modules.get(name);
    writer.add(from === undefined || isRaw(from) ? NO_MODULE : from, module);
  }

  const out = new VarintWriter(1 << 16);
  const { strings, keysLo, keysHi } = plainTables(tables, firstString, firstKey);
  out.add(strings.length);
  out.addBytes(strings);
  out.add(keysLo.length);
  out.addBytes(new Uint8Array(littleEndian(keysLo).buffer));
  out.addBytes(new Uint8Array(Uint16Array.from(keysHi).buffer));
  for (const hi of keysHi) out.add(hi >>> 16);
  addGaps(out, before, (name) => !modules.has(name));
  const came = Buffer.from(names.filter((name) => !base.modules.has(name)).join('\0'));
  out.add(came.length);
  out.addBytes(came);
  const isChanged = new Set(changed);
  addGaps(out, names, (name) => isChanged.has(name));
  addGaps(out, changed, (name) => isRaw(modules.get(name) as SetModule));
  out.add(writers.length);
  for (const { count } of writers) out.add(count);

  const contents = [out.finish(), ...writers.map((writer) => writer.finish()), ...raws];
  const large = contents.reduce((sum, { length }) => sum + length, 0) > LARGE_BYTES;
  const parts = contents.map((content) => pack(content, large ? LARGE_LEVEL : LEVEL));
  const set = { tables, modules };
  const unpacked = parts.map((part) => nodeCodec.unzstd(part, MAX_PART_BYTES));
  const same =
    unpacked.every((content, i) => Buffer.compare(content, contents[i] as Uint8Array) === 0) &&
    isReadAs(base, unpacked, set, changed);
  if (!same) throw new Error('a set of modules does not give its modules back');
  return { set, parts, bytes: parts.reduce((sum, { length }) => sum + length, 0) };
}

/** All hosts that Node runs on are little-endian or turn words here. */
function littleEndian(values: Int32Array): Int32Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => {
    view.setInt32(i * 4, value, true);
  });
  return new Int32Array(view.buffer);
}

function pack(content: Uint8Array, level: number): Uint8Array {
  return zstdCompressSync(content, { params: { [zlib.ZSTD_c_compressionLevel]: level } });
}

function rawPart({ btf, base }: RawModule): Uint8Array {
  const out = new VarintWriter(btf.length + (base?.length ?? 0) + 32);
  out.add(btf.length);
  out.addBytes(btf);
  out.add(base === undefined ? 0 : 1);
  if (base !== undefined) {
    out.add(base.length);
    out.addBytes(base);
  }
  return out.finish();
}

function addGaps(out: VarintWriter, names: readonly string[], is: (name: string) => boolean): void {
  const found = names.flatMap((name, i) => (is(name) ? [i] : []));
  out.add(found.length);
  let last = -1;
  for (const i of found) {
    out.add(i - last - 1);
    last = i;
  }
}

/** Gives modules the numbers of other tables, which grow. */
function renumbering(from: SetTables, to: SetTables): (module: PortableModule) => PortableModule {
  const strings = new Int32Array(from.strings.count).fill(-1);
  const keys = new Int32Array(from.keys.count).fill(-1);
  const stringOf = (number: number): number => {
    let found = strings[number]!;
    if (found < 0) {
      const { pairs, bytes, starts } = from.strings;
      const [at, end] = [starts[number]!, starts[number + 1]! - 1];
      found = to.strings.intern(pairs.lo[number]!, pairs.hi[number]!, bytes, at, end);
      strings[number] = found;
    }
    return found;
  };
  const keyOf = (number: number): number => {
    let found = keys[number]!;
    if (found < 0) {
      const [lo, hi] = [from.keys.lo[number]!, from.keys.hi[number]!];
      found = to.keys.find(lo, hi);
      if (found < 0) found = to.keys.add(lo, hi);
      keys[number] = found;
    }
    return found;
  };
  return ({ words, starts, order, unused, doubled, head }) => {
    const renumbered = new Uint32Array(words.length);
    for (let i = 0; i + 1 < starts.length; i++) {
      const at = starts[i]!;
      const end = starts[i + 1]!;
      const roles = rolesOf(words[at + 1]!, end - at);
      for (let w = at; w < end; w++) {
        const word = words[w]!;
        const role = roles[w - at];
        if (role === Role.plain || word === 0) renumbered[w] = word;
        else if (role === Role.name) renumbered[w] = stringOf(word - 1) + 1;
        else renumbered[w] = word % 2 === 1 ? word : 2 * keyOf(word / 2 - 1) + 2;
      }
    }
    return { words: renumbered, starts, order, unused: unused.map(stringOf), doubled: doubled.map(stringOf), head };
  };
}

function isSame(a: SetModule | undefined, b: SetModule): boolean {
  if (a === undefined || isRaw(a) !== isRaw(b)) return false;
  const same = (one: ArrayBufferView, other: ArrayBufferView) =>
    one.byteLength === other.byteLength && Buffer.compare(asBytes(one), asBytes(other)) === 0;
  if (isRaw(a) || isRaw(b)) {
    const [one, other] = [a as RawModule, b as RawModule];
    if ((one.base === undefined) !== (other.base === undefined)) return false;
    return same(one.btf, other.btf) && (one.base === undefined || same(one.base, other.base as Uint8Array));
  }
  return (
    same(a.words, b.words) && // what types there are says where they begin
    same(a.order, b.order) &&
    same(a.unused, b.unused) &&
    same(a.doubled, b.doubled) &&
    same(a.head, b.head)
  );
}

function asBytes(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

/** Whether the directory and the parts, unpacked, are read as what they were made of. */
function isReadAs(
  base: ModuleSet,
  contents: readonly Uint8Array[],
  { modules }: ModuleSet,
  changed: readonly string[],
): boolean {
  const directory = readDirectory(new VarintReader(contents[0] as Uint8Array), [...base.modules.keys()], emptyTables());
  const names = [...modules.keys()];
  if (directory.names.join('\0') !== names.join('\0') || directory.changed.join('\0') !== changed.join('\0')) {
    return false;
  }
  const told = changed.filter((name) => !directory.raw.has(name));
  let at = 0;
  return directory.parts.every((count, part) => {
    const reader = new ModuleDeltaReader(contents[part + 1] as Uint8Array);
    if (reader.count !== count) return false;
    for (let n = 0; n < count; n++) {
      const name = told[at++]!;
      const from = base.modules.get(name);
      const read = reader.read(n, from === undefined || isRaw(from) ? NO_MODULE : from);
      if (!isSame(read, modules.get(name) as SetModule)) return false;
    }
    return true;
  });
}
