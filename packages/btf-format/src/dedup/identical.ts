// Whether two types are the same in all but their ids: compilers write one array or struct twice within a unit, which
// the comparison of graphs would take for a contradiction. libbpf btf.c: btf_dedup_identical_types.

import { BtfError } from '../errors.ts';
import { BtfKind } from '../kinds.ts';
import {
  compatibleArray,
  compatibleEnum,
  compatiblePrototype,
  equalCommon,
  equalIntOrTag,
  shallowEqualStruct,
} from './equality.ts';
import { type DedupState, kindOf, wordAt } from './state.ts';

/** Compares down to `depth` levels of composites; chains of references count as one. */
export function identicalTypes(state: DedupState, one: number, two: number, depth: number): boolean {
  const { words } = state;
  if (depth <= 0) return false;
  for (let left = state.typeCount; ; left--) {
    // references in a circle, which libbpf would follow for ever, or composites that branch without end
    if (left < 0 || --state.identicalSteps < 0) {
      throw new BtfError('limit', 'types too entangled to compare', { typeId: one });
    }
    const kind = kindOf(state, one);
    if (kind !== kindOf(state, two)) return false;
    const [a, b] = [wordAt(state, one), wordAt(state, two)];
    switch (kind) {
      case BtfKind.Unknown: // void
        return true;
      case BtfKind.Int:
        return equalIntOrTag(words, a, b);
      case BtfKind.Enum:
      case BtfKind.Enum64:
        return compatibleEnum(words, a, b);
      case BtfKind.Fwd:
      case BtfKind.Float:
        return equalCommon(words, a, b);
      case BtfKind.Const:
      case BtfKind.Volatile:
      case BtfKind.Restrict:
      case BtfKind.Ptr:
      case BtfKind.Typedef:
      case BtfKind.Func:
      case BtfKind.TypeTag:
        if (words[a + 1] !== words[b + 1] || words[a] !== words[b]) return false;
        one = words[a + 2]!;
        two = words[b + 2]!;
        continue;
      case BtfKind.Array:
        // element and index types are never compared: libbpf takes both sides of that comparison from the first array
        return compatibleArray(words, a, b);
      case BtfKind.Struct:
      case BtfKind.Union:
        return shallowEqualStruct(words, a, b) && sameElements(state, a, b, 3, depth);
      case BtfKind.FuncProto:
        return (
          compatiblePrototype(words, a, b) &&
          same(state, words[a + 2]!, words[b + 2]!, depth) &&
          sameElements(state, a, b, 2, depth)
        );
      default:
        return false;
    }
  }
}

/** The types of members or parameters: the second word of each element. */
function sameElements(state: DedupState, a: number, b: number, stride: number, depth: number): boolean {
  const { words } = state;
  const vlen = words[a + 1]! & 0xffffff;
  for (let i = 0, x = a + 4, y = b + 4; i < vlen; i++, x += stride, y += stride) {
    if (!same(state, words[x]!, words[y]!, depth)) return false;
  }
  return true;
}

function same(state: DedupState, one: number, two: number, depth: number): boolean {
  return one === two || identicalTypes(state, one, two, depth - 1);
}
