// The kernels' own rows, with the facts that are theirs alone: tables and sources.

import type { BtfIndex } from '../../store/btf-index.ts';
import { factSources } from '../../store/fact-sources.ts';
import { prepareConfig } from '../store-config.ts';
import { storeFactSource } from '../store-fact-sources.ts';
import type { Places } from './contents.ts';
import type { MergePlan } from './plan.ts';
import { mergeTables } from './tables.ts';

export function addKernels(into: BtfIndex, from: BtfIndex, plan: MergePlan, places: Places): void {
  const insert = into.statement(
    `INSERT INTO kernel (distro, version, arch, release, content, source, ingested_at, tool, identified, banner)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  if (plan.added.some(({ kernel }) => kernel.config !== null)) prepareConfig(into);
  const sources = (['config', 'build-id'] as const).map((kind) => ({ kind, of: factSources(from, kind) }));
  const rows = new Map<number, number>();
  // by their numbers there, so that they have the same order here
  for (const { kernel, content } of [...plan.added].sort((a, b) => a.kernel.id - b.kernel.id)) {
    const { lastInsertRowid } = insert.run(
      kernel.distro,
      kernel.version,
      kernel.arch,
      kernel.release,
      places.idOf.get(content)!,
      kernel.source,
      kernel.ingestedAt,
      kernel.tool,
      kernel.identified,
      kernel.banner,
    );
    const row = Number(lastInsertRowid);
    rows.set(kernel.id, row);
    for (const { kind, of } of sources) {
      const source = of.get(kernel.id);
      if (source !== undefined) storeFactSource(into, row, kind, source);
    }
  }
  mergeTables(into, from, rows);
}
