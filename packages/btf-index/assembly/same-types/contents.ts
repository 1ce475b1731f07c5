// Whether types say word by word what their pairs say, with names and ids as they were moved.

import {
  ARRAY,
  at,
  BLOCK,
  blocks,
  CHANGED,
  CONST,
  count,
  DECL_TAG,
  ENUM,
  ENUM64,
  flags,
  FLOAT,
  FUNC,
  FUNC_PROTO,
  FWD,
  has,
  hi,
  INT,
  kindOf,
  lo,
  MIXED,
  nameNow,
  OTHER_SIZE,
  pairs,
  PTR,
  refs,
  RESTRICT,
  searched,
  stack,
  STRUCT,
  THIRD_IS_REF,
  TYPE_TAG,
  TYPEDEF,
  UNDER_WAY,
  UNION,
  UNKNOWN,
  VAR,
  VOLATILE,
  wasAt,
  wasHi,
  wasLo,
} from './state';

/** References through types without names nest at most so deep; beyond, everything is hashed anew. */
const MOST_NESTED: i32 = 100;

let depth: i32 = 0;
let noted: i32 = 0;

/** Set where what was found cannot be relied on: a type without a name contains itself, or nesting is too deep. */
export let tooDeep: i32 = 0;

/** Before anything is compared. */
export function newComparisons(): void {
  tooDeep = depth = 0;
  noted = -1;
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
