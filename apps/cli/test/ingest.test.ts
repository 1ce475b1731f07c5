import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BtfBuilder } from '@btfq/btf-format';
import { kernels, openIndex } from '@btfq/btf-index';
import { discover, type Job } from '@btfq/kernel-source';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../src/cli.ts';
import { readInPool } from '../src/ingest/pool.ts';
import type { IngestReport } from '../src/ingest/report.ts';
import { memoryIo } from './kit/memory-io.ts';

let tree: string;

/** Twelve small kernels in BTFHub's layout, and a file among them that is none. */
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'btfq-ingest-'));
  const put = (path: string, content: Uint8Array | string) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  };
  for (let at = 10; at < 22; at++) {
    const builder = new BtfBuilder();
    const int = builder.addInt('int', 4, 1);
    builder.addStruct(`only_in_${at}`, 4);
    builder.addField('value', int, 0);
    put(`debian/12/x86_64/6.1.0-${at}-amd64.btf`, builder.build());
  }
  put('debian/12/x86_64/6.1.0-15-cut.btf', Uint8Array.of(0x9f, 0xeb, 1, 0, 24, 0, 0, 0));
  return () => rmSync(tree, { recursive: true });
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-ingest-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function ingest(...args: string[]): Promise<{ report: IngestReport; exitCode: number; names: string[] }> {
  const folder = emptyFolder();
  const io = memoryIo({ cwd: folder, env: {} });
  const exitCode = await runCli(['ingest', tree, '--json', ...args], io);
  const index = openIndex(join(folder, 'btfq.db'), { readonly: true });
  const names = kernels(index).map(({ name }) => name);
  index.close();
  return { report: JSON.parse(new TextDecoder().decode(io.stdoutBytes)) as IngestReport, exitCode, names };
}

async function jobsOf(path: string): Promise<Job[]> {
  const jobs: Job[] = [];
  for await (const found of discover([path])) if (found.kind === 'job') jobs.push(found.job);
  return jobs;
}

describe('ingest', () => {
  it('gives the same with worker threads as without, in the order of the files', async () => {
    const alone = await ingest('--jobs', '1');
    const threads = await ingest('--jobs', '3');
    expect(threads).toEqual(alone);
    expect(alone.exitCode).toBe(1);
    expect(alone.report).toMatchObject({ added: 12, stopped: false, skipped: [{ code: 'bad-btf' }] });
    const expected = Array.from({ length: 12 }, (_, at) => `debian/12/x86_64/6.1.0-${at + 10}-amd64`);
    expect(alone.report.kernels.map(({ kernel }) => kernel)).toEqual(expected);
    expect([...alone.names].sort()).toEqual(expected);
  });
});

describe('the pool', () => {
  it.each([0, 2])('stops when it is told to (%i threads)', async (threads) => {
    const controller = new AbortController();
    let taken = 0;
    const run = async () => {
      for await (const one of readInPool(await jobsOf(tree), threads, {}, controller.signal, () => {})) {
        if ('done' in one) continue;
        if (++taken === 3) controller.abort();
      }
    };
    await run().catch((error: { code?: string }) => expect(error.code).toBe('aborted'));
    expect(taken).toBe(3);
  });

  it('passes on what a worker throws', async () => {
    const [job] = (await jobsOf(tree)) as [Job];
    const broken = { ...job, files: [42 as unknown as string] };
    const run = async () => {
      for await (const _ of readInPool([broken, job], 2, {}, new AbortController().signal, () => {}));
    };
    await expect(run()).rejects.toThrow();
  });
});
