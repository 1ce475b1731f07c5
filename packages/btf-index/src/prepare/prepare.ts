// The part of ingesting that needs no index: parse a BTF and hash all that is in it. It runs in any thread; the result
// travels by postMessage, its buffers without a copy.

import { createHash } from 'node:crypto';
import { type Btf, type BtfHeader, infoKind, infoVlen, parseBtf, pointerSize } from '@btfq/btf-format';
import { IndexError } from '../errors.ts';
import { declarationKind } from '../encoding/declaration-body.ts';
import { ModuleBase } from '../modules/module-base.ts';
import { parseModule, type PortableModule, PortableWriter } from '../modules/portable-module.ts';
import { emptyTables, type PlainTables, plainTables } from '../modules/set-tables.ts';
import type { Alike, EarlierKernel } from './earlier.ts';
import type { OneMemory } from './one-memory.ts';
import { sketchOf } from './similarity-sketch.ts';
import { hashStrings, type StringHashes, stringNumbers } from './string-hashes.ts';
import { hashStringsAlike, StringMoves } from './string-runs.ts';
import { hashKernel, hashTypes, hashTypesAlike, type TypeHashes } from './type-hashes.ts';

/** Of the hashes by which modules are found again. */
const HASH_BYTES = 16;

/** A module to store with its kernel: its BTF split over the kernel's, or over a distilled base of its own. */
export interface ModuleInput {
  readonly name: string;
  readonly btf: Uint8Array;
  readonly base?: Uint8Array | undefined;
}

/** A module that was parsed and hashed. */
export interface PreparedModule {
  readonly name: string;
  /** Its BTF, and the distilled base that this is split over instead of the kernel's. */
  readonly btf: Uint8Array;
  readonly base: Uint8Array | undefined;
  /** The same without its kernel's numbers, where that can be; numbered by the tables of its kernel's set. */
  readonly portable: PortableModule | undefined;
  /** Of its own types. */
  readonly types: TypeHashes;
  /** Equal for modules that declare the same and are equally large, whatever kernel they are of. */
  readonly hash: Uint8Array;
}

/** What all modules of a kernel have in common. */
export interface PreparedSet {
  readonly tables: PlainTables;
  /** SHA-256 of the modules' names and bytes. */
  readonly digest: Uint8Array;
}

/** A BTF that was parsed and hashed: all that `commitKernel` needs. Plain data. */
export interface PreparedKernel {
  readonly bytes: Uint8Array;
  readonly sha256: Uint8Array;
  readonly header: BtfHeader;
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
  readonly pointerSize: number | undefined;
  readonly strings: StringHashes;
  readonly types: TypeHashes;
  /** Whether it is known that each name in its types is a whole string, and not the tail of one. */
  readonly namesBegin: boolean;
  /** What is known of a kernel like it. */
  readonly alike: Alike | undefined;
  readonly sketch: Uint8Array;
  readonly modules: readonly PreparedModule[];
  /** undefined where there are no modules. */
  readonly moduleSet: PreparedSet | undefined;
  /** What holds its arrays, if they were put into one piece of memory (`inOneMemory`). */
  readonly memory?: OneMemory | undefined;
  /** Symbols of its configuration with their values: see kernel-config.ts. undefined where it was not given. */
  readonly config: ReadonlyMap<string, string> | undefined;
}

/**
 * Parses and hashes a kernel's BTF and its modules'. The bytes are copied if they are a part of a larger buffer, else
 * kept, and what was parsed already is not parsed again. With an earlier kernel (`earlierOf`) the result is the same, sooner if the two are alike. Throws `BtfError`
 * where the kernel's or a module's BTF is refused, `duplicate-module`.
 */
export function prepareKernel(
  btf: Uint8Array | Btf,
  modules: readonly ModuleInput[] = [],
  config?: ReadonlyMap<string, string>,
  earlier?: EarlierKernel,
): PreparedKernel {
  const given = btf instanceof Uint8Array ? btf : btf.bytes;
  const bytes = given.byteLength === given.buffer.byteLength && !Buffer.isBuffer(given) ? given : new Uint8Array(given);
  const view = !(btf instanceof Uint8Array) && bytes === given ? btf : parseBtf(bytes);
  const { strings, types, namesBegin, alike, sketch } = hashesOf(view, earlier);
  return {
    bytes,
    sha256: sha256(bytes),
    header: view.header,
    words: view.words,
    starts: view.starts,
    pointerSize: pointerSize(view),
    strings,
    types,
    namesBegin,
    alike,
    sketch: sketch ?? sketchOf(view, types),
    ...prepareModules(view, modules),
    config,
  };
}

function hashesOf(
  view: Btf,
  earlier: EarlierKernel | undefined,
): Pick<PreparedKernel, 'strings' | 'types' | 'namesBegin' | 'alike'> & { readonly sketch?: Uint8Array | undefined } {
  const { bytes } = view.strings;
  const compared = earlier && hashStringsAlike(bytes, earlier.stringBytes, earlier.strings);
  if (earlier === undefined || compared === undefined) {
    const strings = hashStrings(bytes);
    return { strings, ...hashKernel(view, strings), alike: undefined };
  }
  const { strings, runs } = compared;
  const { words, starts, types: known, namesBegin, pointerSize } = earlier;
  const moves = new StringMoves(runs, earlier.stringBytes.length);
  const { types, pairs, ...rest } = hashTypesAlike(view, strings, {
    words,
    starts,
    types: known,
    namesBegin,
    pointerSize,
    moves,
  });
  return { strings, types, ...rest, alike: pairs && { sha256: earlier.sha256, strings: runs, pairs } };
}

/** The modules of a kernel, in order of their names. Throws `BtfError`, `duplicate-module`. */
export function prepareModules(
  kernel: Btf,
  modules: readonly ModuleInput[],
): Pick<PreparedKernel, 'modules' | 'moduleSet'> {
  if (modules.length === 0) return { modules: [], moduleSet: undefined };
  const sorted = [...modules].sort((a, b) => (a.name < b.name ? -1 : 1));
  sorted.forEach(({ name }, i) => {
    if (name === sorted[i + 1]?.name) {
      throw new IndexError('duplicate-module', `there are two modules named ${name}`);
    }
  });
  const base = new ModuleBase(kernel);
  const tables = emptyTables();
  const writer = new PortableWriter(base, tables);
  const prepared = sorted.map((module) => prepareModule(base, module, writer));
  return { modules: prepared, moduleSet: { tables: plainTables(tables), digest: digestOf(sorted) } };
}

/** SHA-256 of modules, given in order of their names. */
export function digestOf(modules: readonly ModuleInput[]): Uint8Array {
  const all = createHash('sha256');
  for (const { name, btf, base } of modules) {
    all.update(`${name}\0`).update(sha256(btf));
    if (base !== undefined) all.update(sha256(base));
  }
  return new Uint8Array(all.digest());
}

/** Parses and hashes a module over its kernel's BTF. Without a writer it is only hashed. Throws `BtfError`. */
export function prepareModule(base: ModuleBase, module: ModuleInput, writer?: PortableWriter): PreparedModule {
  const own = module.base === undefined ? base : new ModuleBase(parseBtf(module.base), base.hashes.pointerSize);
  const btf = parseModule(own, module.btf);
  const strings = hashStrings(btf.strings.bytes);
  const types = hashTypes(btf, strings, own.hashes);
  const portable = module.base === undefined ? writer?.write(btf, strings, stringNumbers(strings)) : undefined;
  const hash = createHash('sha256').update(declarationSum(btf, types)).update(String(module.btf.length));
  if (module.base !== undefined) hash.update(module.base);
  return {
    name: module.name,
    btf: module.btf,
    base: module.base,
    portable,
    types,
    hash: new Uint8Array(hash.digest().subarray(0, HASH_BYTES)),
  };
}

/** A sum over all declarations, whatever their order: pahole's threads write the parts of a module as they come. */
function declarationSum({ words, starts }: Btf, { lo, hi, discriminators }: TypeHashes): Uint8Array {
  const sums = new Int32Array(5);
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i]!;
    const info = words[at + 1]!;
    const kind = declarationKind(infoKind(info), words[at] !== 0);
    if (kind === undefined || (words[at] === 0 && infoVlen(info) === 0)) continue;
    let h = Math.imul(lo[i]! ^ kind, 0x85ebca6b);
    for (let lane = 0; lane < 4; lane++) {
      h = Math.imul(h ^ (h >>> 15) ^ ((lane & 1 ? lo[i] : hi[i]) as number), 0xc2b2ae35);
      h = Math.imul(h ^ (h >>> 13) ^ discriminators[i]!, 0x27d4eb2f);
      sums[lane] = sums[lane]! + (h ^ (h >>> 16));
    }
    sums[4] = sums[4]! + 1;
  }
  return new Uint8Array(sums.buffer);
}

/** The buffers that can be moved to another thread with a prepared kernel; shared ones need not be. */
export function transferables(prepared: PreparedKernel): ArrayBuffer[] {
  const { bytes, words, starts, strings, types, modules } = prepared;
  const arrays = [
    ...modules.flatMap(({ portable, types: own }) => [
      own.lo,
      own.hi,
      own.sizes,
      ...(portable === undefined ? [] : [portable.words]),
    ]),
    bytes,
    words,
    starts,
    strings.starts,
    strings.lo,
    strings.hi,
    types.lo,
    types.hi,
    types.sizes,
    types.discriminators,
  ];
  const buffers = new Set(arrays.map(({ buffer }) => buffer));
  return [...buffers].filter((one) => one instanceof ArrayBuffer).filter(({ byteLength }) => byteLength > 0);
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
