// Sizes and alignments as `resolveSize` and `alignOf` of layout.ts give them, over flat arrays and with a memory: a dump
// asks for every member of every struct. libbpf btf.c: btf__resolve_size, btf__align_of.

import { BtfError } from '../errors.ts';
import type { FlatBtf } from '../flatten.ts';
import { BtfKind } from '../kinds.ts';
import { MAX_RESOLVE_DEPTH } from '../layout.ts';
import { infoKind, infoKindFlag, infoVlen } from '../info.ts';

/** Sizes and alignments in bytes of one BTF; 0 for what has none: void, functions, forward declarations. */
export class Sizes {
  private readonly flat: FlatBtf;
  private readonly pointerBytes: 4 | 8;
  private readonly maxDepth: number;
  /** One more than the alignment of a composite; 0 where it is not known yet. */
  private readonly alignments: Uint8Array;

  constructor(flat: FlatBtf, pointerBytes: 4 | 8, maxDepth: number) {
    this.flat = flat;
    this.pointerBytes = pointerBytes;
    this.maxDepth = maxDepth;
    this.alignments = new Uint8Array(flat.typeCount);
  }

  /** Throws `limit` where composites nest deeper than `maxDepth`. */
  alignOf(id: number): number {
    return this.align(id, 0);
  }

  sizeOf(id: number): number {
    const { words, starts } = this.flat;
    let count = 1;
    for (let depth = 0; depth < MAX_RESOLVE_DEPTH; depth++) {
      const at = starts[id]!;
      switch (infoKind(words[at + 1]!)) {
        case BtfKind.Int:
        case BtfKind.Struct:
        case BtfKind.Union:
        case BtfKind.Enum:
        case BtfKind.Enum64:
        case BtfKind.Datasec:
        case BtfKind.Float:
          return limited(count * words[at + 2]!);
        case BtfKind.Ptr:
          return limited(count * this.pointerBytes);
        case BtfKind.Typedef:
        case BtfKind.Volatile:
        case BtfKind.Const:
        case BtfKind.Restrict:
        case BtfKind.Var:
        case BtfKind.DeclTag:
        case BtfKind.TypeTag:
          id = words[at + 2]!;
          break;
        case BtfKind.Array:
          count *= words[at + 5]!;
          if (count > 0xffffffff) return 0;
          id = words[at + 3]!;
          break;
        default:
          return 0;
      }
    }
    return 0;
  }

  private align(id: number, depth: number): number {
    const { words, starts } = this.flat;
    for (let steps = depth; steps <= this.maxDepth; steps++) {
      const at = starts[id]!;
      switch (infoKind(words[at + 1]!)) {
        case BtfKind.Int:
        case BtfKind.Enum:
        case BtfKind.Enum64:
        case BtfKind.Float:
          return Math.min(this.pointerBytes, words[at + 2]!);
        case BtfKind.Ptr:
          return this.pointerBytes;
        case BtfKind.Typedef:
        case BtfKind.Volatile:
        case BtfKind.Const:
        case BtfKind.Restrict:
        case BtfKind.TypeTag:
          id = words[at + 2]!;
          break;
        case BtfKind.Array:
          id = words[at + 3]!;
          break;
        case BtfKind.Struct:
        case BtfKind.Union: {
          const known = this.alignments[id]!;
          if (known !== 0) return known - 1;
          const found = this.alignComposite(at, steps);
          this.alignments[id] = found + 1;
          return found;
        }
        default:
          return 0;
      }
    }
    throw new BtfError('limit', 'types nest too deep', { typeId: id, expected: `at most ${this.maxDepth} levels` });
  }

  /** A member off its natural place, or a size that is no multiple of the alignment, means a packed struct or union. */
  private alignComposite(at: number, depth: number): number {
    const { words } = this.flat;
    const info = words[at + 1]!;
    const hasBitfields = infoKindFlag(info);
    const vlen = infoVlen(info);
    let most = 1;
    for (let i = 0, w = at + 3; i < vlen; i++, w += 3) {
      const own = this.align(words[w + 1]!, depth + 1);
      if (own === 0) return 0;
      if (own > most) most = own;
      const offset = words[w + 2]!;
      const isBitfield = hasBitfields && offset >>> 24 !== 0;
      if (!isBitfield && offset % (8 * own) !== 0) return 1;
    }
    return words[at + 2]! % most === 0 ? most : 1;
  }
}

/** Beyond 32 bits libbpf says E2BIG. */
function limited(size: number): number {
  return size > 0xffffffff ? 0 : size;
}
