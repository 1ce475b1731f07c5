// What a small index answers, for scripts that damage, interrupt and crowd it: everything it can be asked, as one text, beside
// that of a fresh index which only ever got the same kernels.

import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BtfIndex,
  declarations,
  exportBtf,
  field,
  fieldInKernels,
  ingestKernel,
  kernelById,
  kernels,
  openIndex,
} from '../packages/btf-index/src/index.ts';
import { smallKernel } from '../packages/btf-index/test/small-kernel.ts';

const STRUCTS = Array.from({ length: 40 }, (_, i) => `struct_${i}`);
const FUNCTIONS = Array.from({ length: 33 }, (_, i) => `function_${i}`);

/** The number of a small kernel by its release. */
export const numberOf = (release: string): number => Number(release.split('.')[2]);
/** The numbers of an index's kernels. */
export const held = (index: BtfIndex): number[] => kernels(index).map(({ release }) => numberOf(release));
/** Numbers as a key. */
export const keyOf = (state: Iterable<number>): string => [...state].sort((a, b) => a - b).join(' ');

/** Ingests the small kernel `n`, at a time that is always the same. */
export function add(index: BtfIndex, n: number): void {
  ingestKernel(index, { ...smallKernel(n), ingestedAt: '2026-01-01T00:00:00Z' });
}

/** All that an index says, with kernels by name. */
export function answers(index: BtfIndex): string {
  const named = (ids: readonly number[]) => ids.map((id) => kernelById(index, id).name).sort();
  const declared = (kind: 'struct' | 'func', name: string) =>
    declarations(index, kind, name)
      .map(({ hash, kernelIds }) => JSON.stringify([hash, named(kernelIds)]))
      .sort();
  return JSON.stringify([
    kernels(index)
      .map(({ name, id }) => [name, createHash('sha256').update(exportBtf(index, id)).digest('hex')])
      .sort(),
    STRUCTS.map((name) => declared('struct', name)),
    FUNCTIONS.map((name) => declared('func', name)),
    STRUCTS.map((name) => {
      const answer = field(index, 'struct', name, 'first');
      return answer && fieldInKernels(index, answer).map((row) => [kernelById(index, row.kernelId).name, row.variant]);
    }),
  ]);
}

const fresh = new Map<string, string>();

/** The answers of an index that only ever got these kernels; it is made in `folder`, once for each set. */
export function expected(state: Iterable<number>, folder: string): string {
  const key = keyOf(state);
  let known = fresh.get(key);
  if (known === undefined) {
    const path = join(folder, 'fresh.db');
    rmSync(path, { force: true });
    const index = openIndex(path);
    for (const n of state) add(index, n);
    known = answers(index);
    index.close();
    fresh.set(key, known);
  }
  return known;
}
