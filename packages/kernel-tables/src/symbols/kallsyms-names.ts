// kallsyms' names: each a length and that many bytes, each byte a token. In front of them stands their number, behind
// them a marker for each 256th, and from 6.2 to 6.3 (and in 6.1's stable series) the order of the names (scripts/kallsyms.c, write_src).
// All is found from the token table backwards: the markers give the number to within 256, and the number the place.

import { viewOf } from '../image/memory.ts';
import type { TokenTable } from './token-table.ts';

/** Where number, names and markers lie, as offsets in the image. */
export interface PackedNames {
  readonly count: number;
  /** Of `kallsyms_num_syms`. */
  readonly number: number;
  /** Of the first name's length. */
  readonly start: number;
  /** Behind the last name. */
  readonly end: number;
}

/** All names unpacked: the letter of each in `types`, the rest in `names` from `starts[i]` to `starts[i + 1]`. */
export interface UnpackedNames {
  readonly types: Uint8Array;
  readonly names: Uint8Array;
  readonly starts: Uint32Array;
}

const NAMES_PER_MARKER = 256;
/** KSYM_NAME_LEN was 128 and is 512: with a length of one or two bytes, 256 names never take more than this. */
const MAX_BLOCK = NAMES_PER_MARKER * 514;
/** The order of names takes 3 bytes each: more than this no kernel has by far. */
const MAX_SYMBOLS = 1 << 21;
const MIN_SYMBOLS = 2 * NAMES_PER_MARKER;

/** Where the names of this token table are; undefined where nothing in front of it is of that shape. */
export function findPackedNames(bytes: Uint8Array, tokens: TokenTable, littleEndian: boolean): PackedNames | undefined {
  const view = viewOf(bytes);
  const u32 = (at: number) => view.getUint32(at, littleEndian);
  for (const width of [4, 8]) {
    const found = namesBefore(bytes, u32, tokens.start, width, littleEndian);
    if (found) return found;
  }
  // Three bytes for each name lie between. How many is not known, but the markers' number says it to within 256.
  for (let count = MIN_SYMBOLS; count < MAX_SYMBOLS && tokens.start - 3 * count > 0; count++) {
    const end = tokens.start - Math.ceil((3 * count) / 8) * 8;
    const markers = Math.ceil(count / NAMES_PER_MARKER);
    for (const stop of [end, end - 4]) {
      const first = stop - 4 * markers;
      if (first < 0 || u32(first) !== 0 || u32(first + 4) < NAMES_PER_MARKER || u32(first + 4) > MAX_BLOCK) continue;
      const found = namesBefore(bytes, u32, stop, 4, littleEndian);
      if (found?.count === count) return found;
    }
  }
  return undefined;
}

/** The names whose markers, of this width, end at or just before `end`. */
function namesBefore(
  bytes: Uint8Array,
  u32: (at: number) => number,
  end: number,
  width: number,
  littleEndian: boolean,
): PackedNames | undefined {
  const low = littleEndian ? 0 : width - 4;
  for (let stop = end & ~(width - 1); stop > end - 16 && stop > width; stop -= width) {
    let first = stop - width;
    if (first < 0) return undefined;
    const last = u32(first + low);
    if (last === 0) continue;
    let above = last;
    while (above !== 0 && first >= width) {
      const marker = u32(first - width + low);
      if (marker >= above || above - marker > MAX_BLOCK) break;
      above = marker;
      first -= width;
    }
    if (above !== 0) continue;
    const markers = (stop - first) / width;
    const found = namesUpTo(bytes, u32, first, markers, last);
    if (found && agrees(bytes, u32, found, first, width, low)) return found;
  }
  return undefined;
}

/** Names of `markers` blocks that end just before `limit`, the last block `lastBlock` bytes behind their start. */
function namesUpTo(
  bytes: Uint8Array,
  u32: (at: number) => number,
  limit: number,
  markers: number,
  lastBlock: number,
): PackedNames | undefined {
  const most = markers * NAMES_PER_MARKER;
  const lowest = Math.max(8, limit - lastBlock - MAX_BLOCK);
  for (let start = (limit - lastBlock) & ~3; start >= lowest; start -= 4) {
    for (const gap of [4, 8]) {
      const count = u32(start - gap);
      if (count > most || count <= most - NAMES_PER_MARKER || count < MIN_SYMBOLS) continue;
      const end = skipNames(bytes, start + lastBlock, count - (most - NAMES_PER_MARKER), limit);
      if (end !== undefined && limit - end < 16) return { count, number: start - gap, start, end };
    }
  }
  return undefined;
}

/** Whether each marker is where its name begins. */
function agrees(
  bytes: Uint8Array,
  u32: (at: number) => number,
  found: PackedNames,
  first: number,
  width: number,
  low: number,
): boolean {
  let at: number | undefined = found.start;
  for (let block = 0; block * NAMES_PER_MARKER < found.count; block++) {
    if (at === undefined || at - found.start !== u32(first + block * width + low)) return false;
    at = skipNames(bytes, at, Math.min(NAMES_PER_MARKER, found.count - block * NAMES_PER_MARKER), found.end);
  }
  return at === found.end;
}

function skipNames(bytes: Uint8Array, start: number, count: number, limit: number): number | undefined {
  let at = start;
  for (let i = 0; i < count; i++) {
    let length = bytes[at++]!;
    if (length & 0x80) length = (length & 0x7f) | (bytes[at++]! << 7);
    if (length === 0) return undefined;
    at += length;
    if (at > limit) return undefined;
  }
  return at;
}

/** Unpacks all names. Their packed form is known to be whole, so the sizes are known to fit. */
export function unpackNames(bytes: Uint8Array, tokens: TokenTable, packed: PackedNames): UnpackedNames {
  const { count } = packed;
  const lengths = Uint16Array.from({ length: 256 }, (_, i) => {
    return tokens.offsets[i + 1]! - tokens.offsets[i]! - 1;
  });
  let total = 0;
  forEachName(bytes, packed, (from, to) => {
    for (let at = from; at < to; at++) total += lengths[bytes[at]!]!;
  });
  const names = new Uint8Array(total);
  const types = new Uint8Array(count);
  const starts = new Uint32Array(count + 1);
  let out = 0;
  let index = 0;
  forEachName(bytes, packed, (from, to) => {
    starts[index] = out;
    let isType = true; // the first character of the first token is the type's letter
    for (let at = from; at < to; at++) {
      const token = bytes[at]!;
      let place = tokens.start + tokens.offsets[token]!;
      const end = place + lengths[token]!;
      if (isType && place < end) {
        types[index] = bytes[place++]!;
        isType = false;
      }
      while (place < end) names[out++] = bytes[place++]!;
    }
    index++;
  });
  starts[count] = out;
  return { types, names: names.subarray(0, out), starts };
}

function forEachName(bytes: Uint8Array, packed: PackedNames, visit: (from: number, to: number) => void): void {
  let at = packed.start;
  for (let i = 0; i < packed.count; i++) {
    let length = bytes[at++]!;
    if (length & 0x80) length = (length & 0x7f) | (bytes[at++]! << 7);
    visit(at, at + length);
    at += length;
  }
}
