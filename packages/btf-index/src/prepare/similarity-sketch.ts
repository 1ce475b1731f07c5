// A few hundred bytes that say how much two kernels have in common, so that the nearest of thousands is found without
// reading any. Two parts: sums over 256 classes of declarations, which count small differences, and one-permutation
// minimum hashes, which still distinguish large ones.

import { infoKind } from '@btfq/btf-format';
import { SKETCH_BYTES, SKETCH_MINIMA as MINIMA, SKETCH_SUMS as SUMS } from './sketch-size.ts';
import { isDeclared, type TypeHashes } from './type-hashes.ts';

/** The sketch of one kernel's declarations. Depends on their contents alone, not on their order. */
export function sketchOf(btf: { words: Uint32Array; starts: Uint32Array }, types: TypeHashes): Uint8Array {
  const sketch = new Uint8Array(SKETCH_BYTES);
  const minima = new Uint16Array(MINIMA).fill(0xffff);
  const { words, starts } = btf;
  for (let i = 0; i + 1 < starts.length; i++) {
    const at = starts[i]!;
    if (words[at] === 0 || !isDeclared(infoKind(words[at + 1]!))) continue;
    const lo = types.lo[i]!;
    const hi = types.hi[i]!;
    sketch[lo & 0xff] = sketch[lo & 0xff]! + (hi & 0xff);
    const slot = (lo >>> 8) & 0x3f;
    if (hi >>> 16 < minima[slot]!) minima[slot] = hi >>> 16;
  }
  for (let i = 0; i < MINIMA; i++) {
    sketch[SUMS + 2 * i] = minima[i]! & 0xff;
    sketch[SUMS + 2 * i + 1] = minima[i]! >>> 8;
  }
  return sketch;
}

/** How alike two kernels are: larger is nearer. Small differences weigh in full, large ones by their share. */
export function similarity(a: Uint8Array, b: Uint8Array): number {
  let score = 0;
  for (let i = 0; i < SUMS; i++) if (a[i] === b[i]) score += MINIMA + 1;
  for (let i = SUMS; i < SKETCH_BYTES; i += 2) if (a[i] === b[i] && a[i + 1] === b[i + 1]) score++;
  return score;
}

/** How many of the sums `roughSimilarity` looks at, and how far below the best by it the nearest may be. */
const ROUGH_SUMS = 40;
export const ROUGH_MARGIN = 4;

/** A first guess at `similarity` from a part of the sketches. */
export function roughSimilarity(a: Uint8Array, b: Uint8Array): number {
  let score = 0;
  for (let i = 0; i < ROUGH_SUMS; i++) if (a[i] === b[i]) score++;
  return score;
}
