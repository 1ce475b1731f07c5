// The part of ingesting that needs no index: parse a BTF and hash all that is in it. It runs in any thread; the result
// travels by postMessage, its buffers without a copy.

import { createHash } from 'node:crypto';
import { constants as zlib, zstdCompressSync } from 'node:zlib';
import { type Btf, type BtfHeader, parseBtf, pointerSize } from '@btfq/btf-format';
import { type EncodedModule, encodeModule, ModuleBase } from './module-codec.ts';
import { sketchOf } from './similarity-sketch.ts';
import { hashStrings, type StringHashes } from './string-hashes.ts';
import { hashTypes, type TypeHashes } from './type-hashes.ts';

const MODULE_LEVEL = 9;

/** A module to store with its kernel: its BTF split over the kernel's, or over a distilled base of its own. */
export interface ModuleInput {
  readonly name: string;
  readonly btf: Uint8Array;
  readonly base?: Uint8Array | undefined;
}

/** A module with its hash, told without its kernel's numbers where that can be; `base` is its distilled base. */
export interface PreparedModule {
  readonly name: string;
  readonly length: number;
  readonly sha256: Uint8Array;
  readonly stored: StoredModule;
  readonly base: StoredModule | undefined;
}

/** What is stored of a module or distilled base: equal ones have equal keys. */
export interface StoredModule {
  /** SHA-256 of what is stored, before it is compressed where it is bytes as they are. */
  readonly key: Uint8Array;
  readonly length: number;
  readonly encoded: EncodedModule | undefined;
  /** Compressed bytes, where they are not encoded. */
  readonly bytes: Uint8Array | undefined;
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
}

/**
 * Parses and hashes a kernel's BTF and its modules'. The bytes are copied if they are a part of a larger buffer, else
 * kept. Throws `BtfError` where the kernel's or a module's BTF is refused.
 */
export function prepareKernel(btf: Uint8Array, modules: readonly ModuleInput[] = []): PreparedKernel {
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
  };
}

function prepareModules(kernel: Btf, modules: readonly ModuleInput[]): PreparedModule[] {
  const base = modules.some((module) => module.base === undefined) ? new ModuleBase(kernel) : undefined;
  return modules.map((module) => {
    const own = module.base && parseBtf(module.base);
    if (own !== undefined) parseBtf(module.btf, { base: own });
    const encoded = own === undefined && base !== undefined ? encodeModule(base, module.btf) : undefined;
    return {
      name: module.name,
      length: module.btf.length,
      sha256: sha256(module.btf),
      stored: encoded === undefined ? storedBytes(module.btf) : storedCode(encoded, module.btf.length),
      base: module.base && storedBytes(module.base),
    };
  });
}

function storedBytes(bytes: Uint8Array): StoredModule {
  const params = { [zlib.ZSTD_c_compressionLevel]: MODULE_LEVEL };
  return { key: sha256(bytes), length: bytes.length, encoded: undefined, bytes: zstdCompressSync(bytes, { params }) };
}

function storedCode(encoded: EncodedModule, length: number): StoredModule {
  const hash = createHash('sha256').update('module');
  hash.update(BigUint64Array.from([...encoded.types, 0n, ...encoded.strings]));
  return { key: new Uint8Array(hash.update(encoded.body).digest()), length, encoded, bytes: undefined };
}

/** The buffers that can be moved to another thread with a prepared kernel. */
export function transferables(prepared: PreparedKernel): ArrayBuffer[] {
  const { bytes, words, starts, strings, types } = prepared;
  const arrays = [
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
  return [...new Set(arrays.map((array) => array.buffer as ArrayBuffer))];
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
