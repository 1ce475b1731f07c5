// The part of ingesting that needs no index: parse a BTF and hash all that is in it. It runs in any thread; the result
// travels by postMessage, its buffers without a copy.

import { createHash } from 'node:crypto';
import { type Btf, type BtfHeader, parseBtf, pointerSize } from '@btfq/btf-format';
import { IndexError } from '../errors.ts';
import { encodeModule, ModuleBase, parseModule } from './module-codec.ts';
import { sketchOf } from './similarity-sketch.ts';
import { hashStrings, type StringHashes } from './string-hashes.ts';
import { hashTypes, type TypeHashes } from './type-hashes.ts';

/** Of the hashes by which modules are found again. */
const HASH_BYTES = 16;

/** A module to store with its kernel: its BTF split over the kernel's, or over a distilled base of its own. */
export interface ModuleInput {
  readonly name: string;
  readonly btf: Uint8Array;
  readonly base?: Uint8Array | undefined;
}

/** A module that was parsed and hashed: stored without its kernel's numbers where that can be. */
export interface PreparedModule {
  readonly name: string;
  /** Its BTF, and the distilled base that this is split over instead of the kernel's. */
  readonly btf: Uint8Array;
  readonly base: Uint8Array | undefined;
  readonly stored: StoredModule;
  readonly storedBase: StoredModule | undefined;
  /** Of its own types. */
  readonly types: TypeHashes;
  /** Equal for modules that are stored alike and declare the same, whatever kernel they are of. */
  readonly hash: Uint8Array;
}

/** What is stored of a module or distilled base: equal ones have equal hashes. */
export interface StoredModule {
  readonly hash: Uint8Array;
  /** Whether `data` is stored without the kernel's numbers; else it is the bytes as they are. */
  readonly encoded: boolean;
  readonly data: Uint8Array;
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
  readonly sketch: Uint8Array;
  readonly modules: readonly PreparedModule[];
  /** Symbols of its configuration with their values: see kernel-config.ts. undefined where it was not given. */
  readonly config: ReadonlyMap<string, string> | undefined;
}

/**
 * Parses and hashes a kernel's BTF and its modules'. The bytes are copied if they are a part of a larger buffer, else
 * kept. Throws `BtfError` where the kernel's or a module's BTF is refused, `duplicate-module`.
 */
export function prepareKernel(
  btf: Uint8Array,
  modules: readonly ModuleInput[] = [],
  config?: ReadonlyMap<string, string>,
): PreparedKernel {
  const bytes = btf.byteLength === btf.buffer.byteLength && !Buffer.isBuffer(btf) ? btf : new Uint8Array(btf);
  const view = parseBtf(bytes);
  const strings = hashStrings(view.strings.bytes);
  const types = hashTypes(view, strings);
  return {
    bytes,
    sha256: sha256(bytes),
    header: view.header,
    words: view.words,
    starts: view.starts,
    pointerSize: pointerSize(view),
    strings,
    types,
    sketch: sketchOf(view, types),
    modules: prepareModules(view, modules),
    config,
  };
}

function prepareModules(kernel: Btf, modules: readonly ModuleInput[]): PreparedModule[] {
  if (modules.length === 0) return [];
  const names = new Set<string>();
  for (const { name } of modules) {
    if (names.has(name)) throw new IndexError('duplicate-module', `there are two modules named ${name}`);
    names.add(name);
  }
  const base = new ModuleBase(kernel);
  return modules.map((module) => prepareModule(base, module));
}

/** Parses and hashes a module over its kernel's BTF. Throws `BtfError`. */
export function prepareModule(base: ModuleBase, module: ModuleInput): PreparedModule {
  const own = module.base === undefined ? base : new ModuleBase(parseBtf(module.base), base.hashes.pointerSize);
  const btf = parseModule(own, module.btf);
  const types = hashModule(own, btf);
  const encoded = module.base === undefined ? encodeModule(base, btf) : undefined;
  const stored = storedModule(encoded ?? module.btf, encoded !== undefined);
  const storedBase = module.base && storedModule(module.base, false);
  const hash = createHash('sha256').update(stored.hash);
  if (storedBase !== undefined) hash.update(storedBase.hash);
  hash.update(types.lo).update(types.hi).update(types.discriminators);
  return {
    name: module.name,
    btf: module.btf,
    base: module.base,
    stored,
    storedBase,
    types,
    hash: new Uint8Array(hash.digest().subarray(0, HASH_BYTES)),
  };
}

/** Hashes of a module's own types, as its kernel's are hashed. */
export function hashModule(base: ModuleBase, module: Btf): TypeHashes {
  return hashTypes(module, hashStrings(module.strings.bytes), base.hashes);
}

function storedModule(data: Uint8Array, encoded: boolean): StoredModule {
  const hash = createHash('sha256')
    .update(encoded ? 'module' : 'bytes')
    .update(data)
    .digest();
  return { hash: new Uint8Array(hash.subarray(0, HASH_BYTES)), encoded, data };
}

/** The buffers that can be moved to another thread with a prepared kernel. */
export function transferables(prepared: PreparedKernel): ArrayBuffer[] {
  const { bytes, words, starts, strings, types, modules } = prepared;
  const arrays = [
    ...modules.flatMap(({ stored, types: own }) => [
      own.lo,
      own.hi,
      own.sizes,
      ...(stored.encoded ? [stored.data] : []),
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
  return [...new Set(arrays.map((array) => array.buffer as ArrayBuffer))].filter(({ byteLength }) => byteLength > 0);
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
