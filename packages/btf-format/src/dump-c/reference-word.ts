// Chains of references: what a modifier, pointer, array, typedef or tag leads to.

import { BtfKind } from '../kinds.ts';

/** Which word leads on from a kind that only refers to a type; 0 for others. */
export function referenceWord(kind: BtfKind): number {
  switch (kind) {
    case BtfKind.TypeTag:
    case BtfKind.Const:
    case BtfKind.Ptr:
    case BtfKind.Volatile:
    case BtfKind.Restrict:
    case BtfKind.Typedef:
    case BtfKind.DeclTag:
      return 2;
    case BtfKind.Array:
      return 3;
    default:
      return 0;
  }
}
