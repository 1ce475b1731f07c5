// How large every type of a BTF is.

import { type Btf, BtfKind, infoKind } from '@btfq/btf-format';
import { takeFloat64 } from '../bytes.ts';

/** Stands for no size: void, functions, forward declarations, what exceeds 4 GiB. */
export const NO_TYPE_SIZE = -1;

/**
 * Sizes in bytes of all types by id, in one pass with a stack of the typedefs and modifiers on the way (btf__resolve_size);
 * NO_TYPE_SIZE where a type has none. With the sizes of its base, only those of the layer over it, by own number.
 */
export function typeSizes(btf: Btf, pointerBytes: number, baseSizes?: Float64Array): Float64Array {
  return baseSizes === undefined ? wholeSizes(btf, pointerBytes) : layerSizes(btf, pointerBytes, baseSizes);
}

/** By kind: how a size is found. */
const From = { none: 0, third: 1, pointer: 2, type: 3, element: 4 } as const;
const FROM = Uint8Array.from({ length: 128 }, (_, kind) => {
  switch (kind) {
    case BtfKind.Int:
    case BtfKind.Struct:
    case BtfKind.Union:
    case BtfKind.Enum:
    case BtfKind.Enum64:
    case BtfKind.Float:
    case BtfKind.Datasec:
      return From.third;
    case BtfKind.Ptr:
      return From.pointer;
    case BtfKind.Typedef:
    case BtfKind.Volatile:
    case BtfKind.Const:
    case BtfKind.Restrict:
    case BtfKind.Var:
    case BtfKind.TypeTag:
      return From.type;
    case BtfKind.Array:
      return From.element;
    default:
      return From.none;
  }
});

/** Of a BTF without a base: most types say their size themselves. */
function wholeSizes({ words: unsigned, starts, typeCount }: Btf, pointerBytes: number): Float64Array {
  const words = new Int32Array(unsigned.buffer, unsigned.byteOffset, unsigned.length);
  const sizes = takeFloat64(typeCount);
  const UNKNOWN = -2;
  sizes.fill(UNKNOWN);
  sizes[0] = NO_TYPE_SIZE;
  const path: number[] = [];
  for (let first = 1; first < typeCount; first++) {
    let id = first;
    let size: number = UNKNOWN;
    for (;;) {
      const at = starts[id - 1]!;
      const from = FROM[(words[at + 1]! >>> 24) & 0x7f]!;
      if (from === From.third) size = words[at + 2]! >>> 0;
      else if (from === From.pointer) size = pointerBytes;
      else if (from === From.none) size = NO_TYPE_SIZE;
      else {
        size = sizes[id]!;
        if (size !== UNKNOWN) break;
        path.push(id);
        sizes[id] = NO_TYPE_SIZE; // what a cycle gets
        id = words[from === From.element ? at + 3 : at + 2]! >>> 0;
        if (id === 0) size = NO_TYPE_SIZE;
        if (id !== 0) continue;
      }
      break;
    }
    if (path.length === 0) {
      sizes[first] = size;
      continue;
    }
    for (let above = path.pop(); above !== undefined; above = path.pop()) {
      const at = starts[above - 1]!;
      if (size !== NO_TYPE_SIZE && FROM[(words[at + 1]! >>> 24) & 0x7f] === From.element) {
        size *= words[at + 5]! >>> 0;
        if (size > 0xffffffff) size = NO_TYPE_SIZE;
      }
      sizes[above] = size;
    }
  }
  return sizes;
}

function layerSizes(btf: Btf, pointerBytes: number, baseSizes: Float64Array): Float64Array {
  const { words, starts } = btf;
  const firstId = btf.startId;
  const count = btf.typeCount - firstId;
  const sizes = new Float64Array(count);

  const UNKNOWN = -2;
  sizes.fill(UNKNOWN);
  const sizeNow = (own: number) => (own < 0 ? baseSizes[own + firstId]! : sizes[own]!);
  const path: number[] = [];
  for (let first = 0; first < count; first++) {
    let id = first;
    let size = sizes[id]!;
    while (size === UNKNOWN) {
      const at = starts[id]!;
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
      const at = starts[above]!;
      if (size !== NO_TYPE_SIZE && infoKind(words[at + 1]!) === BtfKind.Array) {
        size *= words[at + 5]!;
        if (size > 0xffffffff) size = NO_TYPE_SIZE;
      }
      sizes[above] = size;
    }
  }
  return sizes;
}
