// Phase 1: strings that types use, each once, in the order in which types come to use them. libbpf btf.c:
// btf_dedup_strings, strs_dedup_remap_str_off.

import { findInBase } from '../base-strings.ts';
import type { FlatBtf } from '../flatten.ts';
import type { Btf } from '../btf.ts';
import { eachName } from '../refs.ts';
import { StringSet } from '../string-set.ts';

/** The new strings, and where each old one went: for `.BTF.ext`, which comes after the types. */
export interface DedupedStrings {
  readonly strings: StringSet;
  /** The new offset of an old one. Strings of the base stay where they are. */
  readonly remap: (offset: number) => number;
}

/** Rewrites the names in the own types of `flat` and returns the strings that they need. */
export function dedupStrings(btf: Btf, flat: FlatBtf): DedupedStrings {
  const strings = new StringSet(undefined, btf.strings.length);
  if (btf.base === undefined) strings.add(new Uint8Array(0));
  const known = new Uint32Array(btf.strings.length); // new offset plus one, by old offset within this layer
  const remap = (offset: number): number => {
    if (offset === 0 || offset < btf.startStringOffset) return offset;
    const layer = btf.stringLayer(offset); // refuses offsets outside, which .BTF.ext may have
    const local = offset - layer.startStringOffset;
    if (known[local] === 0) {
      const { bytes } = layer.strings;
      let end = local; // names are short: asking the engine to search takes longer
      while (end < bytes.length && bytes[end] !== 0) end++;
      const inBase = findInBase(btf.base, bytes, local, end);
      known[local] = (inBase >= 0 ? inBase : btf.startStringOffset + strings.add(bytes, local, end)) + 1;
    }
    return known[local]! - 1;
  };
  const { words, starts } = flat;
  for (let id = flat.startId; id < flat.typeCount; id++) {
    eachName(words, starts[id]!, (offset, word) => {
      words[word] = remap(offset);
    });
  }
  return { strings, remap };
}
