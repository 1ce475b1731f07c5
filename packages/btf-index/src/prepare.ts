// The part of ingesting that needs no index: parse a BTF and hash all that is in it. It runs in any thread; the result
// travels by postMessage, its buffers without a copy.

import { createHash } from 'node:crypto';
import { type BtfHeader, parseBtf, pointerSize } from '@btfq/btf-format';
import { sketchOf } from './sketch.ts';
import { hashStrings, type StringHashes } from './string-hashes.ts';
import { hashTypes, type TypeHashes } from './type-hashes.ts';

/** A module to store with its kernel: its BTF split over the kernel's, or over a distilled base of its own. */
export interface ModuleInput {
  readonly name: string;
  readonly btf: Uint8Array;
  readonly base?: Uint8Array | undefined;
}

/** A module's bytes and hashes; `base` is its distilled base. */
export interface PreparedModule {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: Uint8Array;
  readonly base: { readonly bytes: Uint8Array; readonly sha256: Uint8Array } | undefined;
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
    modules: modules.map((module) => {
      const base = module.base && parseBtf(module.base);
      parseBtf(module.btf, { base: base ?? view });
      return {
        name: module.name,
        bytes: new Uint8Array(module.btf),
        sha256: sha256(module.btf),
        base: module.base && { bytes: new Uint8Array(module.base), sha256: sha256(module.base) },
      };
    }),
  };
}

/** The buffers that can be moved to another thread with a prepared kernel. */
export function transferables(prepared: PreparedKernel): ArrayBuffer[] {
  const { bytes, words, starts, strings, types, modules } = prepared;
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
    ...modules.flatMap((module) => (module.base ? [module.bytes, module.base.bytes] : [module.bytes])),
  ];
  return [...new Set(arrays.map((array) => array.buffer as ArrayBuffer))];
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
