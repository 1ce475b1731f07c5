// kallsyms' addresses. Four forms (scripts/kallsyms.c, write_src; kernel/kallsyms.c, kallsyms_sym_address):
// words (before CONFIG_KALLSYMS_BASE_RELATIVE, and where it is off); 32-bit offsets from a base; the same where a
// negative one counts down from the base and a positive one is absolute (CONFIG_KALLSYMS_ABSOLUTE_PERCPU, x86-64 before
// 6.15); and from 7.0 distances from each offset's own place. They stand before the number of symbols, and from 6.4 behind the tokens.

import { viewOf } from '../image/memory.ts';
import type { PackedNames } from './kallsyms-names.ts';
import type { TokenTable } from './token-table.ts';

/** How addresses were stored; `from` is their place in the image. */
export type KallsymsForm =
  | { readonly kind: 'words'; readonly from: number }
  /** `base` is the place of `kallsyms_relative_base`. */
  | { readonly kind: 'offsets' | 'offsets-percpu'; readonly from: number; readonly base: number }
  | { readonly kind: 'own-place'; readonly from: number };

/** Share of neighbours that must ascend: kallsyms is sorted, so all but a handful do. */
const SORTED = 0.999;

/** Where and how this kernel's addresses are stored; undefined where nothing around the tables is sorted as they are. */
export function findAddresses(
  bytes: Uint8Array,
  tokens: TokenTable,
  names: PackedNames,
  wordSize: 4 | 8,
  littleEndian: boolean,
): KallsymsForm | undefined {
  const view = viewOf(bytes);
  const { count } = names;
  const fits = (from: number, width: number) => from >= 0 && from + count * width <= bytes.length;
  const candidates: KallsymsForm[] = [];
  const offsets = (from: number, base: number) => {
    if (!fits(from, 4) || base < 0 || base + wordSize > bytes.length) return;
    const negative = share(count, (i) => (view.getInt32(from + 4 * i, littleEndian) < 0 ? 1 : 0));
    candidates.push({ kind: negative > 0.05 ? 'offsets-percpu' : 'offsets', from, base });
  };
  const aligned = (at: number, step: number) => Math.ceil(at / step) * step;
  const behind = aligned(tokens.end, wordSize);
  offsets(behind, aligned(behind + 4 * count, wordSize));
  const base = names.number - wordSize;
  offsets(base - aligned(4 * count, wordSize), base);
  const near = aligned(tokens.end, 4);
  if (fits(near, 4)) candidates.push({ kind: 'own-place', from: near });
  const words = names.number - wordSize * count;
  if (fits(words, wordSize)) candidates.push({ kind: 'words', from: words });
  return candidates.find((form) => {
    const at = addressOf(view, form, littleEndian, wordSize, 0n);
    return (
      isPlausible(view, form, littleEndian, wordSize) && share(count - 1, (i) => (at(i + 1) >= at(i) ? 1 : 0)) >= SORTED
    );
  });
}

/**
 * All addresses. `base` is the value of `kallsyms_relative_base`, or for `own-place` the address of the image's first byte.
 */
export function readAddresses(
  bytes: Uint8Array,
  form: KallsymsForm,
  count: number,
  wordSize: 4 | 8,
  littleEndian: boolean,
  base: bigint,
): BigUint64Array {
  const at = addressOf(viewOf(bytes), form, littleEndian, wordSize, base);
  const addresses = new BigUint64Array(count);
  for (let i = 0; i < count; i++) addresses[i] = at(i);
  return addresses;
}

function addressOf(
  view: DataView,
  form: KallsymsForm,
  littleEndian: boolean,
  wordSize: 4 | 8,
  base: bigint,
): (index: number) => bigint {
  const { kind, from } = form;
  switch (kind) {
    case 'words':
      return wordSize === 8
        ? (i) => view.getBigUint64(from + 8 * i, littleEndian)
        : (i) => BigInt(view.getUint32(from + 4 * i, littleEndian));
    case 'offsets':
      return (i) => base + BigInt(view.getUint32(from + 4 * i, littleEndian));
    case 'offsets-percpu': {
      const below = (base === 0n ? 1n << 40n : base) - 1n; // any base will do to see whether they ascend
      return (i) => {
        const offset = view.getInt32(from + 4 * i, littleEndian);
        return offset < 0 ? below - BigInt(offset) : BigInt(offset);
      };
    }
    case 'own-place': {
      const start = base === 0n ? 1n << 40n : base;
      return (i) => start + BigInt(from + 4 * i + view.getInt32(from + 4 * i, littleEndian));
    }
  }
}

/** A run of equal numbers is sorted as well: real tables name thousands of places. */
function isPlausible(view: DataView, form: KallsymsForm, littleEndian: boolean, wordSize: 4 | 8): boolean {
  const at = addressOf(view, form, littleEndian, wordSize, 0n);
  return new Set(Array.from({ length: 64 }, (_, i) => at(i * 7))).size > 16;
}

/** The mean of some thousand evenly spaced values. */
function share(count: number, value: (index: number) => number): number {
  const step = Math.max(1, Math.floor(count / 4096));
  let sum = 0;
  let seen = 0;
  for (let i = 0; i < count; i += step, seen++) sum += value(i);
  return seen === 0 ? 0 : sum / seen;
}
