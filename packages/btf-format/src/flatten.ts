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

/** Words of void's record. */
export const VOID_WORDS = 3;

/** Copies the type sections together, and the strings where there is a base. */
export function flatten(btf: Btf): FlatBtf {
  const layers = layersOf(btf);
  const end = layers.reduce((sum, layer) => sum + layer.words.length, 0);
  const words = new Uint32Array(end + VOID_WORDS);
  const starts = new Uint32Array(btf.typeCount + 1);
  typesOfLayers(btf, words, starts);
  let strings = btf.strings.bytes;
  if (layers.length > 1) stringsOfLayers(btf, (strings = new Uint8Array(btf.stringEnd)));
  return { words, starts, strings, typeCount: btf.typeCount, startId: btf.startId };
}

/** From the lowest base up. */
function layersOf(btf: Btf): Btf[] {
  const layers: Btf[] = [];
  for (let layer: Btf | undefined = btf; layer !== undefined; layer = layer.base) layers.unshift(layer);
  return layers;
}

/** The records of all layers, void's last, and where each begins, written into arrays that have exactly the room. */
export function typesOfLayers(btf: Btf, words: Uint32Array, starts: Uint32Array): void {
  let at = 0;
  for (const layer of layersOf(btf)) {
    words.set(layer.words, at);
    const count = layer.starts.length - 1;
    starts.set(layer.starts.subarray(0, count), layer.startId);
    if (at > 0) for (let id = layer.startId; id < layer.startId + count; id++) starts[id] = at + starts[id]!;
    at += layer.words.length;
  }
  words.fill(0, at);
  starts[0] = at;
  starts[btf.typeCount] = at;
}

/** All strings at their offsets. */
export function stringsOfLayers(btf: Btf, strings: Uint8Array): void {
  for (const layer of layersOf(btf)) strings.set(layer.strings.bytes, layer.startStringOffset);
}
