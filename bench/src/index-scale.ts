// How an index behaves as it grows: kernels of the simulated archive go in one by one; at 10, 100, 1,000 and 10,000 (and some between) it is
// measured what a kernel costs and how long questions take.
//
//   node --conditions=@btfq/source src/index-scale.ts [--kernels 10000] [--seed 1] [--rounds 50] [--db FILE] [--json FILE] FOUNDER.btf...

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import {
  databaseOf,
  type BtfIndex,
  commitKernel,
  declarations,
  diffKernels,
  enumerator,
  exportBtf,
  field,
  type KernelIdentity,
  kernels,
  openIndex,
  type PreparedKernel,
  search,
} from '@btfq/btf-index';
import type { Founder } from './simulate.ts';

const CHECKPOINTS = [3, 10, 30, 100, 300, 1000, 2000, 3000, 5000, 10_000];

/** What was measured when the index had so many kernels. Times in milliseconds, medians unless they say otherwise. */
interface Row {
  readonly kernels: number;
  readonly prepare: number;
  readonly commit: number;
  /** Mean of the bytes that a kernel added since the row before. */
  readonly bytesPerKernel: number;
  readonly indexBytes: number;
  readonly peakMemoryBytes: number;
  readonly questions: Readonly<Record<string, { readonly cold: number; readonly warm: number }>>;
}

const QUESTIONS: Readonly<Record<string, (index: BtfIndex) => unknown>> = {
  'field task_struct pid': (index) => field(index, 'struct', 'task_struct', 'pid'),
  'field task_struct se.vruntime': (index) => field(index, 'struct', 'task_struct', 'se.vruntime'),
  'field list_head next': (index) => field(index, 'struct', 'list_head', 'next'),
  'layouts of list_head': (index) => declarations(index, 'struct', 'list_head'),
  'function vfs_read': (index) => declarations(index, 'func', 'vfs_read'),
  'enumerator BPF_MAP_TYPE_HASH': (index) => enumerator(index, 'BPF_MAP_TYPE_HASH'),
  'search task_str': (index) => search(index, 'task_str'),
  'search tsak_struct': (index) => search(index, 'tsak_struct'),
  'difference of neighbours': (index) => {
    const [a, b] = kernels(index).slice(-2);
    return a && b && diffKernels(index, a.id, b.id);
  },
  'export of the last kernel': (index) => exportBtf(index, kernels(index).at(-1)?.id ?? 0),
};

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function ask(path: string, most: number): Row['questions'] {
  const time = (index: BtfIndex, question: (index: BtfIndex) => unknown): number => {
    const start = performance.now();
    question(index);
    return performance.now() - start;
  };
  return Object.fromEntries(
    Object.entries(QUESTIONS).map(([name, question]) => {
      const index = openIndex(path, { readonly: true });
      const cold = time(index, question);
      const rounds: number[] = [];
      const until = performance.now() + 300;
      while (rounds.length < Math.min(5, most) || (rounds.length < most && performance.now() < until))
        rounds.push(time(index, question));
      index.close();
      return [name, { cold, warm: median(rounds) }];
    }),
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kernels: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '50' },
      db: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const count = Number(values.kernels);
  const folder = values.db === undefined ? mkdtempSync(join(tmpdir(), 'btfq-scale-')) : undefined;
  const path = values.db ?? join(folder as string, 'index.db');
  const founders = positionals.map((file): Founder => {
    const [, release = ''] = /(\d+\.\d+\.\d+[^/]*)\.btf$/.exec(basename(file)) ?? [];
    return { distro: 'real', version: '0', arch: archOf(file), release, btf: new Uint8Array(readFileSync(file)) };
  });
  const index = openIndex(path);
  const worker = new Worker(new URL('./index-scale-worker.ts', import.meta.url), {
    workerData: { founders, count, seed: Number(values.seed) },
  });
  const rows: Row[] = [];
  let done = 0;
  let bytes = 0;
  let last = 0;
  let prepare: number[] = [];
  let commit: number[] = [];
  for (let ahead = 0; ahead < 3; ahead++) worker.postMessage('next');
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', () => resolve());
    worker.on(
      'message',
      (made: { identity: KernelIdentity; prepared: PreparedKernel; milliseconds: number } | null) => {
        if (made === null) return;
        worker.postMessage('next');
        const start = performance.now();
        commitKernel(index, made.prepared, made.identity);
        commit.push(performance.now() - start);
        prepare.push(made.milliseconds);
        done++;
        if (!CHECKPOINTS.includes(done) && done !== count) return;
        databaseOf(index).pragma('wal_checkpoint(TRUNCATE)');
        const size = statSync(path).size;
        const row: Row = {
          kernels: done,
          prepare: median(prepare),
          commit: median(commit),
          bytesPerKernel: Math.round((size - bytes) / (done - last)),
          indexBytes: size,
          peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
          questions: ask(path, Number(values.rounds)),
        };
        rows.push(row);
        console.log(JSON.stringify(row));
        if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
        [bytes, last, prepare, commit] = [size, done, [], []];
      },
    );
  });
  index.close();
  if (folder) rmSync(folder, { recursive: true });
}

function archOf(file: string): string {
  return /(x86_64|arm64|riscv64|s390x|ppc64le)/.exec(file)?.[1] ?? 'x86_64';
}

await main();
