// Small queries against a running server while an ingest writes into the same index: rate, latency, memory.

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

export const serverLoad: Case = {
  name: 'server',
  about: 'small queries a second while an ingest runs, with their latency',
  async run(context) {
    const db = join(context.scratch, 'served.db');
    seedIndex(context, db);
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
    const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
    const body = JSON.stringify({ query: QUERY });
    const seconds = context.smoke ? 1 : 20;
    const latencies: number[] = [];
    const memory: number[] = [];
    try {
      for (let i = 0; i < (context.smoke ? 10 : 500); i++) await ask(url, agent, body);
      const until = performance.now() + seconds * 1000;
      const client = async () => {
        while (performance.now() < until) latencies.push(await ask(url, agent, body));
      };
      const watch = setInterval(() => memory.push(memoryOf(child.pid) ?? Number.NaN), 1000);
      await Promise.all(Array.from({ length: CONCURRENCY }, client));
      clearInterval(watch);
    } finally {
      agent.destroy();
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
      {
        name: 'server-rate',
        what: 'small queries a second, one server process',
        unit: 'queries/s',
        ours: spread([latencies.length / seconds]),
        reference: undefined,
        referenceNote: note,
        target: { of: 'value', better: 'more', atLeast: 1000, aim: 2000 },
        facts,
        peakBytes: memory.at(-1),
      },
      {
        name: 'server-p99',
        what: `their latency, 99th percentile, ${CONCURRENCY} at once`,
        unit: 'ms',
        ours: spread([percentile(latencies, 0.99)]),
        reference: undefined,
        referenceNote: note,
        target: { of: 'value', better: 'less', atLeast: 50, aim: 25 },
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
