// Whether two types are the same in all but their ids: compilers write one array or struct twice within a unit, which
// the comparison of graphs would take for a contradiction. libbpf btf.c: btf_dedup_identical_types.

import {
  compatibleArray,
  compatibleEnum,
  compatiblePrototype,
  equalCommon,
  equalIntOrTag,
  shallowEqualStruct,
} from './equality';
import {
  ARRAY,
  CONST,
  ENTANGLED,
  ENUM,
  ENUM64,
  fail,
  FLOAT,
  FUNC,
  FUNC_PROTO,
  FWD,
  INT,
  kindOf,
  PTR,
  recordOf,
  RESTRICT,
  STRUCT,
  TYPE_TAG,
  typeCount,
  TYPEDEF,
  UNION,
  vlenOf,
  VOLATILE,
} from './state';

/** Steps that libbpf would take for hours are refused: the depth is limited, the breadth is not. */
const MAX_STEPS: u32 = 1_000_000_000;
let stepsLeft: u32 = 0;

/** Before the first comparison. */
export function newSteps(): void {
  stepsLeft = MAX_STEPS;
}

/** Compares down to `depth` levels of composites; chains of references count as one. */
export function identicalTypes(one: u32, two: u32, depth: i32): bool {
  if (depth <= 0) return false;
  for (let left = <i64>typeCount; ; left--) {
    // references in a circle, which libbpf would follow for ever, or composites that branch without end
    if (left < 0 || stepsLeft == 0) fail(ENTANGLED, one);
    stepsLeft--;
    const kind = kindOf(one);
    if (kind != kindOf(two)) return false;
    const a = recordOf(one);
    const b = recordOf(two);
    switch (kind) {
      case 0: // void
        return true;
      case INT:
        return equalIntOrTag(a, b);
      case ENUM:
      case ENUM64:
        return compatibleEnum(a, b);
      case FWD:
      case FLOAT:
        return equalCommon(a, b);
      case CONST:
      case VOLATILE:
      case RESTRICT:
      case PTR:
      case TYPEDEF:
      case FUNC:
      case TYPE_TAG:
        if (load<u64>(a) != load<u64>(b)) return false;
        one = load<u32>(a, 8);
        two = load<u32>(b, 8);
        continue;
      case ARRAY:
        // element and index types are never compared: libbpf takes both sides of that comparison from the first array
        return compatibleArray(a, b);
      case STRUCT:
      case UNION:
        return shallowEqualStruct(a, b) && sameElements(a, b, 12, depth);
      case FUNC_PROTO:
        return (
          compatiblePrototype(a, b) && same(load<u32>(a, 8), load<u32>(b, 8), depth) && sameElements(a, b, 8, depth)
        );
      default:
        return false;
    }
  }
}

/** The types of members or parameters: the second word of each element. */
function sameElements(a: usize, b: usize, stride: usize, depth: i32): bool {
  const end = a + 16 + <usize>vlenOf(a) * stride;
  for (let x = a + 16, y = b + 16; x < end; x += stride, y += stride) {
    if (!same(load<u32>(x), load<u32>(y), depth)) return false;
  }
  return true;
}

function same(one: u32, two: u32, depth: i32): bool {
  return one == two || identicalTypes(one, two, depth - 1);
}
