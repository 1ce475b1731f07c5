// Chooses the content that a new BTF is stored as a difference from, so that deltas are small and chains of them short.

import { sameBytes } from '../bytes.ts';
import { nodeCodec } from '../codec/node-codec.ts';
import type { Runs } from '../delta/alignment.ts';
import { EMPTY_SIDE } from '../delta/btf-delta.ts';
import { givesBack } from '../delta/check-delta.ts';
import type { DeltaSide } from '../delta/delta-side.ts';
import { type EncodedDelta, encodeDelta, forgetMaps, packDelta } from '../delta/encode-delta.ts';
import { joined, knownLikeness } from '../delta/known-likeness.ts';
import { contentRow } from '../store/content-bytes.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import type { Alike } from '../prepare/earlier.ts';
import type { PreparedKernel } from '../prepare/prepare.ts';
import { RADIX, sideOf, type View, type Writer } from './writer-cache.ts';

/** Chains of deltas longer than this end in a new whole BTF. */
const MAX_STEPS = 32;
/** The first kernel of a series is stored as a difference from a relative with at most so many steps, so that series do not add up. */
const MAX_ROOT_STEPS = 6;
/** A delta below this many bytes makes the kernel one of its parent's series. */
const SERIES_BYTES = 48 * 1024;
/** A delta over a leap may be larger: one kernel in 8 or in 64 has it. */
const LEAP_BYTES = 160 * 1024;
const LEVEL = 12;

/** A content's bytes as they are stored. */
export interface EncodedContent {
  readonly data: Uint8Array;
  readonly base: number | null;
  readonly steps: number;
  readonly place: number;
  /** Which types are the parent's; undefined without a parent. */
  readonly ofParent: Runs | undefined;
  /** See `View`. */
  readonly toLeap: Alike | undefined;
}

/**
 * Tells a BTF from its parent or from an ancestor of the series, or whole where the chain would become long. What is
 * returned was read back (check-delta.ts).
 */
export function encodeContent(
  index: BtfIndex,
  writer: Writer,
  parent: View | undefined,
  prepared: PreparedKernel,
): EncodedContent {
  const target = sideOf(prepared);
  const whole = (ofParent: Runs | undefined): EncodedContent => {
    const data = packed(EMPTY_SIDE, target, encodeDelta(EMPTY_SIDE, target));
    return { data, base: null, steps: 1, place: 0, ofParent, toLeap };
  };
  const known = parent && knownLikeness(parent.prepared, prepared);
  const toLeap = parent && likenessToLeap(parent, known);
  if (parent === undefined) return whole(undefined);
  const row = contentRow(index, parent.id);
  const near = encodeDelta(sideOf(parent.prepared), target, known);
  const nearData = isPlainlyLarge(near) ? undefined : packDelta(near, LEVEL);
  const inSeries = nearData !== undefined && nearData.length < SERIES_BYTES;
  const place = inSeries ? row.place + 1 : 0;
  const ancestor = inSeries ? ancestorAt(index, parent.id, leap(place)) : shallow(index, parent.id);
  if (ancestor !== parent.id) {
    const other = writer.view(ancestor, prepared).prepared;
    const base = sideOf(other);
    const isLeap = toLeap !== undefined && sameBytes(toLeap.sha256, other.sha256);
    const far = encodeDelta(base, target, isLeap ? toLeap : knownLikeness(other, prepared));
    const data = packDelta(far, LEVEL);
    const { steps } = contentRow(index, ancestor);
    if (!inSeries || data.length < LEAP_BYTES || row.steps >= MAX_STEPS) {
      forgetMaps(near);
      packed(base, target, far, data);
      return { data, base: ancestor, steps: steps + 1, place, ofParent: near.types, toLeap };
    }
  }
  if (row.steps >= MAX_STEPS) return whole(near.types);
  const data = packed(sideOf(parent.prepared), target, near, nearData);
  return { data, base: parent.id, steps: row.steps + 1, place, ofParent: near.types, toLeap };
}

/** How a kernel compares with the content that its series leaps back to, by how it compares with its parent. */
function likenessToLeap(parent: View, known: Alike | undefined): Alike | undefined {
  if (known === undefined || parent.leap) return known;
  return parent.toLeap && joined(known, parent.toLeap);
}

/** Whether a delta is too large for a series, seen by a compression that takes a tenth of the time and is never four times worse. */
function isPlainlyLarge(delta: EncodedDelta): boolean {
  return delta.streams.length > 16 * SERIES_BYTES && packDelta(delta, 1).length > 4 * SERIES_BYTES;
}

/** The place that this place is stored as a difference from: one less in its lowest digit that is not 0. */
function leap(place: number): number {
  let unit = 1;
  while (place % (unit * RADIX) === 0) unit *= RADIX;
  return place - unit;
}

/** The nearest content on the way to a whole BTF with a short chain. */
function shallow(index: BtfIndex, id: number): number {
  for (;;) {
    const { steps, base } = contentRow(index, id);
    if (steps <= MAX_ROOT_STEPS || base === null) return id;
    id = base;
  }
}

/** The ancestor at a place of the same series, or the first there is: kernels of a series may have been removed. */
function ancestorAt(index: BtfIndex, id: number, wanted: number): number {
  for (;;) {
    const { parent, place } = contentRow(index, id);
    if (place <= wanted || parent === null) return id;
    const above = contentRow(index, parent);
    if (above.place >= place) return id;
    id = parent;
  }
}

/** The data of a delta, which were read back. */
function packed(
  base: DeltaSide,
  target: DeltaSide,
  delta: EncodedDelta,
  data: Uint8Array = packDelta(delta, LEVEL),
): Uint8Array {
  if (!givesBack(base, target, delta, data, nodeCodec)) throw new Error('a delta does not give its BTF back');
  forgetMaps(delta);
  return data;
}
