// The words of an image as numbers: distances from its first address. Looking through all of an image for tables by their
// shape asks some million words, for which addresses of 64 bits are too slow.

import { latin1, type KernelMemory } from '../image/memory.ts';

/** A word that points into the image: where it is, and where it points to. */
export interface PointerList {
  /** Ascending. */
  readonly places: Int32Array;
  readonly targets: Int32Array;
}

/** An image to be searched. */
export interface ImageWords {
  /** The address of distance 0. */
  readonly origin: bigint;
  readonly pointers: PointerList;
  /** The pointer at a place; -1 where the image has none there, or where it points elsewhere. */
  pointer(at: number): number;
  /** The 32-bit number at a place; -1 outside of the image. */
  number(at: number): number;
  /** The text at a place where it is a name of C, else undefined. */
  name(at: number): string | undefined;
  /** Whether a text with at least one character begins there. */
  isText(at: number): boolean;
}

const MAX_NAME = 128;
const MAX_SPAN = 2 ** 31 - 1;
const WORD = 8;

interface Region {
  readonly from: number;
  readonly to: number;
  readonly view: DataView;
  readonly bytes: Uint8Array;
}

/** The words of a kernel of 64 bits; undefined for others, and where its parts are too far from each other. */
export function imageWords({ wordSize, littleEndian, regions: all }: KernelMemory): ImageWords | undefined {
  const kernel = all.filter(({ address, bytes }) => address >> 40n !== 0n && bytes.length > 0);
  const origin = kernel[0]?.address;
  if (wordSize !== WORD || origin === undefined) return undefined;
  const regions: Region[] = [];
  for (const { address, bytes, view } of kernel) {
    const from = Number(address - origin);
    if (from + bytes.length > MAX_SPAN) return undefined;
    regions.push({ from, to: from + bytes.length, view, bytes });
  }
  const span = regions.at(-1)?.to ?? 0;
  const [low, high] = littleEndian ? [0, 4] : [4, 0];
  const originHigh = Number(origin >> 32n);
  const originLow = Number(origin & 0xffffffffn);
  let last = regions[0] as Region;
  const regionOf = (at: number): Region | undefined => {
    if (at >= last.from && at < last.to) return last;
    const found = regions.find(({ from, to }) => at >= from && at < to);
    if (found) last = found;
    return found;
  };
  const pointerIn = (view: DataView, at: number): number => {
    const above = view.getUint32(at + high, littleEndian) - originHigh;
    if (above !== 0 && above !== 1) return -1;
    const target = above * 2 ** 32 + view.getUint32(at + low, littleEndian) - originLow;
    return target >= 0 && target < span ? target : -1;
  };
  const places: number[] = [];
  const targets: number[] = [];
  for (const { from, view, bytes } of regions) {
    for (let at = (WORD - (from % WORD)) % WORD; at + WORD <= bytes.length; at += WORD) {
      const target = pointerIn(view, at);
      if (target < 0) continue;
      places.push(from + at);
      targets.push(target);
    }
  }
  return {
    origin,
    pointers: { places: Int32Array.from(places), targets: Int32Array.from(targets) },
    pointer: (at) => {
      const region = regionOf(at);
      return region === undefined || at + WORD > region.to ? -1 : pointerIn(region.view, at - region.from);
    },
    number: (at) => {
      const region = regionOf(at);
      return region === undefined || at + 4 > region.to ? -1 : region.view.getUint32(at - region.from, littleEndian);
    },
    name: (at) => {
      const region = regionOf(at);
      if (region === undefined) return undefined;
      const start = at - region.from;
      let end = start;
      while (end < region.bytes.length && end - start <= MAX_NAME && isNameByte(region.bytes[end]!)) end++;
      const isWhole = end > start && region.bytes[end] === 0 && !isDigit(region.bytes[start]!);
      return isWhole ? latin1(region.bytes, start, end) : undefined;
    },
    isText: (at) => {
      const region = regionOf(at);
      const first = region?.bytes[at - region.from] ?? 0;
      return first >= 0x20 && first < 0x7f;
    },
  };
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Letters, digits, `_`, and the `-` of systems such as `intel-sst`. */
function isNameByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || isDigit(byte) || byte === 0x5f || byte === 0x2d
  );
}

/** A run of words one after the other, each of which points to something of one shape: its places, end excluded. */
export interface WordRun {
  readonly start: number;
  readonly end: number;
}

/** The longest run whose targets all pass. */
export function longestRun({ places, targets }: PointerList, passes: (target: number) => boolean): WordRun | undefined {
  let best: WordRun | undefined;
  for (let i = 0; i < places.length; ) {
    if (!passes(targets[i]!)) {
      i++;
      continue;
    }
    const start = places[i]!;
    let end = start;
    while (i < places.length && places[i] === end && passes(targets[i]!)) {
      end += WORD;
      i++;
    }
    if (best === undefined || end - start > best.end - best.start) best = { start, end };
  }
  return best;
}

/** From a place on, as long as each word points to what passes. */
export function runFrom(words: ImageWords, start: number, passes: (target: number) => boolean): WordRun {
  let end = start;
  for (let target = words.pointer(end); target >= 0 && passes(target); target = words.pointer(end)) end += WORD;
  return { start, end };
}
