// Small queries against a running server: how many for each second of its processor time, whatever the load generator takes;
// and rate, latency and memory while an ingest writes into the same index.

import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { ingestKernel, openIndex } from '@btfq/btf-index';
import type { BenchContext, Case } from '../case.ts';
import { startServer, stop } from '../server.ts';
import { percentile, spread } from '../statistics.ts';

const QUERY = '{ struct(name: "task_struct") { field(name: "pid") { kernels { offset } } } }';
/** Requests that are under way at once. */
const CONCURRENCY = 16;

function ask(url: string, agent: Agent, body: string): Promise<number> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          if (response.statusCode === 200 && text.startsWith('{"data":{"struct"')) resolve(performance.now() - start);
          else reject(new Error(`HTTP ${response.statusCode}: ${text.slice(0, 200)}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Peak memory of a process by now, in bytes; undefined where /proc does not say. */
function memoryOf(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Processor time of a process and of those that it started, by now, in seconds; undefined where /proc does not say. */
function processorTime(pid: number | undefined): number | undefined {
  try {
    const started = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13).map(Number) as [number, number];
    return (user + system) / TICKS + started.reduce((sum, child) => sum + (processorTime(child) ?? 0), 0);
  } catch {
    return undefined;
  }
}

/** Of a second, in which Linux counts processor time for /proc. */
const TICKS = 100;

/** Asks one question again and again for so long; milliseconds of each. */
async function load(url: string, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const body = JSON.stringify({ query: QUERY });
  const latencies: number[] = [];
  try {
    const until = performance.now() + seconds * 1000;
    const client = async () => {
      while (performance.now() < until) latencies.push(await ask(url, agent, body));
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, client));
  } finally {
    agent.destroy();
  }
  return latencies;
}

/** Queries for each second of processor time of a server of two processes, once they are warm. */
async function queriesByProcessor(context: BenchContext, db: string): Promise<number | undefined> {
  const { child, url } = await startServer(db, context.scratch, ['--processes', '2']);
  try {
    await load(url, context.smoke ? 0.2 : 2);
    // threads are made ready meanwhile, which is no part of a query
    for (let i = 0, last = -1; i < (context.smoke ? 0 : 60); i++) {
      const now = processorTime(child.pid) ?? 0;
      if (now - last < 0.05) break;
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const before = processorTime(child.pid);
    const asked = await load(url, context.smoke ? 0.2 : 8);
    const after = processorTime(child.pid);
    return before === undefined || after === undefined ? undefined : asked.length / Math.max(after - before, 1 / TICKS);
  } finally {
    await stop(child);
  }
}

export const serverLoad: Case = {
  name: 'server',
  about: 'small queries for each second of processor time; and beside an ingest, with their latency',
  async run(context) {
    const db = join(context.scratch, 'served.db');
    seedIndex(context, db);
    const byProcessor = await queriesByProcessor(context, db);
    const { child, url } = await startServer(db, context.scratch, ['--processes', '1']);
    // the writer: kernels go in again and again under new names, as long as the load lasts
    const writer = spawn(
      process.execPath,
      [
        '--conditions=@btfq/source',
        new URL('./server-load-ingest.ts', import.meta.url).pathname,
        db,
        ...context.kernels,
      ],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const seconds = context.smoke ? 1 : 20;
    let latencies: readonly number[] = [];
    const memory: number[] = [];
    try {
      await load(url, context.smoke ? 0.1 : 1);
      const watch = setInterval(() => memory.push(memoryOf(child.pid) ?? Number.NaN), 1000);
      latencies = await load(url, seconds);
      clearInterval(watch);
    } finally {
      writer.kill('SIGKILL');
      await stop(child);
    }
    const facts = {
      requests: latencies.length,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      memoryAtHalf: memory[memory.length >> 1] ?? 0,
      memoryAtEnd: memory.at(-1) ?? 0,
    };
    const note = 'the load comes from this process, on the same cores; an ingest writes into the index meanwhile';
    return [
      ...(byProcessor === undefined
        ? []
        : [
            {
              name: 'server-rate',
              what: 'small queries a second that two cores are enough for: twice those of a second of processor time, two processes',
              unit: 'queries/s',
              ours: spread([2 * byProcessor]),
              reference: undefined,
              referenceNote: 'only the processor time of the server counts: the load comes from another process',
              target: { of: 'value', better: 'more', atLeast: 5000, aim: 10_000 },
            } as const,
          ]),
      {
        name: 'server-beside-ingest',
        what: 'small queries a second, one server process, beside an ingest and the load on the same cores',
        unit: 'queries/s',
        ours: spread([latencies.length / seconds]),
        reference: undefined,
        referenceNote: note,
        facts,
        peakBytes: memory.at(-1),
      },
      {
        name: 'server-p99',
        what: `their latency beside an ingest, 99th percentile, ${CONCURRENCY} at once`,
        unit: 'ms',
        ours: spread([percentile(latencies, 0.99)]),
        reference: undefined,
        referenceNote: note,
        target: { of: 'value', better: 'less', atLeast: 20, aim: 20 },
      },
    ];
  },
};

function seedIndex({ kernels }: BenchContext, db: string): void {
  const fresh = `${db}.new`;
  const index = openIndex(fresh);
  for (const [i, kernel] of kernels.slice(0, 2).entries()) {
    ingestKernel(index, {
      identity: { distro: 'bench', version: '1', arch: 'x86_64', release: `6.${i}.0` },
      btf: new Uint8Array(readFileSync(kernel)),
    });
  }
  index.close();
  copyFileSync(fresh, db);
}
