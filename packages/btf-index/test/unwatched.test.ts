// What an answer is made of does not change while the index is not watched, and is new afterwards.
import { field, ingestKernel, kernels, openIndex } from '@btfq/btf-index';
import { expect, onTestFinished, test } from 'vitest';
import { freshPath } from './kit.ts';
import { smallKernel } from './small-kernel.ts';

test.each(['hold', 'unwatched'] as const)('%s', (way) => {
  const path = freshPath();
  const writer = openIndex(path);
  ingestKernel(writer, smallKernel(1));
  const reader = openIndex(path, { readonly: true });
  onTestFinished(() => {
    reader.close();
    writer.close();
  });
  const having = () => field(reader, 'struct', 'struct_1', 'first')?.variants.flatMap(({ kernelIds }) => kernelIds);
  expect(having()).toHaveLength(1);
  const generation = reader.generation();
  const release = reader[way]();
  const again = reader[way]();
  ingestKernel(writer, smallKernel(2));
  expect(kernels(reader)).toHaveLength(1);
  expect(having()).toHaveLength(1);
  expect(reader.generation()).toBe(generation);
  again();
  release();
  expect(reader.generation()).not.toBe(generation);
  expect(kernels(reader)).toHaveLength(2);
  expect(having()).toHaveLength(2);
});

test('its own writes are seen at once', () => {
  const index = openIndex(freshPath());
  onTestFinished(() => index.close());
  const release = index.unwatched();
  ingestKernel(index, smallKernel(1));
  expect(kernels(index)).toHaveLength(1);
  release();
});
