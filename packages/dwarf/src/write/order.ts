// The order in which types are written: that in which units have them first, as pahole does, so that the BTF of one kernel
// is like its neighbour's and a delta between the two stays small.

import { BtfKind } from '@btfq/btf-format';
import type { UnitInterner } from '../intern/intern-unit.ts';
import type { NodeTable } from '../intern/nodes.ts';
import { Ints } from '../ints.ts';
import { type Records, T, TypeKind } from '../unit/records.ts';

/** What an item of the order is; its second number is a node, a variant, a variable or a tag. */
export const Item = { Node: 0, Variant: 1, Variable: 2, Tag: 3 } as const;

/** A decl tag of a type or a variable. */
export interface DeclTag {
  /** A node or -(variant + 1); for a variable its number. */
  readonly target: number;
  readonly isVariable: boolean;
  readonly value: number;
  readonly component: number;
}

/** Collects what units have, in order. */
export class Order {
  /** Pairs of {@link Item} and number. */
  readonly items = new Ints(1 << 9);
  readonly tags: DeclTag[] = [];
  #seen = new Uint8Array(1 << 9);
  readonly #tagKeys = new Set<string>();

  /** Marks nodes with an id as written elsewhere, in the base. */
  markKnown(ids: Int32Array): void {
    this.#grow(ids.length);
    for (let node = 0; node < ids.length; node++) if (ids[node] !== 0) this.#seen[node] = 1;
  }

  /** Adds the types of a unit that no unit before had. */
  addUnit(records: Records, interner: UnitInterner): void {
    const { nodes, own, variantOf, hasVariants } = interner;
    const count = records.typeCount;
    const types = records.types.data;
    this.#grow(nodes.count);
    for (let row = 1; row < count; row++) {
      const kind = types[row * T.Stride]!;
      if (kind === TypeKind.Alias || kind === TypeKind.Void) continue;
      if (hasVariants && variantOf[row]! > 0) {
        this.#push(Item.Variant, variantOf[row]! - 1);
        continue;
      }
      this.addNode(nodes, own[row]!);
    }
  }

  /** Adds a node, after what was made together with it: inner dimensions, type tags. */
  addNode(nodes: NodeTable, node: number): void {
    if (node === 0) return;
    this.#grow(node);
    if (this.#seen[node] !== 0) return;
    this.#seen[node] = 1;
    const at = nodes.starts.data[node]!;
    const pool = nodes.pool.data;
    const kind = nodes.kind(node);
    const inner = kind === BtfKind.TypeTag ? pool[at + 2]! : pool[at + 1]!;
    if (kind === BtfKind.Array && inner > 0 && nodes.kind(inner) === BtfKind.Array) this.addNode(nodes, inner);
    else if ((kind === BtfKind.Ptr || kind === BtfKind.TypeTag) && inner > 0) {
      if (nodes.kind(inner) === BtfKind.TypeTag) this.addNode(nodes, inner);
    }
    this.#push(Item.Node, node);
  }

  addVariable(number: number): void {
    this.#push(Item.Variable, number);
  }

  /** Adds a tag unless there is an equal one. */
  addTag(tag: DeclTag): void {
    const key = `${tag.target} ${tag.isVariable} ${tag.value} ${tag.component}`;
    if (this.#tagKeys.has(key)) return;
    this.#tagKeys.add(key);
    this.#push(Item.Tag, this.tags.length);
    this.tags.push(tag);
  }

  #push(item: number, number: number): void {
    this.items.push(item);
    this.items.push(number);
  }

  #grow(node: number): void {
    if (node < this.#seen.length) return;
    const grown = new Uint8Array(Math.max(node + 1, this.#seen.length * 2));
    grown.set(this.#seen);
    this.#seen = grown;
  }
}
