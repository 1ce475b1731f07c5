// Which sets of declarations two contents have. A set lists the contents whose membership is not their parent's: a content has it
// when an odd number of those are the content itself or above it, so two bits for each content tell both at once.

import { VarintReader } from '../varints.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { blobsOf, numbersOf } from '../store/columns.ts';
import { contains, type ContentTree } from '../store/content-tree.ts';
import { versionsOf } from '../store/module-store.ts';
import type { Rows } from '../store/row-cache.ts';

/** Which of two contents have something: bits. */
export const OLD = 1;
export const YOUNG = 2;
export const BOTH = OLD | YOUNG;

/** Two contents of an index, by their positions, and which of them have a set. */
export class TwoSides {
  readonly from: number;
  readonly to: number;
  /** Whether the modules of both are known: what they have in modules counts too. */
  readonly modulesCompared: boolean;
  private readonly rows: Rows;
  /** What was asked of sets one by one, or of all. */
  private readonly sides = new Map<number, number>();

  constructor(index: BtfIndex, rows: Rows, from: number, to: number) {
    const { withModules } = index.catalog();
    this.modulesCompared = contains(withModules, from) && contains(withModules, to);
    this.from = from;
    this.to = to;
    this.rows = rows;
  }

  /** Which of the two have the declarations of a set, in modules too where these are compared. */
  of(set: number): number {
    let sides = this.sides.get(set);
    if (sides === undefined) {
      sides = (this.has(set, this.from) ? OLD : 0) | (this.has(set, this.to) ? YOUNG : 0);
      this.sides.set(set, sides);
    }
    return sides;
  }

  /** Which of the two kernels themselves have them. */
  ofKernels(set: number): number {
    const ranges = this.rows.ranges(set);
    return (contains(ranges, this.from) ? OLD : 0) | (contains(ranges, this.to) ? YOUNG : 0);
  }

  private has(set: number, position: number): boolean {
    return (
      contains(this.rows.ranges(set), position) ||
      (this.modulesCompared && this.rows.modulePlaces(set).some(({ ranges }) => contains(ranges, position)))
    );
  }

  /** Says of a set what `of` would find: where all sets were read together. */
  know(set: number, sides: number): void {
    this.sides.set(set, sides);
  }
}

/** The sets that one of two contents has and the other not, and those that both kernels themselves have; ascending. */
export interface SetsOfTwo {
  readonly apart: readonly number[];
  readonly both: readonly number[];
}

/** Reads all sets of the index for two contents. */
export function setsOfTwo(index: BtfIndex, rows: Rows, two: TwoSides): SetsOfTwo {
  const { tree } = index.catalog();
  const above = sidesAbove(tree, two.from, two.to);
  const [ids, hex, lengths, withModules] = index
    .statement(
      `SELECT json_group_array(id), group_concat(hex(membership_changes), ''), json_group_array(length(membership_changes)),
              json_group_array(module_membership_changes IS NOT NULL) FROM declaration_set`,
    )
    .get() as unknown[];
  const sets = numbersOf(ids);
  const { bytes, starts } = blobsOf(hex, lengths);
  const inModules = two.modulesCompared ? numbersOf(withModules) : [];
  const changed = two.modulesCompared ? setsOfChangedModules(index, two.from, two.to) : new Set<number>();
  const input = new VarintReader(bytes);
  const apart: number[] = [];
  const both: number[] = [];
  const asked: number[] = [];
  for (let i = 0; i < sets.length; i++) {
    const end = starts[i + 1]!;
    let sides = 0;
    for (let content = 0; input.at < end; ) sides ^= above[(content += input.next())] ?? 0;
    if (input.at !== end) throw new RangeError('the numbers of a set do not end with it');
    const set = sets[i]!;
    if (sides === BOTH) both.push(set);
    if (inModules[i] === 1 && (sides === OLD || sides === YOUNG || changed.has(set))) asked.push(set);
    else if (sides === OLD || sides === YOUNG) apart.push(set);
    else continue;
    if (inModules[i] !== 1) two.know(set, sides);
  }
  rows.loadSets(asked);
  for (const set of asked) {
    const sides = two.of(set);
    if (sides === OLD || sides === YOUNG) apart.push(set);
  }
  return { apart: apart.sort((a, b) => a - b), both };
}

/** By content: whether it is that at `from` or above it, and likewise `to`. */
function sidesAbove(tree: ContentTree, from: number, to: number): Uint8Array {
  const above = new Uint8Array(tree.position.length);
  for (const [position, side] of [
    [from, OLD],
    [to, YOUNG],
  ] as const) {
    for (
      let id = tree.contentAt[position]!, steps = 0;
      id !== 0 && steps <= tree.count;
      id = tree.parent[id]!, steps++
    ) {
      above[id] = above[id]! | side;
    }
  }
  return above;
}

/** Sets that speak of modules which are not the same version at two positions. */
function setsOfChangedModules(index: BtfIndex, from: number, to: number): Set<number> {
  const { tree } = index.catalog();
  const versions = [from, to].map(
    (position) => new Map(versionsOf(index, tree.contentAt[position]!).map((one) => [one.name, one.id])),
  );
  const [old, young] = versions as [Map<string, number>, Map<string, number>];
  const changed = [...new Set([...old.keys(), ...young.keys()])].filter((name) => old.get(name) !== young.get(name));
  const [found] = index
    .statement(
      `SELECT json_group_array(DISTINCT s.declaration_set) FROM json_each(?) j JOIN name n ON n.text = j.value
         JOIN module_set s ON s.module = n.id`,
    )
    .get(JSON.stringify(changed)) as [string];
  return new Set(numbersOf(found));
}
