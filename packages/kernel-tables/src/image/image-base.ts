// The address of a flat image's first byte (`_text`). kallsyms holds it as the base of its offsets; from 7.0 there is
// none, and the kernel's own variable or its pointers say.

import type { FlatImage } from './flat-image.ts';
import { viewOf } from './memory.ts';
import { forEachRela, type RelaRun } from './relocations.ts';

/** The word at an address of an image that begins at `base`: as it stands, or as its relocation would make it. */
export function relocatedWord(
  bytes: Uint8Array,
  at: number,
  littleEndian: boolean,
  rela: RelaRun | undefined,
  base: bigint,
): bigint | undefined {
  if (at < 0 || at + 8 > bytes.length) return undefined;
  const value = viewOf(bytes).getBigUint64(at, littleEndian);
  if (value !== 0n || rela === undefined) return value;
  let found: bigint | undefined;
  forEachRela(bytes, rela, littleEndian, (address, addend) => {
    if (address === base + BigInt(at)) found = addend;
  });
  return found;
}

/**
 * The base of an image that relocates the word at offset `at` to an address of its own (kallsyms_relative_base): of the
 * entries, the one that is this word's lies `at` bytes behind a base, and all others lie inside the image.
 */
export function baseByRelocation(bytes: Uint8Array, at: number, flat: FlatImage, rela: RelaRun): bigint | undefined {
  let lowest = -1n;
  let highest = 0n;
  const candidates: { base: bigint; value: bigint }[] = [];
  forEachRela(bytes, rela, flat.littleEndian, (address, value) => {
    if (lowest < 0n || address < lowest) lowest = address;
    if (address > highest) highest = address;
    const base = address - BigInt(at);
    if (base >> 32n !== 0n && base === alignedBase(base, flat)) candidates.push({ base, value });
  });
  const end = BigInt(flat.size);
  return candidates.find(
    ({ base, value }) => base <= lowest && highest < base + end && value >= base && value < base + end,
  )?.base;
}

const ALIGN = 0x200000n;

/** The nearest address at or below this one that an image may begin at. */
function alignedBase(address: bigint, { textOffset }: FlatImage): bigint {
  const offset = BigInt(textOffset);
  return ((address - offset) / ALIGN) * ALIGN + offset;
}

const CHUNK = 0x10000;

/**
 * The base that most pointers of the image agree with: among the aligned pointers that occur, the one behind which, within the
 * image's size, most pointers lie. Undefined where no thousand do.
 */
export function baseByPointers(bytes: Uint8Array, flat: FlatImage): bigint | undefined {
  const { littleEndian, size } = flat;
  const view = viewOf(bytes);
  const chunks = new Map<number, number>(); // pointers by their bits 16 to 47
  const aligned = new Set<number>();
  const [low, high] = littleEndian ? [0, 4] : [4, 0];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const top = view.getUint32(at + high, littleEndian);
    if (top < 0xffff8000 && (top < 0xffff0000 || top > 0xffffff00)) continue;
    if (top === 0xffffffff) continue;
    const bottom = view.getUint32(at + low, littleEndian);
    const chunk = (top & 0xffff) * 0x10000 + (bottom >>> 16);
    chunks.set(chunk, (chunks.get(chunk) ?? 0) + 1);
    if ((bottom & 0xffff) === 0) aligned.add(chunk);
  }
  const sorted = [...chunks].sort(([a], [b]) => a - b);
  const span = Math.ceil(size / CHUNK);
  let best: { chunk: number; count: number } | undefined;
  for (const chunk of aligned) {
    let count = 0;
    for (let i = firstAtLeast(sorted, chunk); i < sorted.length; i++) {
      const [key, times] = sorted[i] as [number, number];
      if (key >= chunk + span) break;
      count += times;
    }
    if (best === undefined || count > best.count || (count === best.count && chunk > best.chunk))
      best = { chunk, count };
  }
  if (best === undefined || best.count < 1000) return undefined;
  return alignedBase((0xffffn << 48n) | (BigInt(best.chunk) << 16n), flat);
}

function firstAtLeast(sorted: readonly (readonly [number, number])[], chunk: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as readonly [number, number])[0] < chunk) low = middle + 1;
    else high = middle;
  }
  return low;
}
