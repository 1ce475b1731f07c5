// All kernels of an index in their order, and which contents they have: read once per state of the file.

import type { Kernel } from '../answer-types.ts';
import type { BtfIndex } from './btf-index.ts';
import { buildTree, type ContentTree, type Ranges, rangesFrom } from './content-tree.ts';
import { readCatalog } from './kernel-rows.ts';

/** The kernels of one state of the file. A rank is a kernel's place in kernel order. */
export class Catalog {
  readonly kernels: readonly Kernel[];
  readonly tree: ContentTree;
  /** By kernel id: its rank, 0xffffffff where there is none. */
  readonly rank: Uint32Array;
  /** Positions of contents whose modules are known, and whose configuration is. */
  readonly withModules: Ranges;
  readonly withConfig: Ranges;
  /** By rank: the content. */
  readonly contentOf: Int32Array;
  /** Ranks of the kernels of the content at each position: those from `firstAt[p]` to `firstAt[p + 1]`. */
  private readonly firstAt: Uint32Array;
  private readonly ranksAt: Uint32Array;

  constructor(index: BtfIndex) {
    const { contents, kernels } = readCatalog(index);
    this.tree = buildTree(contents.map(([id, parent]) => [id, parent] as const));
    const positions = (known: 2 | 3) => contents.filter((row) => row[known]).map(([id]) => this.tree.position[id]!);
    this.withModules = rangesFrom(positions(2));
    this.withConfig = rangesFrom(positions(3));
    this.kernels = kernels.map(({ kernel }) => kernel);
    this.contentOf = Int32Array.from(kernels, ({ content }) => content);
    this.rank = new Uint32Array(this.kernels.reduce((most, { id }) => Math.max(most, id), 0) + 1).fill(0xffffffff);
    this.kernels.forEach((kernel, rank) => {
      this.rank[kernel.id] = rank;
    });
    const { firstAt, ranksAt } = this.placeRanks();
    this.firstAt = firstAt;
    this.ranksAt = ranksAt;
  }

  private placeRanks(): { firstAt: Uint32Array; ranksAt: Uint32Array } {
    const { tree, contentOf } = this;
    const firstAt = new Uint32Array(tree.count + 1);
    for (const content of contentOf) {
      const position = tree.position[content]!;
      firstAt[position + 1] = firstAt[position + 1]! + 1;
    }
    for (let p = 0; p < tree.count; p++) firstAt[p + 1] = firstAt[p + 1]! + firstAt[p]!;
    const next = firstAt.slice();
    const ranksAt = new Uint32Array(contentOf.length);
    contentOf.forEach((content, rank) => {
      const position = tree.position[content]!;
      ranksAt[next[position]!] = rank;
      next[position] = next[position]! + 1;
    });
    return { firstAt, ranksAt };
  }

  /** How many kernels have contents in these ranges. */
  countIn(ranges: Ranges): number {
    let count = 0;
    for (let i = 0; i < ranges.length; i += 2) {
      count += this.firstAt[ranges[i + 1]!]! - this.firstAt[ranges[i]!]!;
    }
    return count;
  }

  /** Ids, in kernel order, of the kernels with contents in these ranges that `mask` (by rank) lets through. */
  kernelIdsIn(ranges: Ranges, mask?: Uint8Array): number[] {
    const ranks = new Uint32Array(this.countIn(ranges));
    let count = 0;
    for (let i = 0; i < ranges.length; i += 2) {
      const to = this.firstAt[ranges[i + 1]!]!;
      for (let k = this.firstAt[ranges[i]!]!; k < to; k++) {
        const rank = this.ranksAt[k]!;
        if (mask === undefined || mask[rank] === 1) ranks[count++] = rank;
      }
    }
    const sorted = ranks.subarray(0, count).sort();
    const ids = new Array<number>(count);
    for (let i = 0; i < count; i++) ids[i] = (this.kernels[sorted[i]!] as Kernel).id;
    return ids;
  }

  /** The position of a kernel's content. */
  positionOf(kernelId: number): number {
    return this.tree.position[this.contentOf[this.rank[kernelId]!]!]!;
  }
}
