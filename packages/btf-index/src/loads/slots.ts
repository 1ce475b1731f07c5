// The contents of the kernels that are asked, and which of them have the same declarations of a kind and name.

import { BtfKind } from '@btfq/btf-format';
import type { Kernel } from '../answer-types.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import type { Ranges } from '../store/content-tree.ts';
import { type Rows, rowsOf } from '../store/row-cache.ts';
import { type Partition, refine, undivided } from './partition.ts';

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
    this.of = Int32Array.from(all, (position) => slotOf.get(position) as number);
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
      found = this.whole;
      for (const row of this.rows.declared(kind, name)) {
        found = refine(found, this.within(this.rows.ranges(row.set)));
        for (const { ranges } of this.rows.modulePlaces(row.set)) found = refine(found, this.within(ranges));
      }
      this.signatures.set(key, found);
    }
    return found;
  }

  /** By whether they are in some ranges. */
  private within(ranges: Ranges): Partition {
    const { positions } = this;
    const of = new Int32Array(positions.length);
    let covered = 0;
    for (let i = 0; i < ranges.length; i += 2) {
      const from = this.firstFrom(ranges[i] as number);
      const to = this.firstFrom(ranges[i + 1] as number);
      of.fill(1, from, to);
      covered += to - from;
    }
    return covered === 0 || covered === of.length ? this.whole : { of, count: 2 };
  }

  /** The first slot at or behind a position. */
  private firstFrom(position: number): number {
    let low = 0;
    let high = this.positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.positions[middle] as number) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
