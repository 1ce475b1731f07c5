// Build ids in an index: kept with a kernel, added to one that is there, merged, published, forgotten with it; and in tables.
import {
  buildIds,
  ingestKernel,
  kernels,
  mergeIndex,
  offsetTable,
  openIndex,
  readOffsetsSpec,
  removeKernel,
} from '@btfq/btf-index';
import { expect, onTestFinished, test } from 'vitest';
import { freshPath } from './kit.ts';
import { smallKernel } from './small-kernel.ts';

const open = (path = freshPath()) => {
  const index = openIndex(path);
  onTestFinished(() => index.close());
  return index;
};
const byRelease = (index: ReturnType<typeof open>) =>
  Object.fromEntries(kernels(index).map(({ id, release }) => [release, buildIds(index).get(id)]));

test('an index keeps them', async () => {
  const index = open();
  expect(ingestKernel(index, smallKernel(1)).outcome).toBe('added');
  expect(byRelease(index)).toEqual({ '6.1.1': undefined });
  expect(ingestKernel(index, { ...smallKernel(1), buildId: 'aa01' }).outcome).toBe('replaced');
  expect(ingestKernel(index, { ...smallKernel(1), buildId: 'aa01' }).outcome).toBe('unchanged');
  expect(ingestKernel(index, smallKernel(1)).outcome).toBe('unchanged');
  ingestKernel(index, { ...smallKernel(2), buildId: 'aa02' });
  ingestKernel(index, smallKernel(3));
  expect(byRelease(index)).toEqual({ '6.1.1': 'aa01', '6.1.2': 'aa02', '6.1.3': undefined });

  const { kernels: inTable } = offsetTable(index, await readOffsetsSpec('entries:\n  x: struct_1.first\n'));
  expect(inTable.map(({ buildId }) => buildId)).toEqual(['aa01', 'aa02', undefined]);

  const other = open();
  ingestKernel(other, smallKernel(2));
  mergeIndex(other, index.path);
  expect(byRelease(other)).toEqual({ '6.1.1': 'aa01', '6.1.2': 'aa02', '6.1.3': undefined });

  removeKernel(index, kernels(index)[1]?.id as number);
  expect(buildIds(index).size).toBe(1);
});
