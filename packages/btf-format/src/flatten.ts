// All layers of a BTF as one: for what walks the whole graph of types many times, as the dumps do. Ids index one table
// and string offsets one array, with no question which layer has them.

import type { Btf } from './btf.ts';

/** A BTF with its bases, as plain arrays. Void has a record of zeros behind the last type's. */
export interface FlatBtf {
  /** The records of all types in order of ids, then void's. */
  readonly words: Uint32Array;
  /** Where in `words` a type begins, by id; one more entry: where the last type ends. */
  readonly starts: Uint32Array;
  /** All strings: an offset in the BTF is an index here. */
  readonly strings: Uint8Array;
  /** Ids are below this. */
  readonly typeCount: number;
  /** The first id of the top layer. */
  readonly startId: number;
}

const VOID_WORDS = 3;

/** Copies the type sections together, and the strings where there is a base. */
export function flatten(btf: Btf): FlatBtf {
  const layers: Btf[] = [];
  for (let layer: Btf | undefined = btf; layer !== undefined; layer = layer.base) layers.unshift(layer);

  const end = layers.reduce((sum, layer) => sum + layer.words.length, 0);
  const words = new Uint32Array(end + VOID_WORDS);
  const starts = new Uint32Array(btf.typeCount + 1);
  let at = 0;
  for (const layer of layers) {
    words.set(layer.words, at);
    const count = layer.starts.length - 1;
    starts.set(layer.starts.subarray(0, count), layer.startId);
    if (at > 0) for (let id = layer.startId; id < layer.startId + count; id++) starts[id] = at + starts[id]!;
    at += layer.words.length;
  }
  starts[0] = end;
  starts[btf.typeCount] = end;
  return { words, starts, strings: flattenStrings(btf, layers), typeCount: btf.typeCount, startId: btf.startId };
}

function flattenStrings(btf: Btf, layers: readonly Btf[]): Uint8Array {
  if (layers.length === 1) return btf.strings.bytes;
  const strings = new Uint8Array(btf.stringEnd);
  for (const layer of layers) strings.set(layer.strings.bytes, layer.startStringOffset);
  return strings;
}
