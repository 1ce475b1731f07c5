// A delta with all that follows: compressed, and read back. Where two kernels are not of one series this takes a third of a second, and needs
// nothing but the two: so another thread can do it while the one that writes enters declarations.

import { nodeCodec } from '../codec/node-codec.ts';
import { givesBack } from './check-delta.ts';
import type { DeltaSide } from './delta-side.ts';
import { type EncodedDelta, encodeDelta, forgetMaps, packDelta } from './encode-delta.ts';

/** A delta below this many bytes makes the kernel one of its parent's series. */
export const SERIES_BYTES = 48 * 1024;
/** At which deltas are compressed. */
export const LEVEL = 12;

/** A delta as it is stored, which was read back. */
export interface CompleteDelta {
  readonly data: Uint8Array;
  /** Too large for a series. */
  readonly isPlainlyLarge: boolean;
}

/**
 * Begins to make a delta elsewhere; what it gives waits for it, and gives undefined where it was not made there. What both sides
 * have must stay as it is until then.
 */
export type StartDelta = (base: DeltaSide, target: DeltaSide) => () => CompleteDelta | undefined;

/** The delta that makes `target` of `base`, where nothing is known of the two. */
export function completeDelta(base: DeltaSide, target: DeltaSide): CompleteDelta {
  const delta = encodeDelta(base, target);
  const isLarge = isPlainlyLarge(delta);
  return { data: packed(base, target, delta), isPlainlyLarge: isLarge };
}

/** Whether a delta is too large for a series, seen by a compression that takes a tenth of the time and is never four times worse. */
export function isPlainlyLarge(delta: EncodedDelta): boolean {
  return delta.streams.length > 16 * SERIES_BYTES && packDelta(delta, 1).length > 4 * SERIES_BYTES;
}

/** The data of a delta, which were read back. */
export function packed(
  base: DeltaSide,
  target: DeltaSide,
  delta: EncodedDelta,
  data: Uint8Array = packDelta(delta, LEVEL),
): Uint8Array {
  if (!givesBack(base, target, delta, data, nodeCodec)) throw new Error('a delta does not give its BTF back');
  forgetMaps(delta);
  return data;
}

/** A side as it goes to another thread: without what a delta does not look at. undefined where its memory is not shared. */
export function sharedSide({ btf, strings, types, namesBegin }: DeltaSide): DeltaSide | undefined {
  const { bytes, words, starts, header } = btf;
  if (bytes.length > 0 && !(bytes.buffer instanceof SharedArrayBuffer)) return undefined;
  return {
    btf: { bytes, words, starts, header },
    strings,
    types: { lo: types.lo, hi: types.hi },
    ...(namesBegin && { namesBegin }),
  };
}
