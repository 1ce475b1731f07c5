// Merging by what is stored: whatever shards kernels come in and in whatever order these are merged, the answers are those of
// one index into which all of them were ingested; and a merge that is killed leaves the index as it was, or as it becomes.

import { spawn } from 'node:child_process';
import { copyFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type BtfIndex,
  declarations,
  diffKernels,
  exportBtf,
  exportModule,
  field,
  ingestKernel,
  kernelConfig,
  kernels,
  mergeIndex,
  modules,
  openIndex,
  search,
  verifyIndex,
} from '@btfq/btf-index';
import { type FixtureKernel, fixtureKernels, seededRandom } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { freshPath, indexOf } from './kit.ts';
import { smallKernel } from './small-kernel.ts';
import { smallModules } from './small-module.ts';

const KERNELS = 24;

/** Of the n-th small kernel: some come with modules, some with a configuration, some twice under two names. */
function* inputsOf(n: number) {
  const config = new Map([
    ['CONFIG_BPF', 'y'],
    [`CONFIG_OF_${n % 3}`, `"${n % 5}"`],
  ]);
  const { identity, btf } = smallKernel(n);
  const kernel = {
    identity,
    btf,
    ingestedAt: '2026-01-01T00:00:00Z',
    ...(n % 2 === 0 && { modules: smallModules(n) }),
    ...(n % 3 !== 0 && { config, configSource: `/boot/config-${n}` }),
  };
  yield kernel;
  if (n % 4 === 0) yield { ...kernel, identity: { ...identity, distro: 'alias' } };
}

function ingest(path: string, numbers: readonly number[]): void {
  const index = openIndex(path);
  for (const n of numbers) for (const kernel of inputsOf(n)) ingestKernel(index, kernel);
  index.close();
}

/** Everything that small kernels can be asked. Kernels by name: their numbers are those of their coming. */
function answers(index: BtfIndex): unknown {
  const all = kernels(index);
  const nameOf = new Map(all.map(({ id, name }) => [id, name]));
  const named = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, one) => {
        // rows, which each index numbers itself
        if (key === 'declarationIds') return (one as readonly number[]).length;
        if (/Ids$|From$|In$|Struct$/.test(key) && Array.isArray(one))
          return one.map((id: number) => nameOf.get(id)).sort();
        if (key === 'id') return undefined;
        if (/[a-z]Id$/.test(key)) return nameOf.get(one as number);
        return typeof one === 'bigint' ? String(one) : one;
      }),
    );
  const sorted = (list: readonly unknown[]) => list.map((one) => JSON.stringify(named(one))).sort();
  const hits = search(index, '_', { limit: 1000 });
  return {
    kernels: all.map(({ id, ...rest }) => ({ ...rest, config: kernelConfig(index, id)?.size })),
    hits: hits.map((hit) => named(hit)),
    declared: hits.map(({ kind, name }) => [kind, name, sorted(declarations(index, kind, name))]),
    fields: hits
      .filter(({ kind }) => kind === 'struct')
      .map(({ name }) => [name, named(field(index, 'struct', name, 'second_1'))]),
    diffs: all.slice(1).map(({ id }, i) => named(diffKernels(index, (all[i] as { id: number }).id, id))),
    bytes: all.map(({ id }) => Buffer.from(exportBtf(index, id)).toString('base64')),
    modules: all.map(({ id }) =>
      (modules(index, [id]).get(id) ?? []).map(({ name }) => [
        name,
        Buffer.from(exportModule(index, id, name).btf).toString('base64'),
      ]),
    ),
    configs: all.map(({ id }) => [...(kernelConfig(index, id) ?? [])]),
  };
}

const numbers = Array.from({ length: KERNELS }, (_, n) => n);

describe('merging', () => {
  const whole = freshPath();
  ingest(whole, numbers);
  const index = openIndex(whole, { readonly: true });
  const expected = answers(index);
  index.close();

  it.each([
    [1, 'an empty index'],
    [2, 'an empty index'],
    [3, 'one of their kernels'],
    [4, 'one of their kernels'],
    // the second of these has many, so that its first kernel stays as it is stored
    [5, 'one of their kernels', 1],
    [6, 'an empty index', 2],
  ])('shards of unrelated order give the same answers (seed %d, into %s)', (seed, start, most = 5) => {
    const random = seededRandom(seed);
    const shuffled = [...numbers].map((n) => ({ n, key: random.below(1 << 20) })).sort((a, b) => a.key - b.key);
    const count = most < 3 ? most : 2 + random.below(4);
    const shards: string[] = [];
    for (let shard = 0; shard < count; shard++) {
      const path = freshPath();
      // some kernels are in two shards
      ingest(
        path,
        shuffled.map(({ n }) => n).filter((n) => n % count === shard || random.below(6) === 0),
      );
      shards.push(path);
    }
    const fresh = freshPath();
    if (start !== 'an empty index') ingest(fresh, [shuffled[0]!.n]);
    const into = openIndex(fresh);
    for (const path of shards) mergeIndex(into, path);
    expect(verifyIndex(into).problems).toEqual([]);
    expect(answers(into)).toEqual(expected);
    const generation = into.generation();
    for (const path of shards) expect(mergeIndex(into, path)).toMatchObject({ added: 0, refused: [] });
    expect(into.generation()).toBe(generation);
    // and it goes on
    for (const kernel of inputsOf(KERNELS)) ingestKernel(into, kernel);
    expect(verifyIndex(into).problems).toEqual([]);
    into.close();
  });

  it('leaves out what belongs to refused kernels alone', () => {
    const other = freshPath();
    const from = openIndex(other);
    // the first has the name of another; its neighbours' rows are differences from its own
    ingestKernel(from, { ...smallKernel(3), btf: smallKernel(60).btf });
    for (const n of [61, 62]) ingestKernel(from, smallKernel(n));
    from.close();
    const path = freshPath();
    copyFileSync(whole, path);
    const into = openIndex(path);
    expect(mergeIndex(into, other)).toMatchObject({ added: 2, unchanged: 0, refused: ['small/1/x86_64/6.1.3'] });
    expect(verifyIndex(into).problems).toEqual([]);
    expect(search(into, 'function_60')).not.toContainEqual(expect.objectContaining({ name: 'function_60' }));
    expect(mergeIndex(into, other, { replace: true })).toMatchObject({ added: 1, unchanged: 2, refused: [] });
    expect(search(into, 'function_60', { limit: 1 })).toMatchObject([{ name: 'function_60', match: 'exact' }]);
    expect(verifyIndex(into).problems).toEqual([]);
    into.close();
  });

  it('of real kernels stores little more than ingesting does', () => {
    const [a, b] = fixtureKernels().slice(1, 3) as [FixtureKernel, FixtureKernel];
    const [left, right, direct] = [freshPath(), freshPath(), freshPath()];
    indexOf([a], left).close();
    indexOf([b], right).close();
    indexOf([a, b], direct).close();
    const into = openIndex(left);
    expect(mergeIndex(into, right)).toMatchObject({ added: 1 });
    expect(verifyIndex(into).problems).toEqual([]);
    const one = openIndex(direct, { readonly: true });
    const [id, own] = [b, b].map(({ release }, i) => {
      const at = i === 0 ? into : one;
      return kernels(at).find((kernel) => kernel.release === release)?.id as number;
    }) as [number, number];
    expect(Buffer.compare(exportBtf(into, id), exportBtf(one, own))).toBe(0);
    for (const name of ['task_struct', 'sk_buff', 'inode']) {
      const sizes = (at: BtfIndex) =>
        declarations(at, 'struct', name).map(({ size, kernelIds }) => [size, kernelIds.length]);
      expect(sizes(into).sort()).toEqual(sizes(one).sort());
    }
    one.close();
    into.close();
    expect(statSync(left).size).toBeLessThan(statSync(direct).size * 1.1);
  }, 120_000);
});

const CHILD = fileURLToPath(new URL('merge-child.ts', import.meta.url));

/** Merges, and is killed some milliseconds after it began. */
function merge(into: string, from: string, killAfter: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@btfq/source', CHILD, into, from], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), killAfter));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === null && code !== 0) reject(new Error(`the child ended with ${code}`));
      else resolve(signal === 'SIGKILL');
    });
  });
}

it('a merge that is killed at any moment leaves the index whole', async () => {
  const [left, right] = [freshPath(), freshPath()];
  ingest(left, numbers.slice(0, 12));
  ingest(right, numbers.slice(12));
  const before = openIndex(left, { readonly: true });
  const count = kernels(before).length;
  before.close();
  const random = seededRandom(5);
  const states = new Set<number>();
  for (let round = 0; round < 4; round++) {
    const path = freshPath();
    copyFileSync(left, path);
    await merge(path, right, random.below(40));
    const index = openIndex(path);
    expect(verifyIndex(index).problems).toEqual([]);
    states.add(kernels(index).length);
    mergeIndex(index, right);
    expect(verifyIndex(index).problems).toEqual([]);
    expect(kernels(index)).toHaveLength(KERNELS + KERNELS / 4);
    index.close();
  }
  for (const state of states) expect([count, KERNELS + KERNELS / 4]).toContain(state);
}, 120_000);
