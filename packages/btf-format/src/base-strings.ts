// Finds a string in the base of split BTF, so that the split part can refer to it instead of storing it again. libbpf btf.c:
// btf__find_str.

import type { Btf } from './btf.ts';
import { StringSet } from './string-set.ts';

/** Lookup over the strings of a layer, made when split BTF over it is first written. */
const lookups = new WeakMap<Btf, StringSet>();

/** The offset of `bytes[start, end)` in the base's layers, the lowest first; -1 where none has it. */
export function findInBase(base: Btf | undefined, bytes: Uint8Array, start: number, end: number): number {
  if (base === undefined) return -1;
  const below = findInBase(base.base, bytes, start, end);
  if (below >= 0) return below;
  let set = lookups.get(base);
  if (set === undefined) {
    set = new StringSet(base.strings.bytes);
    lookups.set(base, set);
  }
  const own = set.find(bytes, start, end);
  return own < 0 ? -1 : base.startStringOffset + own;
}
