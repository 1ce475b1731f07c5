// All layers of a BTF as one: for what walks the whole graph of types many times, as the dumps do. Ids index one table
// and string offsets one array, with no question which layer has them.

import type { Btf } from './reader.ts';

/** A BTF with its bases, as plain arrays. Void has a record of zeros at word 0. */
export interface FlatBtf {
  /** The records of void and of every type, in order of ids. */
  readonly words: Uint32Array;
  /** Where in `words` a type begins, by id; one more entry: the end. */
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

  const words = new Uint32Array(layers.reduce((sum, layer) => sum + layer.words.length, VOID_WORDS));
  const starts = new Uint32Array(btf.typeCount + 1);
  let at = VOID_WORDS;
  for (const layer of layers) {
    words.set(layer.words, at);
    const count = layer.starts.length - 1;
    for (let i = 0; i < count; i++) starts[layer.startId + i] = at + (layer.starts[i] as number);
    at += layer.words.length;
  }
  starts[btf.typeCount] = at;
  return { words, starts, strings: flattenStrings(btf, layers), typeCount: btf.typeCount, startId: btf.startId };
}

function flattenStrings(btf: Btf, layers: readonly Btf[]): Uint8Array {
  if (layers.length === 1) return btf.strings.bytes;
  const strings = new Uint8Array(btf.stringEnd);
  for (const layer of layers) strings.set(layer.strings.bytes, layer.startStringOffset);
  return strings;
}
