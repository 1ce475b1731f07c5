// How large every type of a BTF is.

import { type Btf, BtfKind, infoKind } from '@btfq/btf-format';

/** Stands for no size: void, functions, forward declarations, what exceeds 4 GiB. */
export const NO_TYPE_SIZE = -1;

/**
 * Sizes in bytes of all types by id, in one pass with a stack of the typedefs and modifiers on the way (btf__resolve_size);
 * NO_TYPE_SIZE where a type has none. With the sizes of its base, only those of the layer over it, by own number.
 */
export function typeSizes(btf: Btf, pointerBytes: number, baseSizes?: Float64Array): Float64Array {
  const { words, starts } = btf;
  const firstId = baseSizes === undefined ? 0 : btf.startId;
  const firstStart = btf.startId - firstId; // without a base number 0 is void, which has no record
  const count = btf.typeCount - firstId;
  const sizes = new Float64Array(count);

  const UNKNOWN = -2;
  sizes.fill(UNKNOWN);
  if (firstStart === 1) sizes[0] = NO_TYPE_SIZE;
  const sizeNow = (own: number) => (own < 0 ? (baseSizes?.[own + firstId] as number) : sizes[own]!);
  const path: number[] = [];
  for (let first = firstStart; first < count; first++) {
    let id = first;
    let size = sizes[id]!;
    while (size === UNKNOWN) {
      const at = starts[id - firstStart]!;
      const kind = infoKind(words[at + 1]!);
      switch (kind) {
        case BtfKind.Int:
        case BtfKind.Struct:
        case BtfKind.Union:
        case BtfKind.Enum:
        case BtfKind.Enum64:
        case BtfKind.Float:
        case BtfKind.Datasec:
          size = words[at + 2]!;
          break;
        case BtfKind.Ptr:
          size = pointerBytes;
          break;
        case BtfKind.Typedef:
        case BtfKind.Volatile:
        case BtfKind.Const:
        case BtfKind.Restrict:
        case BtfKind.Var:
        case BtfKind.TypeTag:
          path.push(id);
          sizes[id] = NO_TYPE_SIZE; // what a cycle gets
          id = words[at + 2]! - firstId;
          size = sizeNow(id);
          continue;
        case BtfKind.Array:
          path.push(id);
          sizes[id] = NO_TYPE_SIZE;
          id = words[at + 3]! - firstId;
          size = sizeNow(id);
          continue;
        default:
          size = NO_TYPE_SIZE;
      }
      sizes[id] = size;
    }
    for (let above = path.pop(); above !== undefined; above = path.pop()) {
      const at = starts[above - firstStart]!;
      if (size !== NO_TYPE_SIZE && infoKind(words[at + 1]!) === BtfKind.Array) {
        size *= words[at + 5]!;
        if (size > 0xffffffff) size = NO_TYPE_SIZE;
      }
      sizes[above] = size;
    }
  }
  return sizes;
}
