// btfq serve as a process: it says where it listens, answers, and ends when it is asked to.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openIndex } from '@btfq/btf-index';
import { afterEach, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const KERNELS = fileURLToPath(new URL('../../../fixtures/kernels/debian/bullseye/arm64', import.meta.url));
const BTFQ = ['--conditions=@btfq/source', MAIN];

let child: ChildProcess | undefined;
let folder = '';
afterEach(() => {
  child?.kill('SIGKILL');
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Children of a process, by /proc. */
function processesOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

test('listens, logs, answers, and stops on SIGTERM with exit code 0', async () => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-serve-'));
  const db = join(folder, 'btfq.db');
  expect(spawnSync(process.execPath, [...BTFQ, 'ingest', KERNELS, '--db', db]).status).toBe(0);
  child = spawn(process.execPath, [
    ...BTFQ,
    'serve',
    '--db',
    db,
    '--port',
    '0',
    '--cache',
    join(folder, 'cache'),
    '--processes',
    '1',
  ]);
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  const [url] = /http:\/\/127\.0\.0\.1:\d+\/graphql$/.exec(String(value)) ?? [];
  expect(url).toBeDefined();
  const response = await fetch(String(url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ query: '{ kernels { nodes { release } } }' }),
  });
  expect(await response.json()).toEqual({ data: { kernels: { nodes: [{ release: '5.10.0-30-cloud-arm64' }] } } });
  const ended = new Promise((resolve) => child?.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  const entry = JSON.parse(log.trim().split('\n').at(-1)!);
  expect(entry).toMatchObject({ level: 'info', event: 'request', method: 'POST', route: 'graphql', status: 200 });
});

test('processes share the port and their measures, one that ends is replaced, and all end together', async () => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-serve-'));
  const db = join(folder, 'btfq.db');
  openIndex(db).close();
  const flags = ['--db', db, '--port', '0', '--cache', join(folder, 'cache'), '--processes', '2'];
  child = spawn(process.execPath, [...BTFQ, 'serve', ...flags]);
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const [, url] = /(http:\/\/127\.0\.0\.1:\d+)\/graphql$/.exec(String((await lines.next()).value)) ?? [];
  // connections go round: with two processes each second one comes to the other
  const get = async (path: string) => {
    const response = await fetch(`${url}${path}`, { headers: { connection: 'close' } });
    return { status: response.status, text: await response.text() };
  };
  const workers = () => processesOf(child?.pid as number);
  await expect.poll(() => workers().length, { timeout: 20_000 }).toBe(2);
  await expect
    .poll(
      async () => {
        for (let i = 0; i < 6; i++) expect((await get('/healthz')).status).toBe(200);
        const [, asked] =
          /btfq_requests_total\{route="health",status="200"\} (\d+)/.exec((await get('/metrics')).text) ?? [];
        return Number(asked) % 6;
      },
      { timeout: 30_000 },
    )
    .toBe(0);
  const [first] = workers() as [number];
  process.kill(first, 'SIGKILL');
  await expect.poll(() => workers().length === 2 && !workers().includes(first), { timeout: 20_000 }).toBe(true);
  expect(log).toContain('process-ended');
  const ready = () =>
    get('/readyz').then(
      ({ status }) => status,
      () => 'refused',
    );
  await expect.poll(ready, { timeout: 20_000 }).toBe(200); // also where none was left for a moment
  await expect.poll(() => workers().length, { timeout: 20_000 }).toBe(2);
  const ended = new Promise((resolve) => child?.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(log.match(/process-ended/g)).toHaveLength(1);
}, 90_000);

test('a missing index is told at once', () => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-serve-'));
  const missing = spawnSync(process.execPath, [...BTFQ, 'serve', '--db', join(folder, 'none.db')], {
    encoding: 'utf8',
  });
  expect(missing.status).toBe(4);
  expect(missing.stdout).toBe('');
  expect(missing.stderr).toContain('none.db');
});
