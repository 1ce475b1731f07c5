// What other clients may do to one that asks a small question: nothing. A server of an index is asked it alone, then beside 400 clients
// that send a head and one byte of a body, then after 100 clients have asked much and left; and it is asked for a very large answer.
//
//   node --conditions=@btfq/source bench/src/hostile.ts --db FILE

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer, stop } from './server.ts';
import { percentile } from './statistics.ts';

const { values } = parseArgs({ options: { db: { type: 'string' } } });
if (values.db === undefined) throw new Error('usage: hostile.ts --db FILE');
const STRUCTS = ['task_struct', 'sock', 'sk_buff', 'inode', 'file', 'cred', 'mm_struct', 'net_device'];
const LAYOUTS = 'layouts { size fields { name type offset } kernels { id } }';

const scratch = mkdtempSync(join(tmpdir(), 'btfq-hostile-'));
const { child, url } = await startServer(values.db, scratch, ['--processes', '1']);
const { hostname, port, host } = new URL(url);
let asked = 0;

/** Asks; gives milliseconds, bytes of the answer and codes of its errors. */
async function ask(query: string) {
  const began = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  const codes = [...text.slice(0, 5_000).matchAll(/"code":"(\w+)"/g)].map(([, code]) => code);
  return { milliseconds: performance.now() - began, bytes: text.length, status: response.status, codes };
}

/** Asks a small question that nobody asked before, twenty times. */
async function small(what: string): Promise<void> {
  const before = state().cpu;
  const times: number[] = [];
  const refused = new Set<unknown>();
  for (let i = 0; i < 20; i++) {
    const name = STRUCTS[i % STRUCTS.length];
    const { milliseconds, status, codes } = await ask(
      `{ q${asked++}: struct(name: "${name}") { field(name: "len") { variants { offset } } } }`,
    );
    if (status !== 200) refused.add(codes[0] ?? status);
    times.push(milliseconds);
  }
  const [p50, most] = [percentile(times, 0.5), Math.max(...times)].map((one) => `${(one ?? 0).toFixed(1)} ms`);
  const { files, memory, cpu } = state();
  console.log(
    `${what}: p50 ${p50}, slowest ${most}, refused ${[...refused].join(' ') || 'none'}, ${cpu - before} ms of its CPU, ${memory} MB, ${files} files`,
  );
}

function state() {
  const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const cpu = (Number(fields[11]) + Number(fields[12])) * 10; // in hundredths of a second there
  return { cpu, memory: Math.round(Number(memory) / 1024), files: readdirSync(`/proc/${child.pid}/fd`).length };
}

/** A client with an address of its own that sends `text`. */
function client(n: number, text: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(
      { host: hostname, port: Number(port), localAddress: `127.0.${1 + (n >> 7)}.${1 + (n & 127)}` },
      () => socket.write(text, () => resolve(socket)),
    );
    socket.on('error', () => resolve(socket));
    socket.resume();
  });
}

const head = (length: number) =>
  `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

try {
  await small('first');
  await small('alone');
  const silent = await Promise.all(Array.from({ length: 400 }, (_, n) => client(n, `${head(1000)}{`)));
  await small('beside 400 clients with one byte of a body');
  for (const socket of silent) socket.destroy();
  const left = await Promise.all(
    Array.from({ length: 100 }, (_, n) => {
      const fields = STRUCTS.map((name, i) => `a${n}_${i}: struct(name: "${name}") { ${LAYOUTS} }`).join(' ');
      const body = JSON.stringify({ query: `{ ${fields} }` });
      return client(n, head(body.length) + body);
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const socket of left) socket.destroy();
  await small('after 100 clients asked much and left');
  const aliases = Array.from({ length: 50 }, (_, i) => `a${i}: struct(name: "${STRUCTS[i % 8]}") { ${LAYOUTS} }`);
  const large = await ask(`{ ${aliases.join(' ')} }`);
  console.log(
    `50 aliases of all layouts: ${large.status} ${large.codes.join(' ') || 'answered'}, ${large.bytes} bytes, ${Math.round(large.milliseconds)} ms`,
  );
  await small('afterwards');
} finally {
  await stop(child);
  rmSync(scratch, { recursive: true });
}
