// Where kinds of facts of a kernel came from, besides its types, whose source is in the kernel's own row; and of its image what
// is one word, the build id. The table is made
// when the first kernel brings such facts: an index without it has none.

import type { BtfIndex } from './btf-index.ts';

const HAS_SOURCES = Symbol('fact sources');

/** Whether any kernel has brought such facts. */
export function hasFactSources(index: BtfIndex): boolean {
  return index.cached(HAS_SOURCES, () => {
    return index.statement(`SELECT 1 FROM sqlite_master WHERE name = 'fact_source'`).get() !== undefined;
  });
}

/** What is recorded of a kernel: where its configuration came from, for people; its build id, hexadecimal. */
export type FactSourceKind = 'config' | 'build-id';

/** By kernel id, the build ids that are known, hexadecimal. */
export function buildIds(index: BtfIndex): ReadonlyMap<number, string> {
  return factSources(index, 'build-id');
}

/** By kernel id, what is recorded of a kind. */
export function factSources(index: BtfIndex, kind: FactSourceKind): ReadonlyMap<number, string> {
  if (!hasFactSources(index)) return new Map();
  const rows = index.statement('SELECT kernel, source FROM fact_source WHERE kind = ?').all(kind) as [number, string][];
  return new Map(rows);
}
