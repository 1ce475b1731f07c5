// A soak: a server, asked at a low rate for a long time, while an ingest writes into its index now and then and clients leave before
// they are answered. Prints a row each minute: requests, errors, latency, and the server's memory, handles and file descriptors.
//
//   node --conditions=@btfq/source bench/src/soak.ts --minutes N [--rate 50] [--json FILE] KERNEL.btf KERNEL.btf...

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ingestKernel, kernels, openIndex, removeKernel } from '@btfq/btf-index';
import { seededRandom } from '@btfq/test-kit';
import { BTFQ } from './process.ts';
import { percentile } from './statistics.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '120' },
    rate: { type: 'string', default: '50' },
    json: { type: 'string' },
  },
});
const [minutes, rate] = [Number(values.minutes), Number(values.rate)];

const STRUCTS = ['task_struct', 'sock', 'sk_buff', 'inode', 'file', 'cred', 'mm_struct', 'list_head'];
const FIELDS = ['pid', 'comm', 'sk_family', 'len', 'i_ino', 'f_path', 'uid', 'next'];
const random = seededRandom(1);

/** A question; no two in a hundred are the same words, so that caches fill. */
function question(n: number): string {
  const name = random.pick(STRUCTS);
  const label = `q${n % 5000}`;
  switch (random.below(7)) {
    case 0:
      return `{ ${label}: struct(name: "${name}") { layouts { size } } }`;
    case 1:
      return `{ ${label}: search(query: "${name.slice(0, 2 + random.below(4))}", first: 5) { nodes { __typename } } }`;
    case 2:
      return `{ ${label}: kernels(first: ${1 + random.below(5)}) { nodes { name release } } }`;
    case 3:
      return '{ stats { kernels names } }';
    case 4:
      return `{ ${label}: noSuchField }`;
    default:
      return `{ ${label}: struct(name: "${name}") { field(name: "${random.pick(FIELDS)}") { kernels { offset } } } }`;
  }
}

async function start(db: string, scratch: string): Promise<{ child: ChildProcess; url: string }> {
  const [program, ...args] = [
    ...BTFQ,
    'serve',
    '--db',
    db,
    '--port',
    '0',
    '--quiet',
    '--cache',
    join(scratch, 'bundles'),
  ];
  const child = spawn(program as string, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const [url] = /http:\/\/\S+/.exec(line) ?? [];
    if (url) return { child, url };
  }
  throw new Error('the server ended before it listened');
}

/** One request; every fiftieth client leaves at once. Gives the milliseconds, or undefined where nothing was to be waited for. */
function ask(url: string, agent: Agent, n: number): Promise<number | undefined> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
      (response) => {
        response.resume();
        response.on('end', () => {
          const bad = response.statusCode === undefined || response.statusCode >= 500;
          if (bad) reject(new Error(`HTTP ${response.statusCode}`));
          else resolve(performance.now() - began);
        });
        response.on('error', reject);
      },
    );
    sent.on('error', (error) => (n % 50 === 49 ? resolve(undefined) : reject(error)));
    sent.end(JSON.stringify({ query: question(n) }));
    if (n % 50 === 49) setTimeout(() => sent.destroy(), 2);
  });
}

/** What the system and the server itself say of it. */
async function state(pid: number, url: string) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
  const metrics = await (await fetch(new URL('/metrics', url))).text();
  const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]);
  return {
    memory: Math.round(kilobytes('VmRSS') / 1024),
    peak: Math.round(kilobytes('VmHWM') / 1024),
    heap: Math.round(metric('nodejs_heap_size_used_bytes') / 1048576),
    handles: metric('nodejs_active_handles_total'),
    files: readdirSync(`/proc/${pid}/fd`).length,
    threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]),
  };
}

const scratch = mkdtempSync(join(tmpdir(), 'btfq-soak-'));
const db = join(scratch, 'soaked.db');
const bytes = positionals.map((path) => new Uint8Array(readFileSync(path)));
const index = openIndex(db);
const put = (release: string, btf: Uint8Array) =>
  ingestKernel(index, { identity: { distro: 'soak', version: '1', arch: 'x86_64', release }, btf });
for (const [i, btf] of bytes.entries()) put(`6.${i}.0`, btf);
const { child, url } = await start(db, scratch);
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const rows: object[] = [];
try {
  let [n, errors, left] = [0, 0, 0];
  let latencies: number[] = [];
  const until = performance.now() + minutes * 60_000;
  let next = performance.now() + 60_000;
  const tick = setInterval(() => {
    const due = Math.min(rate, n < 10 ? 1 : rate) / 10;
    for (let i = 0; i < due; i++) {
      ask(url, agent, n++).then(
        (milliseconds) => (milliseconds === undefined ? left++ : latencies.push(milliseconds)),
        (error: Error) => {
          errors++;
          console.error(error.message);
        },
      );
    }
  }, 100);
  for (let minute = 1; performance.now() < until; minute++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    next += 60_000;
    const written = kernels(index).find(({ release }) => release === '7.0.0-written');
    if (written === undefined) put('7.0.0-written', bytes[minute % bytes.length] as Uint8Array);
    else removeKernel(index, written.id);
    const row = {
      ...{ minute, requests: n, errors, left },
      p50: Math.round((percentile(latencies, 0.5) ?? 0) * 10) / 10,
      p99: Math.round((percentile(latencies, 0.99) ?? 0) * 10) / 10,
      ...(await state(child.pid as number, url)),
    };
    latencies = [];
    rows.push(row);
    console.log(JSON.stringify(row));
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 1)}\n`);
  }
  clearInterval(tick);
} finally {
  agent.destroy();
  child.kill('SIGTERM');
  index.close();
}
await new Promise((resolve) => child.once('exit', resolve));
rmSync(scratch, { recursive: true });
