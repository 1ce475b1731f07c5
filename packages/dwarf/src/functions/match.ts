// Whether two types are the same for the question whether a function's prototypes agree: loosely, by names, without const.
// dwarves' types__match.

import { BtfKind } from '@btfq/btf-format';
import { KIND_MASK, NAME_FLAG, type NodeTable } from '../intern/nodes.ts';

const MAX_DEPTH = 64;

/** Whether the nodes match. */
export function typesMatch(nodes: NodeTable, first: number, second: number, depth = 0): boolean {
  const pool = nodes.pool.data;
  const starts = nodes.starts.data;
  let a = first;
  let b = second;
  if (depth > MAX_DEPTH) return false;
  for (;;) {
    if (a === b) return true;
    if (a === 0 || b === 0) return false;
    const at = starts[a]!;
    const bt = starts[b]!;
    const aHead = pool[at]!;
    const bHead = pool[bt]!;
    const aKind = aHead & KIND_MASK;
    const bKind = bHead & KIND_MASK;
    if (aKind !== bKind) {
      if (aKind === BtfKind.Const) a = pool[at + 1]!;
      else if (bKind === BtfKind.Const) b = pool[bt + 1]!;
      else return false;
      continue;
    }
    switch (aKind) {
      case BtfKind.Int:
        return pool[at + 1] === pool[bt + 1] && pool[at + 2] === pool[bt + 2] && pool[at + 3] === pool[bt + 3];
      case BtfKind.Float:
        return pool[at + 1] === pool[bt + 1] && pool[at + 2] === pool[bt + 2];
      case BtfKind.Typedef:
      case BtfKind.Enum:
      case BtfKind.Enum64:
        return pool[at + 1] === pool[bt + 1];
      case BtfKind.Struct:
      case BtfKind.Union:
        // a name's tuple and an anonymous one's have the name at the same place
        return pool[at + 1] === pool[bt + 1] && (aHead & NAME_FLAG) === (bHead & NAME_FLAG);
      case BtfKind.Ptr:
      case BtfKind.Volatile:
      case BtfKind.Const:
      case BtfKind.Restrict:
        a = pool[at + 1]!;
        b = pool[bt + 1]!;
        break;
      case BtfKind.TypeTag:
        a = pool[at + 2]!;
        b = pool[bt + 2]!;
        break;
      case BtfKind.Array:
        if (pool[at + 2] !== pool[bt + 2]) return false;
        a = pool[at + 1]!;
        b = pool[bt + 1]!;
        break;
      case BtfKind.FuncProto: {
        const count = pool[at + 2]!;
        if (count !== pool[bt + 2] || !typesMatch(nodes, pool[at + 1]!, pool[bt + 1]!, depth + 1)) return false;
        for (let i = 0; i < count; i++) {
          if (!typesMatch(nodes, pool[at + 4 + i * 2]!, pool[bt + 4 + i * 2]!, depth + 1)) return false;
        }
        return true;
      }
      default:
        return false;
    }
  }
}
