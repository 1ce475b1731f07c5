// Where a field is and how wide, so that every observed fact about it comes out. The arithmetic is libbpf's, relo_core.c
// bpf_core_calc_field_relo; the first solution in a fixed order is taken.

import { Conflict, type Facts } from './shape.ts';

/** A place that gives all observed facts. `size` undefined: any will do. */
export interface Place {
  /** From the start of the root type. */
  readonly bitOffset: number;
  /** 0: no bitfield. */
  readonly bitfieldSize: number;
  /** Of the declared type, in bytes. */
  readonly size: number | undefined;
  readonly signed: boolean;
}

/** What limits the choice. */
export interface PlaceContext {
  /** The declared type's size, where it was seen by other means. */
  readonly size: number | undefined;
  readonly signed: boolean | undefined;
  /** Only integers and enums can be bitfields. */
  readonly mayBeBitfield: boolean;
  /** Of unsigned ones loads can be resized. */
  readonly isInteger: boolean;
  /** Where the field goes if nobody saw where it is, in bytes. */
  readonly openOffset: number;
  readonly littleEndian: boolean;
}

const SIZES = [1, 2, 4, 8, 16];

/** The first place that fits. Throws `Conflict`. */
export function findPlace(facts: Facts, context: PlaceContext): Place {
  const { byteOffset = context.openOffset, byteSize, lshift, rshift, access } = facts;
  const signed = context.signed ?? (facts.signed !== undefined ? facts.signed === 1 : false);
  const plain = { bitOffset: byteOffset * 8, bitfieldSize: 0, signed };
  const sizeSeen = byteSize !== undefined || lshift !== undefined || rshift !== undefined || access !== undefined;
  if (!sizeSeen) return { ...plain, size: context.size };

  const width = access !== undefined && 'width' in access ? access.width : undefined;
  const sizes = context.size !== undefined ? [context.size] : distinct([byteSize, width, ...shifted(rshift), ...SIZES]);
  const signs = access !== undefined && 'unlike' in access && facts.signed === undefined ? [signed, true] : [signed];
  for (const size of sizes) {
    for (const sign of signs) {
      const place = { ...plain, size, signed: sign };
      if (holds(facts, place, context)) return place;
    }
  }
  if (context.mayBeBitfield) {
    const bits = rshift !== undefined ? [64 - rshift] : Array.from({ length: 64 }, (_, i) => i + 1);
    for (const size of sizes) {
      for (const bitfieldSize of bits) {
        for (let at = 0; at < 64; at++) {
          const place = { bitOffset: byteOffset * 8 + at, bitfieldSize, size, signed };
          if (bitfieldSize > 0 && holds(facts, place, context)) return place;
        }
      }
    }
  }
  throw new Conflict('no place gives these facts');
}

function shifted(rshift: number | undefined): number[] {
  return rshift === undefined || rshift % 8 !== 0 ? [] : [(64 - rshift) / 8];
}

function distinct(sizes: readonly (number | undefined)[]): number[] {
  return [...new Set(sizes.filter((size): size is number => size !== undefined && size >= 0))];
}

/** Whether libbpf would compute all the observed facts for a field at this place. */
function holds(
  facts: Facts,
  place: Place & { size: number },
  { littleEndian, isInteger: resizes }: PlaceContext,
): boolean {
  const { bitOffset, bitfieldSize, size } = place;
  let [byteOffset, byteSize, bits] = [Math.floor(bitOffset / 8), size, size * 8];
  if (bitfieldSize > 0) {
    bits = bitfieldSize;
    byteOffset = Math.floor(byteOffset / byteSize) * byteSize;
    while (bitOffset + bits - byteOffset * 8 > byteSize * 8) {
      if (byteSize >= 8) return false;
      byteSize *= 2;
      byteOffset = Math.floor(bitOffset / 8 / byteSize) * byteSize;
    }
  }
  const lshift = littleEndian
    ? 64 - (bitOffset + bits - byteOffset * 8)
    : (8 - byteSize) * 8 + (bitOffset - byteOffset * 8);
  const { access } = facts;
  const loaded = bitfieldSize > 0 ? 0 : size;
  return (
    (facts.byteOffset ?? byteOffset) === byteOffset &&
    (facts.byteSize ?? byteSize) === byteSize &&
    (facts.lshift ?? lshift >>> 0) === lshift >>> 0 &&
    (facts.rshift ?? (64 - bits) >>> 0) === (64 - bits) >>> 0 &&
    (access === undefined ||
      ('width' in access
        ? loaded === access.width
        : loaded !== access.unlike && !(access.localUnsigned && bitfieldSize === 0 && resizes && !place.signed)))
  );
}
