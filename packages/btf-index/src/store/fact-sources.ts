// Where kinds of facts of a kernel came from, besides its types, whose source is in the kernel's own row. The table is made
// when the first kernel brings such facts: an index without it has none.

import type { BtfIndex } from './btf-index.ts';

const HAS_SOURCES = Symbol('fact sources');

/** Whether any kernel has brought such facts. */
export function hasFactSources(index: BtfIndex): boolean {
  return index.cached(HAS_SOURCES, () => {
    return index.statement(`SELECT 1 FROM sqlite_master WHERE name = 'fact_source'`).get() !== undefined;
  });
}

/** By kernel id, where a kind of facts came from. */
export function factSources(index: BtfIndex, kind: 'config'): ReadonlyMap<number, string> {
  if (!hasFactSources(index)) return new Map();
  const rows = index.statement('SELECT kernel, source FROM fact_source WHERE kind = ?').all(kind) as [number, string][];
  return new Map(rows);
}
