// All kernels of an index in their order, and which contents they have: read at most once per state of the file.

import type { Kernel } from '../answer-types.ts';
import type { BtfIndex } from './btf-index.ts';
import { buildTree, type ContentTree, type Ranges, rangesFrom } from './content-tree.ts';
import { type CatalogRows, type KernelOfContent, readCatalog } from './kernel-rows.ts';
import { decoded } from './sqlite-errors.ts';

/** The kernels of one state of the file. A rank is a kernel's place in kernel order. */
export class Catalog {
  readonly tree: ContentTree;
  /** Positions of contents whose modules are known, and whose configuration is. */
  readonly withModules: Ranges;
  readonly withConfig: Ranges;
  private readonly index: BtfIndex;
  private readonly rows: CatalogRows;
  private known: KernelTable | undefined;
  private countsBefore: Uint32Array | undefined;

  constructor(index: BtfIndex) {
    this.index = index;
    this.rows = readCatalog(index);
    const { contents } = this.rows;
    this.tree = buildTree(contents.map(([id, parent]) => [id, parent] as const));
    const positions = (known: 2 | 3) => contents.filter((row) => row[known]).map(([id]) => this.tree.position[id]!);
    this.withModules = rangesFrom(positions(2));
    this.withConfig = rangesFrom(positions(3));
  }

  /** Kernels are read when somebody asks for one: tens of thousands of rows, and many questions only count them. */
  private get table(): KernelTable {
    return (this.known ??= decoded(this.index.path, () => new KernelTable(this.rows.kernels(), this.tree)));
  }

  get kernels(): readonly Kernel[] {
    return this.table.kernels;
  }

  /** By kernel id: its rank, 0xffffffff where there is none. */
  get rank(): Uint32Array {
    return this.table.rank;
  }

  /** By rank: the content. */
  get contentOf(): Int32Array {
    return this.table.contentOf;
  }

  /** How many kernels have contents in these ranges. */
  countIn(ranges: Ranges): number {
    const firstAt = this.known?.firstAt ?? (this.countsBefore ??= this.counted());
    let count = 0;
    for (let i = 0; i < ranges.length; i += 2) count += firstAt[ranges[i + 1]!]! - firstAt[ranges[i]!]!;
    return count;
  }

  /** By position how many kernels have contents before it. */
  private counted(): Uint32Array {
    return decoded(this.index.path, () => placesBefore(this.rows.kernelContents(), this.tree));
  }

  /** Ids, in kernel order, of the kernels with contents in these ranges that `mask` (by rank) lets through. */
  kernelIdsIn(ranges: Ranges, mask?: Uint8Array): number[] {
    const { firstAt, ranksAt, kernels } = this.table;
    const ranks = new Uint32Array(this.countIn(ranges));
    let count = 0;
    for (let i = 0; i < ranges.length; i += 2) {
      const to = firstAt[ranges[i + 1]!]!;
      for (let k = firstAt[ranges[i]!]!; k < to; k++) {
        const rank = ranksAt[k]!;
        if (mask === undefined || mask[rank] === 1) ranks[count++] = rank;
      }
    }
    const sorted = ranks.subarray(0, count).sort();
    const ids = new Array<number>(count);
    for (let i = 0; i < count; i++) ids[i] = (kernels[sorted[i]!] as Kernel).id;
    return ids;
  }

  /** The position of a kernel's content. */
  positionOf(kernelId: number): number {
    const { contentOf, rank } = this.table;
    return this.tree.position[contentOf[rank[kernelId]!]!]!;
  }
}

/** All kernels in kernel order, and where they are in the tree. */
class KernelTable {
  readonly kernels: readonly Kernel[];
  readonly rank: Uint32Array;
  readonly contentOf: Int32Array;
  /** Ranks of the kernels of the content at each position: those from `firstAt[p]` to `firstAt[p + 1]`. */
  readonly firstAt: Uint32Array;
  readonly ranksAt: Uint32Array;

  constructor(rows: readonly KernelOfContent[], tree: ContentTree) {
    this.kernels = rows.map(({ kernel }) => kernel);
    this.contentOf = Int32Array.from(rows, ({ content }) => content);
    this.rank = new Uint32Array(this.kernels.reduce((most, { id }) => Math.max(most, id), 0) + 1).fill(0xffffffff);
    this.kernels.forEach((kernel, rank) => {
      this.rank[kernel.id] = rank;
    });
    this.firstAt = placesBefore(this.contentOf, tree);
    const next = this.firstAt.slice();
    this.ranksAt = new Uint32Array(this.contentOf.length);
    this.contentOf.forEach((content, rank) => {
      const position = tree.position[content]!;
      this.ranksAt[next[position]!] = rank;
      next[position] = next[position]! + 1;
    });
  }
}

/** By position how many of these contents, one for each kernel, are before it. */
function placesBefore(contents: Iterable<number>, { count, position }: ContentTree): Uint32Array {
  const before = new Uint32Array(count + 1);
  for (const content of contents) {
    const next = position[content]! + 1;
    before[next] = before[next]! + 1;
  }
  for (let p = 0; p < count; p++) before[p + 1] = before[p + 1]! + before[p]!;
  return before;
}
