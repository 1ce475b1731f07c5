// Records where kinds of facts of a kernel came from. fact-sources.ts reads it.

import type { BtfIndex } from '../store/btf-index.ts';
import { type FactSourceKind, hasFactSources } from '../store/fact-sources.ts';
import { databaseOf } from '../store/sqlite-driver.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS fact_source (
    kernel INTEGER NOT NULL REFERENCES kernel,
    kind TEXT NOT NULL,                  -- config, build-id
    source TEXT NOT NULL,                -- for people; of a build id, itself
    PRIMARY KEY (kernel, kind)
  ) WITHOUT ROWID, STRICT;
`;

/** Records a source in place of what was recorded. Inside a transaction of the caller's. */
export function storeFactSource(index: BtfIndex, kernelId: number, kind: FactSourceKind, source: string): void {
  databaseOf(index).exec(SCHEMA);
  index.changed();
  index
    .statement('INSERT OR REPLACE INTO fact_source (kernel, kind, source) VALUES (?, ?, ?)')
    .run(kernelId, kind, source);
}

/** Forgets the sources of a kernel that goes. */
export function removeFactSources(index: BtfIndex, kernelId: number): void {
  if (hasFactSources(index)) index.statement('DELETE FROM fact_source WHERE kernel = ?').run(kernelId);
}
