// What the passes over two kernels share: records that lie beside each other in one memory, what is known by type, and where strings
// moved. Places are byte addresses; `id` counts from 1, numbers of types from 0.

/** BTF_KIND_*: as in btf-format's kinds.ts, whose names a compiler of wasm cannot take from an object. */
export const INT: u32 = 1;
export const PTR: u32 = 2;
export const ARRAY: u32 = 3;
export const STRUCT: u32 = 4;
export const UNION: u32 = 5;
export const ENUM: u32 = 6;
export const FWD: u32 = 7;
export const TYPEDEF: u32 = 8;
export const VOLATILE: u32 = 9;
export const CONST: u32 = 10;
export const RESTRICT: u32 = 11;
export const FUNC: u32 = 12;
export const FUNC_PROTO: u32 = 13;
export const VAR: u32 = 14;
export const DATASEC: u32 = 15;
export const FLOAT: u32 = 16;
export const DECL_TAG: u32 = 17;
export const TYPE_TAG: u32 = 18;
export const ENUM64: u32 = 19;

/** Of a reference in `refs`: not compared yet, being compared, not the same. Else the id in the earlier BTF. */
export const UNKNOWN: i32 = -1;
export const UNDER_WAY: i32 = -2;
export const CHANGED: i32 = -3;

/** A block of offsets in bytes, as a shift, and the mark of one that has no one distance: as in delta/string-map.ts. */
export const BLOCK: i32 = 6;
export const MIXED: i32 = 0x7fffffff;

/** Bits by kind. */
export const NAMED: u32 = (1 << STRUCT) | (1 << UNION) | (1 << FWD) | (1 << ENUM) | (1 << ENUM64) | (1 << TYPEDEF);
export const THIRD_IS_REF: u32 =
  (1 << PTR) |
  (1 << TYPEDEF) |
  (1 << VOLATILE) |
  (1 << CONST) |
  (1 << RESTRICT) |
  (1 << FUNC) |
  (1 << FUNC_PROTO) |
  (1 << VAR) |
  (1 << DECL_TAG) |
  (1 << TYPE_TAG);

/** What is remembered of each type in `flags`. */
export const OTHER_SIZE: u32 = 1;
export const IS_DECLARED: u32 = 2;

// The two kernels: records, where each begins (in words), and by number hashes, discriminators and sizes.
export let words: usize = 0;
export let starts: usize = 0;
export let count: i32 = 0;
export let lo: usize = 0;
export let hi: usize = 0;
export let sizes: usize = 0;
export let wasWords: usize = 0;
export let wasStarts: usize = 0;
export let wasCount: i32 = 0;
export let wasLo: usize = 0;
export let wasHi: usize = 0;
export let wasSizes: usize = 0;
export let wasDiscriminators: usize = 0;
// Where strings moved: by block, and runs by where they begin, where they end, and their distance.
export let blocks: usize = 0;
export let runsFrom: usize = 0;
export let runsEnd: usize = 0;
export let runsShift: usize = 0;
export let runCount: i32 = 0;
// By id: the pair, 0 for none; the earlier id that a reference is the same as, or one of the words above; a byte of flags;
// the lower 16 bits of the name.
export let pairs: usize = 0;
export let refs: usize = 0;
export let flags: usize = 0;
export let names: usize = 0;
/** Ids in ascending order whose pairs had a discriminator. */
export let shared: usize = 0;
/** What is on the way to a size, and later which references were compared. */
export let stack: usize = 0;
/** Ids of integers. */
export let ints: usize = 0;

export function setNow(at: usize, begins: usize, types: i32, hashLo: usize, hashHi: usize, size: usize): void {
  words = at;
  starts = begins;
  count = types;
  lo = hashLo;
  hi = hashHi;
  sizes = size;
}

export function setEarlier(
  at: usize,
  begins: usize,
  types: i32,
  hashLo: usize,
  hashHi: usize,
  size: usize,
  discriminators: usize,
): void {
  wasWords = at;
  wasStarts = begins;
  wasCount = types;
  wasLo = hashLo;
  wasHi = hashHi;
  wasSizes = size;
  wasDiscriminators = discriminators;
}

export function setMoves(byBlock: usize, from: usize, end: usize, shift: usize, runs: i32): void {
  blocks = byBlock;
  runsFrom = from;
  runsEnd = end;
  runsShift = shift;
  runCount = runs;
}

/** Each has room for all ids: `flag` a byte each, `name` two, the others four. */
export function setWork(pair: usize, ref: usize, flag: usize, name: usize, share: usize, way: usize, int: usize): void {
  pairs = pair;
  refs = ref;
  flags = flag;
  names = name;
  shared = share;
  stack = way;
  ints = int;
}

export function kindOf(info: u32): u32 {
  return (info >>> 24) & 0x7f;
}

export function has(set: u32, kind: u32): bool {
  return kind < 32 && ((set >>> kind) & 1) != 0;
}

export function at(number: i32): usize {
  return words + ((<usize>load<u32>(starts + ((<usize>number) << 2))) << 2);
}

export function wasAt(number: i32): usize {
  return wasWords + ((<usize>load<u32>(wasStarts + ((<usize>number) << 2))) << 2);
}

/** The offset of the same string now; -1 where it is gone. */
export function nameNow(offset: i32): i32 {
  const shift = load<i32>(blocks + ((<usize>(<u32>offset >>> BLOCK)) << 2));
  return shift != MIXED ? offset + shift : searched(offset);
}

export function searched(offset: i32): i32 {
  let low = 0;
  let high = runCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<i32>(runsFrom + ((<usize>middle) << 2)) <= offset) low = middle + 1;
    else high = middle;
  }
  const run = low - 1;
  if (run < 0 || offset >= load<i32>(runsEnd + ((<usize>run) << 2))) return -1;
  return offset + load<i32>(runsShift + ((<usize>run) << 2));
}
