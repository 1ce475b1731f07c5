// Merge: the kernels of another index into this one, by what is stored of them. Nothing is parsed and hashed anew: contents,
// declarations and modules are found by their hashes, or their rows copied with the numbers of this index.
//
//   1. which kernels are new, there, or there with something else            plan.ts
//   2. contents: where in this index's forest they go, and their bytes      contents.ts
//   3. modules: versions that are new, and their bytes                       versions.ts
//   4. declarations, with the names and types that they speak of             rows.ts
//   5. sets: membership, as changes against the parents here                 sets.ts
//   6. kernels, and the facts that only they have                            tables.ts
//
// All of it is one transaction. What is there with the same BTF and other modules or another configuration, and what
// --replace is to replace, goes the way of ingesting afterwards.

import type { BtfIndex } from '../../store/btf-index.ts';
import { openIndex } from '../../store/open.ts';
import { IndexError } from '../../errors.ts';
import { exportBtf, exportModule } from '../../store/export.ts';
import { buildIds, factSources } from '../../store/fact-sources.ts';
import { modules } from '../../store/module-store.ts';
import { kernelTablesOf } from '../../store/table-facts.ts';
import { kernelConfig } from '../../query/config.ts';
import { prepareKernel } from '../../prepare/prepare.ts';
import { commitKernel, type Ingested, writing } from '../ingest.ts';
import { forgetWriter } from '../writer-cache.ts';
import { addContents } from './contents.ts';
import { addKernels } from './kernels.ts';
import { attachOther } from './other.ts';
import { type MergePlan, planMerge } from './plan.ts';
import { MergedRows } from './rows.ts';
import { mergeSets } from './sets.ts';
import { addModuleSets, addVersions } from './versions.ts';
import { copyWhole, isEmpty, isPlain } from './whole.ts';

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
 * Copies every kernel of another index, with its source, date, modules and facts. Killed at any moment, it leaves this index as
 * it was or as it becomes; merging again changes nothing. Throws as `openIndex` and `commitKernel` do; kernels with a taken
 * name are reported, not thrown.
 */
export function mergeIndex(into: BtfIndex, fromPath: string, options: MergeOptions = {}): MergeResult {
  if (into.readonly) throw new IndexError('read-only', `${into.path} was opened only to read`, { path: into.path });
  const from = openIndex(fromPath, { readonly: true });
  let detach: (() => void) | undefined;
  try {
    let total = 0;
    let done = 0;
    let added = 0;
    let unchanged = 0;
    const refused: string[] = [];
    const report = (name: string, outcome: Ingested['outcome'] | 'kernel-exists'): void => {
      if (outcome === 'kernel-exists') refused.push(name);
      else if (outcome === 'unchanged') unchanged++;
      else added++;
      options.onKernel?.(name, outcome, ++done, total);
    };
    const { plan } = writing(into, () => {
      detach = attachOther(into, from);
      total = from.catalog().kernels.length;
      return copyRows(into, from, options.replace ?? false);
    });
    for (const { name } of plan.unchanged) report(name, 'unchanged');
    for (const { kernel, alias } of plan.added) report(kernel.name, alias ? 'alias' : 'added');
    for (const { name } of plan.refused) report(name, 'kernel-exists');
    for (const { id } of plan.later) {
      const kernel = from.catalog().kernels[from.catalog().rank[id]!] as { readonly name: string };
      report(kernel.name, ingestAgain(into, from, id, options.replace ?? false));
    }
    return { added, unchanged, refused };
  } finally {
    detach?.();
    from.close();
  }
}

/** Copies what is new. */
function copyRows(into: BtfIndex, from: BtfIndex, replace: boolean): { plan: MergePlan; outcome: string } {
  const plan = planMerge(into, from, replace);
  if (plan.added.length === 0) return { plan, outcome: 'unchanged' };
  if (isEmpty(into) && isPlain(from)) {
    copyWhole(into);
    forgetWriter(into);
    into.changed();
  } else copyContents(into, from, plan);
  return { plan, outcome: 'added' };
}

function copyContents(into: BtfIndex, from: BtfIndex, plan: MergePlan): void {
  const places = addContents(into, from, plan);
  if (plan.contents.length > 0) {
    const rows = new MergedRows(into);
    addModuleSets(into, from, places);
    const versions = addVersions(into, from, rows, places);
    mergeSets(into, from, rows, places, versions);
  }
  addKernels(into, from, plan, places);
  forgetWriter(into);
  into.changed();
}

/** One kernel, from its BTF: as `commitKernel` has it. */
function ingestAgain(
  into: BtfIndex,
  from: BtfIndex,
  kernelId: number,
  replace: boolean,
): Ingested['outcome'] | 'kernel-exists' {
  const { kernels, rank } = from.catalog();
  const kernel = kernels[rank[kernelId]!] as (typeof kernels)[number];
  const names = modules(from, [kernelId]).get(kernelId) ?? [];
  const own = names.map(({ name }) => ({ name, ...exportModule(from, kernelId, name) }));
  const { source, tool, ingestedAt, identified, banner } = kernel;
  const options = {
    ...{ source, tool, ingestedAt, identified, banner, replace },
    tables: kernelTablesOf(from, kernelId),
    configSource: factSources(from, 'config').get(kernelId),
    buildId: buildIds(from).get(kernelId),
  };
  try {
    const prepared = prepareKernel(exportBtf(from, kernelId), own, kernelConfig(from, kernelId));
    return commitKernel(into, prepared, kernel, options).outcome;
  } catch (error) {
    if (error instanceof IndexError && error.code === 'kernel-exists') return 'kernel-exists';
    throw error;
  }
}
