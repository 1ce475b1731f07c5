// Which kernels of another index are new here, and which of its contents.

import type { Kernel } from '../../answer-types.ts';
import type { BtfIndex } from '../../store/btf-index.ts';
import { hexOf, sameBytes } from '../../bytes.ts';
import { configOf } from '../../store/config-rows.ts';
import { moduleChain } from '../../store/module-store.ts';
import { buildIds } from '../../store/fact-sources.ts';
import { hasTableFacts } from '../../store/table-facts.ts';

/** What to do with each kernel. */
export interface MergePlan {
  readonly unchanged: readonly Kernel[];
  /** `alias`: its content is here, or comes with another of them. */
  readonly added: readonly { readonly kernel: Kernel; readonly content: number; readonly alias: boolean }[];
  /** There with another BTF. */
  readonly refused: readonly Kernel[];
  /** There with the same BTF and something else, or to be replaced. */
  readonly later: readonly Kernel[];
  /** Contents to copy, ascending. */
  readonly contents: readonly number[];
  /** Contents of the other index that are here: by their number, the number here. */
  readonly here: ReadonlyMap<number, number>;
}

export function planMerge(into: BtfIndex, from: BtfIndex, replace: boolean): MergePlan {
  const here = commonContents(into, from);
  const known = new Map<
    string,
    { readonly content: number; readonly tables: boolean; readonly build: boolean; readonly sha256: string }
  >();
  const mine = into.catalog();
  const withTables = kernelsWithTables(into);
  const builds = buildIds(into);
  mine.kernels.forEach(({ id, name, sha256 }, rank) => {
    known.set(name, {
      content: mine.contentOf[rank]!,
      tables: withTables.has(id),
      build: builds.has(id),
      sha256,
    });
  });
  const unchanged: Kernel[] = [];
  const added: MergePlan['added'][number][] = [];
  const refused: Kernel[] = [];
  const later: Kernel[] = [];
  const contents = new Set<number>();
  const { kernels, contentOf } = from.catalog();
  const bringTables = kernelsWithTables(from);
  const bringBuilds = buildIds(from);
  kernels.forEach((kernel, rank) => {
    const content = contentOf[rank]!;
    const there = known.get(kernel.name);
    if (there === undefined) {
      added.push({ kernel, content, alias: here.has(content) || contents.has(content) });
      if (!here.has(content)) contents.add(content);
    } else if (
      there.content === here.get(content) &&
      (there.tables || !bringTables.has(kernel.id)) &&
      (there.build || !bringBuilds.has(kernel.id))
    ) {
      unchanged.push(kernel);
    } else if (replace || there.sha256 === kernel.sha256) later.push(kernel);
    else refused.push(kernel);
  });
  return { unchanged, added, refused, later, contents: [...contents].sort((a, b) => a - b), here };
}

function kernelsWithTables(index: BtfIndex): Set<number> {
  if (!hasTableFacts(index)) return new Set();
  return new Set((index.statement('SELECT kernel FROM kernel_tables').all() as [number][]).map(([id]) => id));
}

type Row = [id: number, sha256: Uint8Array, modules: number | null, config: number | null];

/** Contents with the same BTF, modules and configuration. */
function commonContents(into: BtfIndex, from: BtfIndex): Map<number, number> {
  const rowsIn = (index: BtfIndex) =>
    index.statement('SELECT id, sha256, modules, config FROM content ORDER BY id').all() as Row[];
  const bySha = new Map<string, Row[]>();
  for (const row of rowsIn(into)) {
    const key = hexOf(row[1]);
    const list = bySha.get(key);
    if (list) list.push(row);
    else bySha.set(key, [row]);
  }
  const found = new Map<number, number>();
  for (const [id, sha256, modules, config] of rowsIn(from)) {
    const same = bySha
      .get(hexOf(sha256))
      ?.find(
        (row) =>
          row[2] === modules &&
          row[3] === config &&
          (modules === null || sameModules(into, row[0], from, id)) &&
          (config === null || sameConfig(into, row[0], from, id)),
      );
    if (same !== undefined) found.set(id, same[0]);
  }
  return found;
}

function sameModules(into: BtfIndex, mine: number, from: BtfIndex, other: number): boolean {
  const [a, b] = [moduleChain(into, mine)?.digest, moduleChain(from, other)?.digest];
  return a !== undefined && b !== undefined && sameBytes(a, b);
}

function sameConfig(into: BtfIndex, mine: number, from: BtfIndex, other: number): boolean {
  const [a, b] = [configOf(into, mine), configOf(from, other)];
  return a.size === b.size && [...a].every(([symbol, value]) => b.get(symbol) === value);
}
