// Looking after an index: joining two, taking kernels out, giving space back.

import { commitKernel, type Ingested, writing } from './ingest.ts';
import { IndexError } from '../errors.ts';
import { exportBtf, exportModule } from '../store/export.ts';
import { kernelTablesOf } from '../store/table-facts.ts';
import { factSources } from '../store/fact-sources.ts';
import { kernelConfig } from '../query/config.ts';
import { kernelById, kernels } from '../query/kernels.ts';
import { modules } from '../store/module-store.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { openIndex } from '../store/open.ts';
import { databaseOf } from '../store/sqlite-driver.ts';
import { prepareKernel } from '../prepare/prepare.ts';
import { removeKernelRows, removeUnusedRows } from './remove.ts';
import { sqliteError } from '../store/sqlite-errors.ts';

/** Takes a kernel out, in one transaction. Throws `unknown-kernel`, `busy`, `read-only`, `disk-full`. */
export function removeKernel(index: BtfIndex, kernelId: number): void {
  removeKernels(index, [kernelId]);
}

/** As `removeKernel`, for many: all or none. */
export function removeKernels(index: BtfIndex, kernelIds: readonly number[]): void {
  for (const id of kernelIds) kernelById(index, id);
  writing(index, () => {
    for (const id of kernelIds) removeKernelRows(index, id);
    removeUnusedRows(index);
    return {};
  });
}

/** Gives the space of removed kernels back to the file system; needs as much free space as the index takes. */
export function compactIndex(index: BtfIndex): void {
  try {
    databaseOf(index).exec('VACUUM');
    databaseOf(index).pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    throw sqliteError(error, index.path);
  }
}

/** How to join two indexes. */
export interface MergeOptions {
  /** Let kernels of the other index take the place of those with the same name and other content. */
  readonly replace?: boolean | undefined;
  /** Told of every kernel as it is done. */
  readonly onKernel?:
    | ((name: string, outcome: Ingested['outcome'] | 'kernel-exists', done: number, total: number) => void)
    | undefined;
}

/** What `mergeIndex` did. */
export interface MergeResult {
  readonly added: number;
  readonly unchanged: number;
  /** Names that were there with other content. */
  readonly refused: readonly string[];
}

/**
 * Copies every kernel of another index, one transaction a kernel, with its source, date and modules. Merging again changes
 * nothing. Throws as `openIndex` and `commitKernel` do; kernels with a taken name are reported, not thrown.
 */
export function mergeIndex(into: BtfIndex, fromPath: string, options: MergeOptions = {}): MergeResult {
  const from = openIndex(fromPath, { readonly: true });
  try {
    const all = kernels(from);
    const stored = modules(
      from,
      all.map(({ id }) => id),
    );
    const sources = factSources(from, 'config');
    let added = 0;
    let unchanged = 0;
    const refused: string[] = [];
    all.forEach((kernel, i) => {
      const own = (stored.get(kernel.id) ?? []).map(({ name }) => ({ name, ...exportModule(from, kernel.id, name) }));
      const prepared = prepareKernel(exportBtf(from, kernel.id), own, kernelConfig(from, kernel.id));
      const { source, tool, ingestedAt, identified, banner } = kernel;
      let outcome: Ingested['outcome'] | 'kernel-exists';
      try {
        const tables = kernelTablesOf(from, kernel.id);
        const told = {
          ...{ source, tool, ingestedAt, identified, banner, tables },
          replace: options.replace,
          configSource: sources.get(kernel.id),
        };
        outcome = commitKernel(into, prepared, kernel, told).outcome;
      } catch (error) {
        if (!(error instanceof IndexError) || error.code !== 'kernel-exists') throw error;
        outcome = 'kernel-exists';
      }
      if (outcome === 'kernel-exists') refused.push(kernel.name);
      else if (outcome === 'unchanged') unchanged++;
      else added++;
      options.onKernel?.(kernel.name, outcome, i + 1, all.length);
    });
    return { added, unchanged, refused };
  } finally {
    from.close();
  }
}
