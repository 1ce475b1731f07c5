// btfq serve as a process: it says where it listens, answers, and ends when it is asked to.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
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

test('listens, logs, answers, and stops on SIGTERM with exit code 0', async () => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-serve-'));
  const db = join(folder, 'btfq.db');
  expect(spawnSync(process.execPath, [...BTFQ, 'ingest', KERNELS, '--db', db]).status).toBe(0);
  child = spawn(process.execPath, [...BTFQ, 'serve', '--db', db, '--port', '0', '--cache', join(folder, 'cache')]);
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
  const entry = JSON.parse(log.trim().split('\n').at(-1) as string);
  expect(entry).toMatchObject({ level: 'info', event: 'request', method: 'POST', route: 'graphql', status: 200 });
});

test('a missing index is told at once', () => {
  folder = mkdtempSync(join(tmpdir(), 'btfq-serve-'));
  const missing = spawnSync(process.execPath, [...BTFQ, 'serve', '--db', join(folder, 'none.db')], {
    encoding: 'utf8',
  });
  expect(missing.status).toBe(4);
  expect(missing.stdout).toBe('');
  expect(missing.stderr).toContain('none.db');
});
