// The outcome of every relocation of an object on every kernel of an index. Kernels that are known to answer alike are
// relocated once; kernels with the same results then share a row.

import { answerKeys, type BtfIndex, kernelTarget, kernels } from '@btfq/btf-index/read';
import { type BpfObject, explainReason, RelocationKind, relocate, type TargetKernel } from '@btfq/core-reloc';
import { filterOf } from '../schema/context.ts';
import { readObject } from './describe.ts';
import type { KernelFilterInput } from '@btfq/btf-index/read';
import type { ObjectFile, RelocationGroup, RelocationOutcomeWord } from './tasks.ts';

/** Rows in the order of their first kernel, kernels in theirs. Throws RelocationError, ElfError, IndexError. */
export function relocationMatrix(index: BtfIndex, file: ObjectFile, where: KernelFilterInput): RelocationGroup[] {
  const object = readObject(file);
  const meant = kernels(index, filterOf(where));
  const keys = answerKeys(index, [object], meant);
  const byKey = new Map<string, { kernelIds: number[]; results: RelocationGroup['results'] }>();
  const byResults: typeof byKey = new Map();
  for (const { id } of meant) {
    const key = keys.get(id) ?? String(id);
    let row = byKey.get(key);
    if (row === undefined) {
      const results = resultsOn(object, kernelTarget(index, id));
      const text = JSON.stringify(results, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
      row = byResults.get(text);
      if (row === undefined) byResults.set(text, (row = { kernelIds: [], results }));
      byKey.set(key, row);
    }
    row.kernelIds.push(id);
  }
  return [...byResults.values()];
}

const WORDS = { applied: 'APPLIED', poisoned: 'POISONED', failed: 'FAILED' } as const satisfies Record<
  string,
  RelocationOutcomeWord
>;

function resultsOn(object: BpfObject, target: TargetKernel): RelocationGroup['results'] {
  return relocate(object, target).map((result) => ({
    outcome: WORDS[result.outcome],
    // an id of the target's types says nothing to people, and differs where kernels otherwise agree
    value: result.relocation.kind === RelocationKind.TypeIdTarget ? null : (result.newValue ?? null),
    reason: result.reason === undefined ? null : explainReason(result),
  }));
}
