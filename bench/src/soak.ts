// A soak: a server, asked at a low rate for a long time, while an ingest writes into its index now and then and clients leave before
// they are answered. Prints a row each minute: requests, errors, latency, and the server's memory, handles and file descriptors.
//
//   node --conditions=@btfq/source bench/src/soak.ts --minutes N [--rate 50] [--json FILE] KERNEL.btf KERNEL.btf...

import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ingestKernel, kernels, openIndex, removeKernel } from '@btfq/btf-index';
import { seededRandom } from '@btfq/test-kit';
import { startServer, stop } from './server.ts';
import { percentile } from './statistics.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '120' },
    rate: { type: 'string', default: '50' },
    json: { type: 'string' },
    db: { type: 'string' },
    object: { type: 'string' },
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
      return `{ ${label}: struct(name: "${name}") { layouts { size kernels { release } } } }`;
    case 1:
      return `{ ${label}: search(text: "${name.slice(0, 2 + random.below(4))}", first: 5) { name } }`;
    case 2:
      return `{ ${label}: kernels(first: ${1 + random.below(5)}) { nodes { id release } } }`;
    case 3:
      return '{ stats { kernels declarations } }';
    case 4:
      return `{ ${label}: noSuchField }`;
    default:
      return `{ ${label}: struct(name: "${name}") { field(name: "${random.pick(FIELDS)}") { kernels { offset } } } }`;
  }
}

/** One request; every fiftieth client leaves at once. Gives the milliseconds, or undefined where nothing was to be waited for. */
function ask(url: string, agent: Agent, n: number): Promise<number | undefined> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const refused = text.includes('"errors"') && !text.includes('noSuchField');
          if (response.statusCode !== 200 || refused)
            reject(new Error(`HTTP ${response.statusCode}: ${text.slice(0, 200)}`));
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

/** A client that sends a head and one byte of its body; gives the seconds after which the server closed the connection. */
function halfOpen(url: string): Promise<number> {
  const began = performance.now();
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
      );
    });
    socket.resume();
    socket.on('error', () => {});
    socket.on('close', () => resolve((performance.now() - began) / 1000));
  });
}

/** Uploads an object and has bundles made for some kernels: each time for another name of the object, so that it is work. */
async function upload(url: string, object: Uint8Array<ArrayBuffer>, n: number): Promise<void> {
  const form = new FormData();
  const query = `mutation u${n % 50} ($objects: [File!]!) { minimalBtf(objects: $objects, where: { release: ["*-10${10 + (n % 50)}*"] }) { kernels url } }`;
  form.set('operations', JSON.stringify({ query, variables: { objects: [null] } }));
  form.set('map', '{ "0": ["variables.objects.0"] }');
  form.set('0', new Blob([object]), `soak${n % 50}.bpf.o`);
  const answer = await fetch(url, { method: 'POST', body: form, headers: { 'x-btfq': 'soak' } });
  const text = await answer.text();
  if (!text.includes('"kernels":') && !text.includes('NOT_FOUND'))
    throw new Error(`an upload: ${answer.status} ${text.slice(0, 200)}`);
}

/** What the system and the server itself say of it. */
async function state(pid: number, url: string) {
  // the processes that share the port, without the one that started them
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const all = (children.length > 0 ? children : [String(pid)]).map((one) => ({
    status: readFileSync(`/proc/${one}/status`, 'utf8'),
    files: readdirSync(`/proc/${one}/fd`).length,
    ticks: cpuTicks(readFileSync(`/proc/${one}/stat`, 'utf8')),
  }));
  const sum = (count: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + count(one), 0);
  const line = (name: string) => sum(({ status }) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]));
  const metrics = await (await fetch(new URL('/metrics', url))).text();
  const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]);
  return {
    processes: all.length,
    cpuSeconds: sum(({ ticks }) => ticks) / 100,
    memory: Math.round(line('VmRSS') / 1024),
    peak: Math.round(line('VmHWM') / 1024),
    heap: Math.round(metric('nodejs_heap_size_used_bytes') / 1048576),
    handles: metric('nodejs_active_handles_total'),
    files: sum(({ files }) => files),
    threads: line('Threads'),
  };
}

/** User and system time of a process, in hundredths of a second. */
function cpuTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

const scratch = mkdtempSync(join(tmpdir(), 'btfq-soak-'));
const db = join(scratch, 'soaked.db');
const bytes = positionals.map((path) => new Uint8Array(readFileSync(path)));
if (values.db !== undefined) copyFileSync(values.db, db);
const object = values.object === undefined ? undefined : new Uint8Array(readFileSync(values.object));
const index = openIndex(db);
const put = (release: string, btf: Uint8Array) =>
  ingestKernel(index, { identity: { distro: 'soak', version: '1', arch: 'x86_64', release }, btf });
if (values.db === undefined) for (const [i, btf] of bytes.entries()) put(`6.${i}.0`, btf);
const { child, url } = await startServer(db, scratch);
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const rows: object[] = [];
try {
  let [n, errors, left, uploads, closed] = [0, 0, 0, 0, 0];
  const failed = (error: Error) => {
    errors++;
    console.error(error.message);
  };
  let latencies: number[] = [];
  const until = performance.now() + minutes * 60_000;
  let next = performance.now() + 60_000;
  let due = 0;
  const tick = setInterval(() => {
    due += Math.min(rate, n < 10 ? 1 : rate) / 10;
    for (; due >= 1; due--) {
      ask(url, agent, n++).then(
        (milliseconds) => (milliseconds === undefined ? left++ : latencies.push(milliseconds)),
        failed,
      );
      if (n % 60 === 0) halfOpen(url).then(() => closed++);
      if (object && n % 400 === 0) upload(url, object, n / 400).then(() => uploads++, failed);
    }
  }, 100);
  for (let minute = 1; performance.now() < until; minute++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    next += 60_000;
    const written = kernels(index).find(({ release }) => release === '7.0.0-written');
    if (written === undefined) put('7.0.0-written', bytes[minute % bytes.length] as Uint8Array);
    else removeKernel(index, written.id);
    const row = {
      ...{ minute, requests: n, errors, left, uploads, closed },
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
  await stop(child);
  index.close();
}
rmSync(scratch, { recursive: true });
