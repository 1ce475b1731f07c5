// The contents of the kernels that are asked, and which of them have the same declarations of a kind and name.

import { BtfKind } from '@btfq/btf-format';
import type { Kernel } from '../answer-types.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import type { Ranges } from '../store/content-tree.ts';
import { type DeclarationRow, type Rows, rowsOf } from '../store/row-cache.ts';
import { type Partition, undivided } from './partition.ts';

/** Slots by declarations: what each class has. */
export interface SlotsByRows {
  readonly partition: Partition;
  readonly rowsOf: readonly (readonly DeclarationRow[])[];
}

/** Contents of kernels, each once: kernels of one content have the same types and modules. */
export class Slots {
  readonly rows: Rows;
  /** Positions in the catalog's tree, ascending. */
  readonly positions: Int32Array;
  /** By kernel, in their order: its slot. */
  readonly of: Int32Array;
  private readonly signatures = new Map<string, Partition>();
  private readonly whole: Partition;

  constructor(index: BtfIndex, kernels: readonly Kernel[]) {
    this.rows = rowsOf(index);
    const catalog = index.catalog();
    const all = kernels.map(({ id }) => catalog.positionOf(id));
    this.positions = Int32Array.from(new Set(all)).sort();
    const slotOf = new Map([...this.positions].map((position, slot) => [position, slot]));
    this.of = Int32Array.from(all, (position) => slotOf.get(position)!);
    this.whole = undivided(this.positions.length);
  }

  get count(): number {
    return this.positions.length;
  }

  /** By which declarations of a kind and name they have, in the kernel or in which of its modules. */
  signature(kind: number, name: string): Partition {
    const id = this.rows.name(name);
    // the index keeps both widths of enums as one kind
    return id === undefined ? this.whole : this.signatureOf(kind === BtfKind.Enum64 ? BtfKind.Enum : kind, id);
  }

  /** The same by the row of the name. */
  signatureOf(kind: number, name: number): Partition {
    const key = `${kind} ${name}`;
    let found = this.signatures.get(key);
    if (found === undefined) {
      const layers = this.rows
        .declared(kind, name)
        .flatMap((row, i) => [
          { key: i, ranges: this.rows.ranges(row.set) },
          ...this.rows.modulePlaces(row.set).map(({ ranges }, m) => ({ key: `${i} ${m}`, ranges })),
        ]);
      found = this.layered(layers).partition;
      this.signatures.set(key, found);
    }
    return found;
  }

  /**
   * By the kernel's own declarations of a kind and name, where `keyOf` says which are alike; with the declarations of each class,
   * one of those that are alike.
   */
  byRows(kind: number, name: number, keyOf: (row: DeclarationRow) => number): SlotsByRows {
    const rows = this.rows.declared(kind, name);
    const keys = rows.map(keyOf);
    const { partition, keysOf } = this.layered(
      rows.map((row, i) => ({ key: keys[i]!, ranges: this.rows.ranges(row.set) })),
    );
    const byKey = new Map<unknown, DeclarationRow>();
    rows.forEach((row, i) => void (byKey.has(keys[i]) || byKey.set(keys[i], row)));
    return { partition, rowsOf: keysOf.map((own) => own.map((key) => byKey.get(key) as DeclarationRow)) };
  }

  /** By the keys of the ranges that each slot is in, one layer over the other. */
  private layered(layers: readonly { readonly key: unknown; readonly ranges: Ranges }[]): {
    partition: Partition;
    keysOf: readonly (readonly unknown[])[];
  } {
    const { count } = this;
    const of = new Int32Array(count);
    /** Keys of each class so far, the class that a class becomes under a key, and how many slots each has. */
    const keysOf: (readonly unknown[])[] = [[]];
    const members = [count];
    const next: Map<unknown, number>[] = [new Map()];
    for (const { key, ranges } of layers) {
      for (let i = 0; i < ranges.length; i += 2) {
        const to = this.firstFrom(ranges[i + 1]!);
        for (let slot = this.firstFrom(ranges[i]!); slot < to; slot++) {
          const old = of[slot]!;
          if (keysOf[old]?.includes(key)) continue;
          let own = next[old]?.get(key);
          if (own === undefined) {
            own = keysOf.length;
            keysOf.push([...(keysOf[old] as readonly unknown[]), key]);
            members.push(0);
            next.push(new Map());
            next[old]?.set(key, own);
          }
          of[slot] = own;
          members[old] = members[old]! - 1;
          members[own] = members[own]! + 1;
        }
      }
    }
    // classes that all slots have left
    const left = members.flatMap((size, i) => (size > 0 ? i : []));
    const number = new Int32Array(keysOf.length);
    left.forEach((old, i) => void (number[old] = i));
    for (let slot = 0; slot < count; slot++) of[slot] = number[of[slot]!]!;
    return { partition: { of, count: left.length }, keysOf: left.map((old) => keysOf[old] as readonly unknown[]) };
  }

  /** The first slot at or behind a position. */
  private firstFrom(position: number): number {
    let low = 0;
    let high = this.positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.positions[middle]! < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
