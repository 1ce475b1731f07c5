// Several split BTFs over one base as one, as `bpftool btf dump file A file B` makes of modules (merge_btf_files of
// bpftool's btf.c).

import { dedup } from './dedup/dedup.ts';
import { type Btf, parseBtf } from './btf.ts';
import { BtfBuilder } from './writer.ts';

/**
 * The own types of all `sources`, each once, over `base`, which each of them must be split from. Throws `unsupported`
 * (another base, kinds after ENUM64) and what `dedup` throws.
 */
export function mergeSplit(base: Btf, sources: readonly Btf[]): Btf {
  const builder = new BtfBuilder({ base });
  for (const source of sources) builder.addBtf(source);
  const { bytes } = dedup(builder.toBtf(), { keepStrings: true });
  return parseBtf(bytes, { base });
}
