// The types that candidates are searched by: one for each essential name and kind.

import { type Btf, BtfKind, essentialName } from '@btfq/btf-format';
import type { Resolution } from '@btfq/core-reloc';
import { observe, Shape, type ShapeKind } from './shape.ts';

/** A named type of the result. */
export interface Root {
  /** The local type's kind, enums of both widths as ENUM. */
  readonly kind: BtfKind;
  readonly name: string;
  /** What the type is; for a typedef what it stands for. */
  readonly shape: Shape;
  /** The target's own name, where somebody saw it. */
  exactName: string | undefined;
}

/** What a root of a kind is by itself; a typedef may be anything. */
const SHAPES: Partial<Record<BtfKind, ShapeKind>> = {
  [BtfKind.Int]: 'int',
  [BtfKind.Float]: 'float',
  [BtfKind.Struct]: 'struct',
  [BtfKind.Union]: 'union',
  [BtfKind.Enum]: 'enum',
  [BtfKind.Fwd]: 'fwd',
};

/** Roots by name and kind. */
export class Roots {
  private readonly byKey = new Map<string, Root>();

  /** The shape of the root that a local type looks for. */
  rootOf(btf: Btf, localId: number): Shape {
    return this.root(btf, localId).shape;
  }

  /** TYPE_ID_TARGET says which of the flavours it is. */
  nameExactly(btf: Btf, localId: number, { target }: Resolution): void {
    if (target === undefined) return;
    const root = this.root(btf, localId);
    observe(root, 'exactName', target.btf.name(target.rootTypeId));
    if (root.kind === BtfKind.Enum) observe(root.shape, 'wide', target.btf.kind(target.rootTypeId) === BtfKind.Enum64);
  }

  /** All roots, ordered by kind and name. */
  sorted(): Root[] {
    const text = ({ kind, name }: Root) => `${String(kind).padStart(2, '0')} ${name}`;
    return [...this.byKey.values()].sort((a, b) => (text(a) < text(b) ? -1 : 1));
  }

  /** The root of a kind and essential name. */
  named(localKind: BtfKind, name: string): Root {
    const kind = localKind === BtfKind.Enum64 ? BtfKind.Enum : localKind;
    const key = `${kind} ${name}`;
    let root = this.byKey.get(key);
    if (root === undefined) {
      root = { kind, name, shape: new Shape(), exactName: undefined };
      const known = SHAPES[kind];
      if (known !== undefined) root.shape.be(known);
      this.byKey.set(key, root);
    }
    return root;
  }

  private root(btf: Btf, localId: number): Root {
    return this.named(btf.kind(localId), essentialName(btf.name(localId)));
  }
}
