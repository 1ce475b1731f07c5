// Pairs of types, in order, and what is known of each without looking inside: its size, whether it is meant by its name. A pair that
// was lined up wrongly counts as changed, which costs time and nothing else.

import { newComparisons } from './contents';
import {
  ARRAY,
  at,
  CHANGED,
  CONST,
  count,
  DATASEC,
  ENUM,
  ENUM64,
  flags,
  FLOAT,
  FUNC,
  FWD,
  has,
  INT,
  ints,
  IS_DECLARED,
  kindOf,
  NAMED,
  nameNow,
  names,
  OTHER_SIZE,
  pairs,
  PTR,
  refs,
  RESTRICT,
  shared,
  sizes,
  stack,
  STRUCT,
  THIRD_IS_REF,
  TYPE_TAG,
  TYPEDEF,
  UNION,
  UNKNOWN,
  VAR,
  VOLATILE,
  wasAt,
  wasCount,
  wasDiscriminators,
  wasSizes,
} from './state';

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

/** Sizes: none, and not known yet. */
const NO_SIZE: f64 = -1;
const NO_SIZE_YET: f64 = -2;

const DECLARED: u32 = NAMED | (1 << INT) | (1 << FUNC) | (1 << VAR) | (1 << FLOAT);
/** Kinds that say their size, and those that have another type's. */
const OF_THIRD: u32 =
  (1 << STRUCT) | (1 << UNION) | (1 << INT) | (1 << ENUM) | (1 << ENUM64) | (1 << FLOAT) | (1 << DATASEC);
const OF_TYPE: u32 =
  (1 << TYPEDEF) | (1 << CONST) | (1 << VOLATILE) | (1 << RESTRICT) | (1 << VAR) | (1 << TYPE_TAG) | (1 << ARRAY);

let pointerBytes: f64 = 8;
let tried: i32 = 0;

/** How many ids are in `shared`. */
export let sharedCount: i32 = 0;
/** How many ids are in `ints`. */
export let intCount: i32 = 0;

/**
 * Pairs types in order and says the sizes of all. False where too many stay alone. `pointer`: the size of pointers.
 */
export function lineUp(pointer: f64): bool {
  pointerBytes = pointer;
  newComparisons();
  tried = sharedCount = intCount = 0;
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
