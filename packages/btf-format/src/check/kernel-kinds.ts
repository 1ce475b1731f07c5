// Which kinds the kernel resolves further, and which end a chain. kernel/bpf/btf.c: btf_type_needs_resolve and its
// neighbours.

import { BtfKind } from '../kinds.ts';

export function isComposite(kind: BtfKind): boolean {
  return kind === BtfKind.Struct || kind === BtfKind.Union;
}

/** What the kernel calls a modifier: typedefs too. */
export function isModifierOrTypedef(kind: BtfKind): boolean {
  switch (kind) {
    case BtfKind.Typedef:
    case BtfKind.Volatile:
    case BtfKind.Const:
    case BtfKind.Restrict:
    case BtfKind.TypeTag:
      return true;
    default:
      return false;
  }
}

/** btf_type_needs_resolve. */
export function needsResolve(kind: BtfKind): boolean {
  switch (kind) {
    case BtfKind.Ptr:
    case BtfKind.Array:
    case BtfKind.Var:
    case BtfKind.Func:
    case BtfKind.DeclTag:
    case BtfKind.Datasec:
      return true;
    default:
      return isModifierOrTypedef(kind) || isComposite(kind);
  }
}

/** btf_type_is_resolve_source_only: nothing refers to these but as said. */
export function isSourceOnly(kind: BtfKind): boolean {
  return kind === BtfKind.Var || kind === BtfKind.DeclTag || kind === BtfKind.Datasec;
}

/** btf_type_nosize. */
export function hasNoSize(kind: BtfKind): boolean {
  switch (kind) {
    case BtfKind.Unknown:
    case BtfKind.Fwd:
    case BtfKind.Func:
    case BtfKind.FuncProto:
    case BtfKind.DeclTag:
      return true;
    default:
      return false;
  }
}
