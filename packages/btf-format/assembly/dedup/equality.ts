// Hashes and comparisons of single records. Hashes leave out what may still change: ids that are not canonical yet.
// libbpf btf.c: btf_hash_*, btf_equal_*, btf_compat_*, btf_shallow_equal_struct.

import {
  ARRAY,
  DECL_TAG,
  ENUM,
  ENUM64,
  FUNC_PROTO,
  INT,
  kindOf,
  recordOf,
  STRUCT,
  TYPEDEF,
  UNION,
  vlenOf,
} from './state';

function combine(hash: u32, value: u32): u32 {
  return hash * 31 + value;
}

/** The signature's hash of a type, by kind. */
export function hashType(id: u32): u32 {
  const at = recordOf(id);
  const kind = kindOf(id);
  const name = load<u32>(at);
  if (kind == ENUM || kind == ENUM64) return name; // a forward-declared enum must meet the full one
  const named = combine(name, load<u32>(at, 4));
  if (kind == TYPEDEF) return named;
  // what every other hash begins with: name, info, size or type
  let hash = combine(named, load<u32>(at, 8));
  switch (kind) {
    case INT:
    case DECL_TAG:
      return combine(hash, load<u32>(at, 12));
    case STRUCT:
    case UNION: {
      const end = at + 12 + <usize>vlenOf(at) * 12;
      for (let w = at + 12; w < end; w += 12) hash = combine(combine(hash, load<u32>(w)), load<u32>(w, 8));
      return hash;
    }
    case ARRAY:
      return hashRun(hash, at + 12, 3);
    case FUNC_PROTO:
      return hashRun(hash, at + 12, vlenOf(at) * 2);
    default:
      return hash;
  }
}

function hashRun(hash: u32, at: usize, count: u32): u32 {
  const end = at + ((<usize>count) << 2);
  for (let w = at; w < end; w += 4) hash = combine(hash, load<u32>(w));
  return hash;
}

/** btf_equal_common: name, info, size or type. */
export function equalCommon(a: usize, b: usize): bool {
  return load<u64>(a) == load<u64>(b) && load<u32>(a, 8) == load<u32>(b, 8);
}

/** btf_equal_int_tag: INT or DECL_TAG. */
export function equalIntOrTag(a: usize, b: usize): bool {
  return equalCommon(a, b) && load<u32>(a, 12) == load<u32>(b, 12);
}

/** btf_equal_enum: ENUM or ENUM64, every value. */
export function equalEnum(a: usize, b: usize): bool {
  if (!equalCommon(a, b)) return false;
  return equalRun(a + 12, b + 12, vlenOf(a) * (kindAt(a) == ENUM ? 2 : 3));
}

/** btf_is_enum_fwd: an enum without values. */
export function isEnumFwd(at: usize): bool {
  return isEnum(at) && vlenOf(at) == 0;
}

function isEnum(at: usize): bool {
  const kind = kindAt(at);
  return kind == ENUM || kind == ENUM64;
}

function kindAt(at: usize): u32 {
  return (load<u32>(at, 4) >>> 24) & 0x7f;
}

/** btf_compat_enum: equal, or one of them a forward declaration of the same name, whatever size and kind. */
export function compatibleEnum(a: usize, b: usize): bool {
  if (!isEnumFwd(a) && !isEnumFwd(b)) return equalEnum(a, b);
  return load<u32>(a) == load<u32>(b) && isEnum(a) && isEnum(b);
}

/** btf_shallow_equal_struct: everything but the members' types. */
export function shallowEqualStruct(a: usize, b: usize): bool {
  if (!equalCommon(a, b)) return false;
  const end = a + 12 + <usize>vlenOf(a) * 12;
  for (let x = a + 12, y = b + 12; x < end; x += 12, y += 12) {
    if (load<u32>(x) != load<u32>(y) || load<u32>(x, 8) != load<u32>(y, 8)) return false;
  }
  return true;
}

/** btf_equal_typedef: name and info, whatever it stands for. */
export function equalTypedef(a: usize, b: usize): bool {
  return load<u64>(a) == load<u64>(b);
}

/** btf_compat_array: the same number of elements, whatever they are. */
export function compatibleArray(a: usize, b: usize): bool {
  return equalCommon(a, b) && load<u32>(a, 20) == load<u32>(b, 20);
}

/** btf_compat_fnproto: the same parameter names, whatever types. */
export function compatiblePrototype(a: usize, b: usize): bool {
  if (load<u64>(a) != load<u64>(b)) return false;
  const end = a + 12 + ((<usize>vlenOf(a)) << 3);
  for (let x = a + 12, y = b + 12; x < end; x += 8, y += 8) if (load<u32>(x) != load<u32>(y)) return false;
  return true;
}

/** btf_equal_array, btf_equal_fnproto and the like: once references are canonical, records are equal word by word. */
export function equalRecord(a: usize, b: usize, trailing: u32): bool {
  return equalCommon(a, b) && equalRun(a + 12, b + 12, trailing);
}

function equalRun(a: usize, b: usize, count: u32): bool {
  const end = a + ((<usize>count) << 2);
  for (let x = a, y = b; x < end; x += 4, y += 4) if (load<u32>(x) != load<u32>(y)) return false;
  return true;
}
