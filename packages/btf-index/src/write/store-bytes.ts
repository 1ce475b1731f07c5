// Chooses the content that a new BTF is stored as a difference from, so that deltas are small and chains of them short.

import { sameBytes } from '../bytes.ts';
import { align, type Runs } from '../delta/alignment.ts';
import { EMPTY_SIDE } from '../delta/btf-delta.ts';
import {
  type CompleteDelta,
  completeDelta,
  isPlainlyLarge,
  LEVEL,
  packed,
  SERIES_BYTES,
  type StartDelta,
} from '../delta/complete-delta.ts';
import type { DeltaSide } from '../delta/delta-side.ts';
import { encodeDelta, forgetMaps, packDelta } from '../delta/encode-delta.ts';
import { joined, knownLikeness } from '../delta/known-likeness.ts';
import type { Alike } from '../prepare/earlier.ts';
import { contentRow } from '../store/content-bytes.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import type { PreparedKernel } from '../prepare/prepare.ts';
import { RADIX, sideOf, type View, type Writer } from './writer-cache.ts';

/** Chains of deltas longer than this end in a new whole BTF. */
const MAX_STEPS = 32;
/** The first kernel of a series is stored as a difference from a relative with at most so many steps, so that series do not add up. */
const MAX_ROOT_STEPS = 6;
/** A delta over a leap may be larger: one kernel in 8 or in 64 has it. */
const LEAP_BYTES = 160 * 1024;

/** A content's bytes as they are stored. */
export interface EncodedContent {
  readonly data: Uint8Array;
  readonly base: number | null;
  readonly steps: number;
  readonly place: number;
}

/** How a content's bytes are going to be stored. */
export interface ContentEncoding {
  /** Which types are the parent's; undefined without a parent. */
  readonly ofParent: Runs | undefined;
  /** See `View`. */
  readonly toLeap: Alike | undefined;
  /** Waits for the bytes. To be called once. */
  finish(): EncodedContent;
}

/** The delta from the parent. */
interface Near {
  readonly types: Runs;
  /** Its data as they may be stored; undefined where they are plainly too large for a series. */
  small(): Uint8Array | undefined;
  /** Its data, which were read back. */
  readBack(): Uint8Array;
  forget(): void;
}

/**
 * Tells a BTF from its parent or from an ancestor of the series, or whole where the chain would become long. What is
 * returned was read back (check-delta.ts). With `elsewhere` the delta of a kernel without a relative is made there until it is waited for.
 */
export function encodeContent(
  index: BtfIndex,
  writer: Writer,
  parent: View | undefined,
  prepared: PreparedKernel,
  elsewhere?: StartDelta,
): ContentEncoding {
  const target = sideOf(prepared);
  const whole = (made?: Uint8Array): EncodedContent => {
    const data = made ?? packed(EMPTY_SIDE, target, encodeDelta(EMPTY_SIDE, target));
    return { data, base: null, steps: 1, place: 0 };
  };
  if (parent === undefined) {
    const made = elsewhere?.(EMPTY_SIDE, target);
    return { ofParent: undefined, toLeap: undefined, finish: () => whole(made?.()?.data) };
  }
  const row = contentRow(index, parent.id);
  const known = knownLikeness(parent.prepared, prepared);
  const toLeap = likenessToLeap(parent, known);
  const side = sideOf(parent.prepared);
  const started = known === undefined ? elsewhere?.(side, target) : undefined;
  const near = started === undefined ? nearHere(side, target, known) : nearElsewhere(side, target, started);
  const finish = (): EncodedContent => {
    const nearData = near.small();
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
        near.forget();
        packed(base, target, far, data);
        return { data, base: ancestor, steps: steps + 1, place };
      }
    }
    if (row.steps >= MAX_STEPS) return whole();
    return { data: near.readBack(), base: parent.id, steps: row.steps + 1, place };
  };
  return { ofParent: near.types, toLeap, finish };
}

function nearHere(base: DeltaSide, target: DeltaSide, likeness?: Alike): Near {
  const delta = encodeDelta(base, target, likeness);
  let data: Uint8Array | undefined;
  return {
    types: delta.types,
    small: () => (data = isPlainlyLarge(delta) ? undefined : packDelta(delta, LEVEL)),
    readBack: () => packed(base, target, delta, data),
    forget: () => forgetMaps(delta),
  };
}

/** What declarations need is found out here meanwhile: which types are the parent's. */
function nearElsewhere(base: DeltaSide, target: DeltaSide, started: () => CompleteDelta | undefined): Near {
  let made: CompleteDelta | undefined;
  return {
    types: align(base.types, target.types),
    small() {
      made = started() ?? completeDelta(base, target);
      return made.isPlainlyLarge ? undefined : made.data;
    },
    readBack: () => made!.data,
    forget() {},
  };
}

/** How a kernel compares with the content that its series leaps back to, by how it compares with its parent. */
function likenessToLeap(parent: View, known: Alike | undefined): Alike | undefined {
  if (known === undefined || parent.leap) return known;
  return parent.toLeap && joined(known, parent.toLeap);
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
