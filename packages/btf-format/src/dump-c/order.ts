// In what order definitions must stand so that C accepts them. btf_dump_order_type of libbpf's btf_dump.c.

import { BtfError } from '../errors.ts';
import { BtfKind } from '../kinds.ts';
import { type CDump, OrderState, TypeFlag } from './state.ts';
import { infoKind, infoVlen } from '../info.ts';

/**
 * Puts on the queue what must be defined before `id` can be, and `id` itself. True where whoever refers to it needs
 * the definition (a strong link), false where a forward declaration will do (through a pointer to something named).
 * Only what can stand on its own gets an order state; whether a modifier, array or prototype links strongly depends on
 * the way to it. Throws `unsupported` for a struct that contains itself, `limit` for types that nest too deep.
 */
export function orderType(d: CDump, id: number, throughPointer: boolean): boolean {
  const state = d.orderState[id]!;
  if (state === OrderState.ordered) return true;
  const at = d.starts[id]!;
  const info = d.words[at + 1]!;
  const kind = infoKind(info);
  const named = d.words[at] !== 0;
  if (state === OrderState.ordering) {
    if ((kind === BtfKind.Struct || kind === BtfKind.Union) && throughPointer && named) return false;
    throw new BtfError('unsupported', 'a type that contains itself', {
      typeId: id,
      expected: 'a pointer in every cycle of types',
    });
  }
  d.enter(id);
  const strong = orderNew(d, id, at, info, kind, named, throughPointer);
  d.leave();
  return strong;
}

function orderNew(
  d: CDump,
  id: number,
  at: number,
  info: number,
  kind: BtfKind,
  named: boolean,
  throughPointer: boolean,
): boolean {
  switch (kind) {
    case BtfKind.Int:
    case BtfKind.Float:
      d.orderState[id] = OrderState.ordered;
      return false;

    case BtfKind.Ptr: {
      const strong = orderType(d, d.words[at + 2]!, true);
      d.orderState[id] = OrderState.ordered;
      return strong;
    }
    case BtfKind.Array:
      return orderType(d, d.words[at + 3]!, false);

    case BtfKind.Struct:
    case BtfKind.Union: {
      if (throughPointer && named) return false;
      d.orderState[id] = OrderState.ordering;
      const vlen = infoVlen(info);
      for (let i = 0, w = at + 4; i < vlen; i++, w += 3) orderType(d, d.words[w]!, false);
      if (named) d.queue.push(id);
      d.orderState[id] = OrderState.ordered;
      return true;
    }
    case BtfKind.Enum:
    case BtfKind.Enum64:
    case BtfKind.Fwd:
      if (named || !d.hasFlag(id, TypeFlag.referenced)) d.queue.push(id);
      d.orderState[id] = OrderState.ordered;
      return true;

    case BtfKind.Typedef: {
      const strong = orderType(d, d.words[at + 2]!, throughPointer);
      if (throughPointer && !strong) return false;
      d.queue.push(id);
      d.orderState[id] = OrderState.ordered;
      return true;
    }
    case BtfKind.Volatile:
    case BtfKind.Const:
    case BtfKind.Restrict:
    case BtfKind.TypeTag:
      return orderType(d, d.words[at + 2]!, throughPointer);

    case BtfKind.FuncProto: {
      let strong = orderType(d, d.words[at + 2]!, throughPointer);
      const vlen = infoVlen(info);
      for (let i = 0, w = at + 4; i < vlen; i++, w += 2) {
        if (orderType(d, d.words[w]!, throughPointer)) strong = true;
      }
      return strong;
    }
    default:
      d.orderState[id] = OrderState.ordered;
      return false;
  }
}
