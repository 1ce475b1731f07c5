// Which types of a BTF say the same as types of an earlier, similar one, as passes in wasm over records that lie beside each
// other in one memory: src/prepare/same-types.ts tells what for. Types are first lined up by kind, name and references back;
// then each is compared word by word, with names and ids as they were moved. A pair that was lined up wrongly counts as
// changed, which costs time and nothing else. Places are byte addresses; `id` counts from 1, numbers of types from 0.

/** BTF_KIND_*: as in btf-format's kinds.ts, whose names a compiler of wasm cannot take from an object. */
const INT: u32 = 1;
const PTR: u32 = 2;
const ARRAY: u32 = 3;
const STRUCT: u32 = 4;
const UNION: u32 = 5;
const ENUM: u32 = 6;
const FWD: u32 = 7;
const TYPEDEF: u32 = 8;
const VOLATILE: u32 = 9;
const CONST: u32 = 10;
const RESTRICT: u32 = 11;
const FUNC: u32 = 12;
const FUNC_PROTO: u32 = 13;
const VAR: u32 = 14;
const DATASEC: u32 = 15;
const FLOAT: u32 = 16;
const DECL_TAG: u32 = 17;
const TYPE_TAG: u32 = 18;
const ENUM64: u32 = 19;

/** How far ahead is looked where the types part: first near, then far in one of the two. */
const NEAR: i32 = 64;
const FAR: i32 = 4096;
/** So many pairs must fit for the types to go on alike. */
const FITTING: i32 = 8;
/** Types that are passed over where they don't. */
const STRIDE: i32 = 16;
/** What is less alike than one unpaired type in four, or takes more tries of looking ahead by type, is hashed whole. */
const MOST_UNPAIRED: i32 = 4;
const MOST_TRIED: i32 = 3;

/** Of a reference in `refs`: not compared yet, being compared, not the same. Else the id in the earlier BTF. */
const UNKNOWN: i32 = -1;
const UNDER_WAY: i32 = -2;
const CHANGED: i32 = -3;
/** References through types without names nest at most so deep; beyond, everything is hashed anew. */
const MOST_NESTED: i32 = 100;

/** A block of offsets in bytes, as a shift, and the mark of one that has no one distance: as in delta/string-map.ts. */
const BLOCK: i32 = 6;
const MIXED: i32 = 0x7fffffff;

/** Sizes: none, and not known yet. */
const NO_SIZE: f64 = -1;
const NO_SIZE_YET: f64 = -2;

/** Bits by kind. */
const NAMED: u32 = (1 << STRUCT) | (1 << UNION) | (1 << FWD) | (1 << ENUM) | (1 << ENUM64) | (1 << TYPEDEF);
const CLASSED: u32 = NAMED & ~(1 << FWD);
const DECLARED: u32 = NAMED | (1 << INT) | (1 << FUNC) | (1 << VAR) | (1 << FLOAT);
const THIRD_IS_REF: u32 =
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

/** Kinds that say their size, and those that have another type's. */
const OF_THIRD: u32 =
  (1 << STRUCT) | (1 << UNION) | (1 << INT) | (1 << ENUM) | (1 << ENUM64) | (1 << FLOAT) | (1 << DATASEC);
const OF_TYPE: u32 =
  (1 << TYPEDEF) | (1 << CONST) | (1 << VOLATILE) | (1 << RESTRICT) | (1 << VAR) | (1 << TYPE_TAG) | (1 << ARRAY);

/** What is remembered of each type in `flags`. */
const OTHER_SIZE: u32 = 1;
const IS_DECLARED: u32 = 2;

// The two kernels: records, where each begins (in words), and by number hashes, discriminators and sizes.
let words: usize = 0;
let starts: usize = 0;
let count: i32 = 0;
let lo: usize = 0;
let hi: usize = 0;
let sizes: usize = 0;
let wasWords: usize = 0;
let wasStarts: usize = 0;
let wasCount: i32 = 0;
let wasLo: usize = 0;
let wasHi: usize = 0;
let wasSizes: usize = 0;
let wasDiscriminators: usize = 0;
// Where strings moved: by block, and runs by where they begin, where they end, and their distance.
let blocks: usize = 0;
let runsFrom: usize = 0;
let runsEnd: usize = 0;
let runsShift: usize = 0;
let runCount: i32 = 0;
// By id: the pair, 0 for none; the earlier id that a reference is the same as, or one of the words above; a byte of flags;
// the lower 16 bits of the name.
let pairs: usize = 0;
let refs: usize = 0;
let flags: usize = 0;
let names: usize = 0;
/** Ids in ascending order whose pairs had a discriminator. */
let shared: usize = 0;
/** What is on the way to a size, and later which references were compared. */
let stack: usize = 0;
/** Ids of integers. */
let ints: usize = 0;

let pointerBytes: f64 = 8;
let depth: i32 = 0;
let tried: i32 = 0;
let noted: i32 = 0;

/** Set where what was found cannot be relied on: a type without a name contains itself, or nesting is too deep. */
export let tooDeep: i32 = 0;
/** How many ids are in `shared`. */
export let sharedCount: i32 = 0;
/** How many ids are in `ints`. */
export let intCount: i32 = 0;

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

function kindOf(info: u32): u32 {
  return (info >>> 24) & 0x7f;
}

function has(set: u32, kind: u32): bool {
  return kind < 32 && ((set >>> kind) & 1) != 0;
}

function at(number: i32): usize {
  return words + ((<usize>load<u32>(starts + ((<usize>number) << 2))) << 2);
}

function wasAt(number: i32): usize {
  return wasWords + ((<usize>load<u32>(wasStarts + ((<usize>number) << 2))) << 2);
}

/** The offset of the same string now; -1 where it is gone. */
function nameNow(offset: i32): i32 {
  const shift = load<i32>(blocks + ((<usize>(<u32>offset >>> BLOCK)) << 2));
  return shift != MIXED ? offset + shift : searched(offset);
}

function searched(offset: i32): i32 {
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

// 1. Pairs, sizes, and what is known of each type without looking inside.

/**
 * Pairs types in order and says the sizes of all. False where too many stay alone. `pointer`: the size of pointers.
 */
export function lineUp(pointer: f64): bool {
  pointerBytes = pointer;
  tooDeep = depth = tried = sharedCount = intCount = 0;
  noted = -1;
  for (let id = 0; id <= count; id++) store<f64>(sizes + ((<usize>id) << 3), NO_SIZE_YET);
  store<f64>(sizes, NO_SIZE);
  store<i32>(pairs, 0);
  store<i32>(refs, 0);
  store<u8>(flags, 0);
  store<u16>(names, 0);
  let unpaired = 0;
  let i = 0;
  let j = 0;
  while (j < count) {
    if (i < wasCount && fits(i, j, j)) {
      j++;
      i++;
      settle(j, i);
      continue;
    }
    const met = meet(i, j);
    const added = <i32>(met & 0xffff);
    i += <i32>(met >>> 16);
    for (let k = 0; k < added; k++) settle(++j, 0);
    unpaired += added;
    if (unpaired * MOST_UNPAIRED > count || tried > count * MOST_TRIED) return false;
  }
  return true;
}

/** Writes all that is known of a type with its pair. */
function settle(id: i32, pair: i32): void {
  const type = at(id - 1);
  const name = load<u32>(type);
  const info = load<u32>(type, 4);
  const kind = kindOf(info);
  const size = sizeOf(id, info, load<u32>(type, 8));
  if (kind == INT) {
    store<i32>(ints + ((<usize>intCount) << 2), id);
    intCount++;
  }
  const slot = (<usize>id) << 2;
  store<i32>(pairs + slot, pair);
  store<u16>(names + ((<usize>id) << 1), <u16>name);
  let flag: u32 = name != 0 && has(DECLARED, kind) ? IS_DECLARED : 0;
  if (pair == 0) {
    flag |= OTHER_SIZE;
    store<i32>(refs + slot, CHANGED);
  } else {
    if (size != load<f64>(wasSizes + ((<usize>(pair - 1)) << 3))) flag |= OTHER_SIZE;
    const byName = kind == FUNC || kind == VAR || (name != 0 && has(NAMED, kind));
    store<i32>(refs + slot, byName ? pair : UNKNOWN);
    if (load<i32>(wasDiscriminators + ((<usize>(pair - 1)) << 2)) != 0) {
      store<i32>(shared + ((<usize>sharedCount) << 2), id);
      sharedCount++;
    }
  }
  store<u8>(flags + id, flag);
}

/** In bytes, NO_SIZE where a type has none; that of each type on the way is written too (btf__resolve_size). */
function sizeOf(first: i32, info: u32, third: u32): f64 {
  const kind = kindOf(info);
  let size = NO_SIZE;
  if (kind == PTR) size = pointerBytes;
  else if (has(OF_THIRD, kind)) size = <f64>third;
  else if (has(OF_TYPE, kind)) return sizeThrough(first);
  store<f64>(sizes + ((<usize>first) << 3), size);
  return size;
}

function sizeThrough(first: i32): f64 {
  let id = first;
  let top = stack;
  let size = NO_SIZE;
  let found = false;
  while (!found) {
    found = true;
    // what comes from settled types is there
    const place = sizes + ((<usize>id) << 3);
    size = load<f64>(place);
    if (size == NO_SIZE_YET) {
      const type = at(id - 1);
      const kind = kindOf(load<u32>(type, 4));
      size = NO_SIZE;
      if (kind == PTR) size = pointerBytes;
      else if (has(OF_THIRD, kind)) size = <f64>load<u32>(type, 8);
      else if (has(OF_TYPE, kind)) {
        store<i32>(top, id);
        top += 4;
        store<f64>(place, NO_SIZE); // what a cycle gets
        id = kind == ARRAY ? load<i32>(type, 12) : load<i32>(type, 8);
        found = false;
      }
    }
  }
  while (top > stack) {
    top -= 4;
    const above = load<i32>(top);
    const type = at(above - 1);
    if (size != NO_SIZE && kindOf(load<u32>(type, 4)) == ARRAY) {
      size *= <f64>load<u32>(type, 20);
      if (size > 4294967295) size = NO_SIZE;
    }
    store<f64>(sizes + ((<usize>above) << 3), size);
  }
  return size;
}

/** Whether the types with these numbers can be a pair, by the pairs of the first `known` types. */
function fits(i: i32, j: i32, known: i32): bool {
  const now = at(j);
  const was = wasAt(i);
  const info = load<u32>(now, 4);
  const wasInfo = load<u32>(was, 4);
  const name = load<i32>(now);
  const wasName = load<i32>(was);
  const kind = kindOf(info);
  if (info != wasInfo) {
    // a struct with another member is still what others mean by its name
    if (name == 0 || kind != kindOf(wasInfo) || kind == FWD || !has(NAMED, kind)) return false;
    return nameNow(wasName) == name;
  }
  if (name == 0) {
    if (wasName != 0) return false;
  } else {
    if (wasName == 0 || nameNow(wasName) != name) return false;
    if (kind != FUNC) return true; // of functions there may be several, static ones
  }
  if (has(THIRD_IS_REF, kind)) return mayRefer(load<i32>(now, 8), load<i32>(was, 8), known);
  switch (kind) {
    case ARRAY:
      return load<u32>(now, 20) == load<u32>(was, 20) && mayRefer(load<i32>(now, 12), load<i32>(was, 12), known);
    case STRUCT:
    case UNION:
      if (load<u32>(now, 8) != load<u32>(was, 8)) return false;
      if ((info & 0xffffff) == 0) return true;
      return (
        nameNow(load<i32>(was, 12)) == load<i32>(now, 12) && mayRefer(load<i32>(now, 16), load<i32>(was, 16), known)
      );
    case ENUM:
    case ENUM64:
      return (info & 0xffffff) == 0 || nameNow(load<i32>(was, 12)) == load<i32>(now, 12);
    default:
      return true;
  }
}

/** References back must be to pairs; those ahead are not known yet. */
function mayRefer(id: i32, earlier: i32, known: i32): bool {
  return id > known ? earlier > 0 : load<i32>(pairs + ((<usize>id) << 2)) == earlier;
}

/** How many types to pass over on either side until they go on alike: those of the earlier BTF times 65536, and those that are new. */
function meet(i: i32, j: i32): u32 {
  const left = wasCount - i;
  const more = count - j;
  const near = min(NEAR, left - 1);
  for (let sum = 1; sum <= 2 * NEAR; sum++) {
    const most = min(min(sum, NEAR), more - 1);
    for (let added = max(0, sum - near); added <= most; added++) {
      if (goesOn(i + sum - added, j + added)) return ((sum - added) << 16) | added;
    }
  }
  for (let far = NEAR + 1; far < FAR; far++) {
    for (let few = 0; few < 4; few++) {
      if (far < left && few < more && goesOn(i + far, j + few)) return (far << 16) | few;
      if (far < more && few < left && goesOn(i + few, j + far)) return (few << 16) | far;
    }
  }
  return min(STRIDE, more);
}

function goesOn(i: i32, j: i32): bool {
  tried++;
  const most = min(FITTING, min(wasCount - i, count - j));
  for (let k = 0; k < most; k++) if (!fits(i + k, j + k, j)) return false;
  return most > 0;
}

// 2. Names that several types have.

/** Earlier types with a discriminator that have no pair: their numbers go to `out`, which has room for all. How many there are. */
export function gone(out: usize): i32 {
  let to = out;
  let next = 0;
  // pairs ascend
  for (let id = 1; id <= count; id++) {
    const pair = load<i32>(pairs + ((<usize>id) << 2));
    if (pair == 0) continue;
    for (; next < pair - 1; next++) {
      if (load<i32>(wasDiscriminators + ((<usize>next) << 2)) == 0) continue;
      store<i32>(to, next);
      to += 4;
    }
    next = pair;
  }
  for (; next < wasCount; next++) {
    if (load<i32>(wasDiscriminators + ((<usize>next) << 2)) == 0) continue;
    store<i32>(to, next);
    to += 4;
  }
  return <i32>((to - out) >> 2);
}

/** Ids of types whose name has one of these 16 lower bits: `some` has a byte for each. They go to `out`, which has room for all. */
export function namedLike(some: usize, out: usize): i32 {
  let to = out;
  for (let id = 1; id <= count; id++) {
    if (load<u8>(some + load<u16>(names + ((<usize>id) << 1))) == 0) continue;
    store<i32>(to, id);
    to += 4;
  }
  return <i32>((to - out) >> 2);
}

/** Ids of types without a pair that may share their name with others: to `out`. */
export function newNames(out: usize): i32 {
  let to = out;
  for (let id = 1; id <= count; id++) {
    if (load<i32>(pairs + ((<usize>id) << 2)) != 0) continue;
    const type = at(id - 1);
    if (load<u32>(type) == 0 || !has(CLASSED, kindOf(load<u32>(type, 4)))) continue;
    store<i32>(to, id);
    to += 4;
  }
  return <i32>((to - out) >> 2);
}

/** From now on `forget` knows what was compared. */
export function remember(): void {
  noted = 0;
}

/** Compares anew what was compared since `remember`. */
export function forget(): void {
  for (let n = 0; n < noted; n++) store<i32>(refs + ((<usize>load<i32>(stack + ((<usize>n) << 2))) << 2), UNKNOWN);
  noted = -1;
}

/** A reference to this type, which is meant by its name, counts as changed. */
export function setChanged(id: i32): void {
  const slot = (<usize>id) << 2;
  if (load<i32>(refs + slot) == load<i32>(pairs + slot)) store<i32>(refs + slot, CHANGED);
}

// 3. Contents.

/** Whether a reference to a type looks as it did. */
export function refIsSame(id: i32): bool {
  const pair = load<i32>(pairs + ((<usize>id) << 2));
  return pair != 0 && compare(id, pair);
}

/** Whether a reference is to what it was to. */
function ref(id: i32, earlier: i32): bool {
  return load<i32>(refs + ((<usize>id) << 2)) == earlier || compare(id, earlier);
}

function compare(id: i32, earlier: i32): bool {
  const slot = (<usize>id) << 2;
  const known = load<i32>(refs + slot);
  if (known == earlier) return true;
  if (known != UNKNOWN) {
    if (known == UNDER_WAY) tooDeep = 1; // a type without a name that contains itself
    return false;
  }
  if (load<i32>(pairs + slot) != earlier) return false;
  if (++depth > MOST_NESTED) tooDeep = 1;
  if (tooDeep) return false;
  store<i32>(refs + slot, UNDER_WAY);
  const same = contentIsSame(id);
  depth--;
  store<i32>(refs + slot, same ? earlier : CHANGED);
  if (noted >= 0) {
    store<i32>(stack + ((<usize>noted) << 2), id);
    noted++;
  }
  return same;
}

function otherSize(id: i32): bool {
  return (load<u8>(flags + id) & OTHER_SIZE) != 0;
}

/** Whether a type says what its pair says: everything that its hash depends on. */
export function contentIsSame(id: i32): bool {
  const pair = load<i32>(pairs + ((<usize>id) << 2));
  return pair != 0 && sameRecord(at(id - 1), wasAt(pair - 1));
}

function sameRecord(type: usize, was: usize): bool {
  const info = load<u32>(type, 4);
  if (info != load<u32>(was, 4)) return false; // the names are equal, or they were no pair
  const kind = kindOf(info);
  const third = load<i32>(type, 8);
  const wasThird = load<i32>(was, 8);
  if (has(THIRD_IS_REF, kind)) {
    if (!ref(third, wasThird)) return false;
  } else if (third != wasThird) return false;
  switch (kind) {
    case PTR:
    case VOLATILE:
    case CONST:
    case RESTRICT:
    case FUNC:
    case TYPE_TAG:
    case FWD:
    case FLOAT:
      return true;
    case TYPEDEF:
      return !otherSize(third);
    case VAR:
      return !otherSize(third) && load<u32>(type, 12) == load<u32>(was, 12);
    case INT:
    case DECL_TAG:
      return load<u32>(type, 12) == load<u32>(was, 12);
    case ARRAY:
      return load<u32>(type, 20) == load<u32>(was, 20) && ref(load<i32>(type, 12), load<i32>(was, 12));
    case FUNC_PROTO: {
      const end = type + 12 + ((info & 0xffffff) << 3);
      const byBlock = blocks;
      const byId = refs;
      for (let w = type + 12, v = was + 12; w < end; w += 8, v += 8) {
        const name = load<i32>(v);
        const moved = load<i32>(byBlock + ((<usize>(<u32>name >>> BLOCK)) << 2));
        if ((moved != MIXED ? name + moved : searched(name)) != load<i32>(w)) return false;
        const id = load<i32>(w, 4);
        const earlier = load<i32>(v, 4);
        if (load<i32>(byId + ((<usize>id) << 2)) != earlier && !compare(id, earlier)) return false;
      }
      return true;
    }
    case STRUCT:
    case UNION: {
      const end = type + 12 + (info & 0xffffff) * 12;
      const byBlock = blocks;
      const byId = refs;
      const byIdToo = flags;
      for (let w = type + 12, v = was + 12; w < end; w += 12, v += 12) {
        if (load<u32>(w, 8) != load<u32>(v, 8)) return false;
        const name = load<i32>(v);
        const moved = load<i32>(byBlock + ((<usize>(<u32>name >>> BLOCK)) << 2));
        if ((moved != MIXED ? name + moved : searched(name)) != load<i32>(w)) return false;
        const id = load<i32>(w, 4);
        const earlier = load<i32>(v, 4);
        if (load<i32>(byId + ((<usize>id) << 2)) != earlier && !compare(id, earlier)) return false;
        if ((load<u8>(byIdToo + id) & OTHER_SIZE) != 0) return false;
      }
      return true;
    }
    case ENUM: {
      const end = type + 12 + ((info & 0xffffff) << 3);
      for (let w = type + 12, v = was + 12; w < end; w += 8, v += 8) {
        if (load<u32>(w, 4) != load<u32>(v, 4) || nameNow(load<i32>(v)) != load<i32>(w)) return false;
      }
      return true;
    }
    case ENUM64: {
      const end = type + 12 + (info & 0xffffff) * 12;
      for (let w = type + 12, v = was + 12; w < end; w += 12, v += 12) {
        if (load<u64>(w, 4) != load<u64>(v, 4) || nameNow(load<i32>(v)) != load<i32>(w)) return false;
      }
      return true;
    }
    default:
      return false; // sections and what is not known: hashed anew, there are few
  }
}

/**
 * How many types from `id` on say what their pairs say, which follow each other too; their hashes are copied. Most of a kernel's
 * types are passed over here.
 */
export function sameRun(id: i32): i32 {
  const shift = load<i32>(pairs + ((<usize>id) << 2)) - id;
  let next = id;
  for (; next <= count; next++) {
    const slot = (<usize>next) << 2;
    const pair = load<i32>(pairs + slot);
    if (pair == 0 || pair != next + shift) break;
    if (!sameRecord(at(next - 1), wasAt(pair - 1))) break;
    // a reference to a type that counts by its content is known from now on
    if (load<i32>(refs + slot) == UNKNOWN) store<i32>(refs + slot, pair);
  }
  const run = next - id;
  if (run > 0) {
    const to = (<usize>(id - 1)) << 2;
    const from = (<usize>(id + shift - 1)) << 2;
    memory.copy(lo + to, wasLo + from, (<usize>run) << 2);
    memory.copy(hi + to, wasHi + from, (<usize>run) << 2);
  }
  return run;
}

/** What src/prepare/similarity-sketch.ts says of it: `sums` has 256 bytes, 0 at first, and `minima` 64 times two, all 0xff. */
export function sketch(sums: usize, minima: usize): void {
  for (let i = 0; i < count; i++) {
    if ((load<u8>(flags + i + 1) & IS_DECLARED) == 0) continue;
    const low = load<u32>(lo + ((<usize>i) << 2));
    const high = load<u32>(hi + ((<usize>i) << 2));
    const sum = sums + (low & 0xff);
    store<u8>(sum, load<u8>(sum) + <u8>high);
    const slot = minima + (((low >>> 8) & 0x3f) << 1);
    if (high >>> 16 < <u32>load<u16>(slot)) store<u16>(slot, <u16>(high >>> 16));
  }
}
