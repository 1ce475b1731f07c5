// The pass over a type section in wasm, where it is fast from the first record on: a process that opens one kernel ends before
// a JavaScript engine has compiled such a loop. It knows only what is plainly right. Whatever else it meets, it gives up, and
// src/index-types.ts, which says what is wrong and where, goes over the section again.

/** The largest reference that was seen, unsigned. */
export let maxRef: u32 = 0;

/** BTF_KIND_*: as in src/kinds.ts, whose names a compiler of wasm cannot take from an object. */
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

/**
 * Goes over the records of [types, end) and writes at `starts` the word where each begins and, last, where the section ends.
 * Gives their number, or -1 where a record does not fit, a kind is another, a name is above `lastName`, or a FUNC has no
 * prototype in this section.
 */
export function indexTypes(types: usize, end: usize, starts: usize, startId: u32, lastName: i32): i32 {
  let at = types;
  let out = starts;
  let signs: i32 = 0; // negative once a name is beyond its limit
  let max: u32 = 0;
  let hasLaterPrototypes = false;
  while (at + 12 <= end) {
    const name = load<i32>(at);
    const info = load<u32>(at, 4);
    const third = load<u32>(at, 8);
    const vlen = info & 0xffffff;
    const first = at + 12;
    store<u32>(out, <u32>((at - types) >> 2));
    signs |= name | (lastName - name);
    switch (kindOf(info)) {
      case FUNC: {
        max = larger(max, third);
        const prototype = third - startId; // one of a base is far beyond
        if (prototype > <u32>((out - starts) >> 2)) hasLaterPrototypes = true;
        else if (kindOfType(types, starts, prototype) != FUNC_PROTO) return -1;
        at = first;
        break;
      }
      case FUNC_PROTO:
        max = larger(max, third);
        at = first + (vlen << 3);
        if (at > end) return -1;
        for (let word = first; word < at; word += 8) {
          const parameter = load<i32>(word);
          signs |= parameter | (lastName - parameter);
          max = larger(max, load<u32>(word, 4));
        }
        break;
      case PTR:
      case TYPEDEF:
      case VOLATILE:
      case CONST:
      case RESTRICT:
      case TYPE_TAG:
        max = larger(max, third);
        at = first;
        break;
      case STRUCT:
      case UNION:
        at = first + vlen * 12;
        if (at > end) return -1;
        for (let word = first; word < at; word += 12) {
          const member = load<i32>(word);
          signs |= member | (lastName - member);
          max = larger(max, load<u32>(word, 4));
        }
        break;
      case ARRAY:
        at = first + 12;
        if (at > end) return -1;
        max = larger(larger(max, load<u32>(first)), load<u32>(first, 4));
        break;
      case ENUM:
        at = first + (vlen << 3);
        if (at > end) return -1;
        for (let word = first; word < at; word += 8) {
          const value = load<i32>(word);
          signs |= value | (lastName - value);
        }
        break;
      case ENUM64:
        at = first + vlen * 12;
        if (at > end) return -1;
        for (let word = first; word < at; word += 12) {
          const value = load<i32>(word);
          signs |= value | (lastName - value);
        }
        break;
      case DATASEC:
        at = first + vlen * 12;
        if (at > end) return -1;
        for (let word = first; word < at; word += 12) max = larger(max, load<u32>(word));
        break;
      case VAR:
      case DECL_TAG:
        max = larger(max, third);
        at = first + 4;
        break;
      case INT:
        at = first + 4;
        break;
      case FWD:
      case FLOAT:
        at = first;
        break;
      default:
        return -1;
    }
    out += 4;
  }
  if (at != end || signs < 0) return -1;
  store<u32>(out, <u32>((end - types) >> 2));
  if (hasLaterPrototypes && !prototypesFit(types, starts, out, startId)) return -1;
  maxRef = max;
  return <i32>((out - starts) >> 2);
}

/** Whether each FUNC refers to a FUNC_PROTO. `last`: where the starts end. */
function prototypesFit(types: usize, starts: usize, last: usize, startId: u32): bool {
  for (let each = starts; each < last; each += 4) {
    const at = types + (load<u32>(each) << 2);
    if (kindOf(load<u32>(at, 4)) != FUNC) continue;
    const prototype = load<u32>(at, 8) - startId;
    if (prototype >= <u32>((last - starts) >> 2)) return false;
    if (kindOfType(types, starts, prototype) != FUNC_PROTO) return false;
  }
  return true;
}

/**
 * Writes at `out` the indexes of types whose names may be wanted: where the byte of `prefixes` for sixteen bits of the name's
 * first four bytes is set, or that of `firstBytes` for its first byte. A name so near the end that four bytes are not there
 * is one of them. Gives how many there are.
 */
export function preselect(
  types: usize,
  starts: usize,
  count: u32,
  strings: usize,
  stringLength: u32,
  prefixes: usize,
  firstBytes: usize,
  out: usize,
): u32 {
  let to = out;
  for (let i: u32 = 0; i < count; i++) {
    const name = load<u32>(types + (load<u32>(starts + (i << 2)) << 2));
    if (name == 0) continue;
    if (name + 4 <= stringLength) {
      const word = load<u32>(strings + name);
      if (load<u8>(prefixes + ((word * 0x9e3779b1) >>> 16)) == 0 && load<u8>(firstBytes + (word & 0xff)) == 0) continue;
    }
    store<u32>(to, i);
    to += 4;
  }
  return <u32>((to - out) >> 2);
}

function kindOf(info: u32): u32 {
  return (info >>> 24) & 0x7f;
}

/** The kind of a type by its index in this section. */
function kindOfType(types: usize, starts: usize, index: u32): u32 {
  return kindOf(load<u32>(types + (load<u32>(starts + (index << 2)) << 2), 4));
}

function larger(a: u32, b: u32): u32 {
  return b > a ? b : a;
}
